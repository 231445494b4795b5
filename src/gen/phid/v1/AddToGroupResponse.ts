// Original file: proto/phid/v1/presence.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Answer of AddToGroup: it is recorded.
 */
export interface AddToGroupResponse {
  /**
   * Members of the group now.
   */
  'size'?: (number);
  /**
   * Increases with every change of the group (below 2^53). 0: the group is, and was, empty.
   */
  'version'?: (number | string | Long);
}

/**
 * Answer of AddToGroup: it is recorded.
 */
export interface AddToGroupResponse__Output {
  /**
   * Members of the group now.
   */
  'size': (number);
  /**
   * Increases with every change of the group (below 2^53). 0: the group is, and was, empty.
   */
  'version': (number);
}
