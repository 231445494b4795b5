// Original file: proto/phid/v1/presence.proto

import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';

/**
 * Answer of Suspicion.
 */
export interface SuspicionResponse {
  /**
   * The opinion, by the namespace's thresholds.
   */
  'suspicion'?: (_phid_v1_Suspicion | null);
}

/**
 * Answer of Suspicion.
 */
export interface SuspicionResponse__Output {
  /**
   * The opinion, by the namespace's thresholds.
   */
  'suspicion': (_phid_v1_Suspicion__Output | null);
}
