// Original file: proto/phid/v1/tuning.proto

import type { NamespaceTuning as _phid_v1_NamespaceTuning, NamespaceTuning__Output as _phid_v1_NamespaceTuning__Output } from '../../phid/v1/NamespaceTuning.js';
import type { DryRun as _phid_v1_DryRun, DryRun__Output as _phid_v1_DryRun__Output } from '../../phid/v1/DryRun.js';

/**
 * Answer of SetThresholds.
 */
export interface SetThresholdsResponse {
  /**
   * How the namespace is judged from now on by the node that answers, and within two seconds by all.
   */
  'tuning'?: (_phid_v1_NamespaceTuning | null);
  /**
   * The dry run that was begun; absent when none was.
   */
  'dryRun'?: (_phid_v1_DryRun | null);
}

/**
 * Answer of SetThresholds.
 */
export interface SetThresholdsResponse__Output {
  /**
   * How the namespace is judged from now on by the node that answers, and within two seconds by all.
   */
  'tuning': (_phid_v1_NamespaceTuning__Output | null);
  /**
   * The dry run that was begun; absent when none was.
   */
  'dryRun': (_phid_v1_DryRun__Output | null);
}
