// Original file: proto/phid/v1/presence.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Answer of RemoveFromGroup: it is recorded.
 */
export interface RemoveFromGroupResponse {
  /**
   * Members of the group now.
   */
  'size'?: (number);
  /**
   * Increases with every change of the group (below 2^53). 0: the group was empty.
   */
  'version'?: (number | string | Long);
}

/**
 * Answer of RemoveFromGroup: it is recorded.
 */
export interface RemoveFromGroupResponse__Output {
  /**
   * Members of the group now.
   */
  'size': (number);
  /**
   * Increases with every change of the group (below 2^53). 0: the group was empty.
   */
  'version': (number);
}
