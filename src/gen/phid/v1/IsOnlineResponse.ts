// Original file: proto/phid/v1/presence.proto

import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';

/**
 * Answer of IsOnline.
 */
export interface IsOnlineResponse {
  /**
   * phi is below the threshold, or OFFLINE is withheld (`suspicion.degraded`). False for a user who is UNKNOWN
   * or has left.
   */
  'online'?: (boolean);
  /**
   * The opinion behind it. Its status is by the namespace's thresholds, not by the caller's.
   */
  'suspicion'?: (_phid_v1_Suspicion | null);
}

/**
 * Answer of IsOnline.
 */
export interface IsOnlineResponse__Output {
  /**
   * phi is below the threshold, or OFFLINE is withheld (`suspicion.degraded`). False for a user who is UNKNOWN
   * or has left.
   */
  'online': (boolean);
  /**
   * The opinion behind it. Its status is by the namespace's thresholds, not by the caller's.
   */
  'suspicion': (_phid_v1_Suspicion__Output | null);
}
