// Original file: proto/phid/v1/presence.proto

import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';

/**
 * Answer of BatchSuspicion.
 */
export interface BatchSuspicionResponse {
  /**
   * One for each of `user_ids`, in the same order.
   */
  'suspicions'?: (_phid_v1_Suspicion)[];
}

/**
 * Answer of BatchSuspicion.
 */
export interface BatchSuspicionResponse__Output {
  /**
   * One for each of `user_ids`, in the same order.
   */
  'suspicions': (_phid_v1_Suspicion__Output)[];
}
