// Original file: proto/phid/v1/tuning.proto

import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';

/**
 * Answer of ListSuspects.
 */
export interface ListSuspectsResponse {
  /**
   * By the thresholds of the namespace, as of now; the highest φ first.
   */
  'suspicions'?: (_phid_v1_Suspicion)[];
}

/**
 * Answer of ListSuspects.
 */
export interface ListSuspectsResponse__Output {
  /**
   * By the thresholds of the namespace, as of now; the highest φ first.
   */
  'suspicions': (_phid_v1_Suspicion__Output)[];
}
