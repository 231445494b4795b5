// Original file: proto/phid/v1/quality.proto

import type { Intent as _phid_v1_Intent, Intent__Output as _phid_v1_Intent__Output } from '../../phid/v1/Intent.js';

/**
 * What both thresholds are for.
 */
export interface Intents {
  /**
   * Of SUSPECT.
   */
  'suspect'?: (_phid_v1_Intent | null);
  /**
   * Of OFFLINE.
   */
  'offline'?: (_phid_v1_Intent | null);
}

/**
 * What both thresholds are for.
 */
export interface Intents__Output {
  /**
   * Of SUSPECT.
   */
  'suspect': (_phid_v1_Intent__Output | null);
  /**
   * Of OFFLINE.
   */
  'offline': (_phid_v1_Intent__Output | null);
}
