// Original file: proto/phid/v1/tuning.proto

import type { NamespaceTuning as _phid_v1_NamespaceTuning, NamespaceTuning__Output as _phid_v1_NamespaceTuning__Output } from '../../phid/v1/NamespaceTuning.js';
import type { Quality as _phid_v1_Quality, Quality__Output as _phid_v1_Quality__Output } from '../../phid/v1/Quality.js';
import type { DryRun as _phid_v1_DryRun, DryRun__Output as _phid_v1_DryRun__Output } from '../../phid/v1/DryRun.js';

/**
 * Answer of GetQuality.
 */
export interface GetQualityResponse {
  /**
   * How the namespace is judged.
   */
  'tuning'?: (_phid_v1_NamespaceTuning | null);
  /**
   * What that costs, and what other thresholds would.
   */
  'quality'?: (_phid_v1_Quality | null);
  /**
   * The dry run of the namespace, also when it has ended, until another begins; absent when there was none.
   */
  'dryRun'?: (_phid_v1_DryRun | null);
}

/**
 * Answer of GetQuality.
 */
export interface GetQualityResponse__Output {
  /**
   * How the namespace is judged.
   */
  'tuning': (_phid_v1_NamespaceTuning__Output | null);
  /**
   * What that costs, and what other thresholds would.
   */
  'quality': (_phid_v1_Quality__Output | null);
  /**
   * The dry run of the namespace, also when it has ended, until another begins; absent when there was none.
   */
  'dryRun': (_phid_v1_DryRun__Output | null);
}
