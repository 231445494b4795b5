// Original file: proto/phid/v1/presence.proto

import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';

/**
 * Answer of ListGroup: a page.
 */
export interface ListGroupResponse {
  /**
   * The opinions about the members of this page, by the namespace's thresholds, in the order of their ids'
   * bytes.
   */
  'suspicions'?: (_phid_v1_Suspicion)[];
  /**
   * Asks for the page after this one. Empty: this was the last.
   */
  'nextPageToken'?: (string);
  /**
   * Members of the whole group.
   */
  'size'?: (number);
}

/**
 * Answer of ListGroup: a page.
 */
export interface ListGroupResponse__Output {
  /**
   * The opinions about the members of this page, by the namespace's thresholds, in the order of their ids'
   * bytes.
   */
  'suspicions': (_phid_v1_Suspicion__Output)[];
  /**
   * Asks for the page after this one. Empty: this was the last.
   */
  'nextPageToken': (string);
  /**
   * Members of the whole group.
   */
  'size': (number);
}
