// Original file: proto/phid/v1/quality.proto

import type { ThresholdSource as _phid_v1_ThresholdSource, ThresholdSource__Output as _phid_v1_ThresholdSource__Output } from '../../phid/v1/ThresholdSource.js';
import type { Intents as _phid_v1_Intents, Intents__Output as _phid_v1_Intents__Output } from '../../phid/v1/Intents.js';
import type { ThresholdChange as _phid_v1_ThresholdChange, ThresholdChange__Output as _phid_v1_ThresholdChange__Output } from '../../phid/v1/ThresholdChange.js';

/**
 * How a namespace is judged.
 */
export interface NamespaceTuning {
  /**
   * Its name.
   */
  'namespace'?: (string);
  /**
   * `adaptive`, `normal` or `exponential`.
   */
  'model'?: (string);
  /**
   * Interval of a client of whom nothing is known yet, in milliseconds.
   */
  'expectedIntervalMs'?: (number | string);
  /**
   * Silence after which a session is gone whatever φ says, in milliseconds.
   */
  'maxSilenceMs'?: (number | string);
  /**
   * Which of the two below is in force.
   */
  'source'?: (_phid_v1_ThresholdSource);
  /**
   * What thresholds are for by the configuration of the node that answers.
   */
  'configured'?: (_phid_v1_Intents | null);
  /**
   * What they are for by SetThresholds; absent when nothing was set, or it was cleared.
   */
  'set'?: (_phid_v1_Intents | null);
  /**
   * The φ of SUSPECT and OFFLINE that follow from what is in force.
   */
  'suspectPhi'?: (number | string);
  /**
   * See suspect_phi.
   */
  'offlinePhi'?: (number | string);
  /**
   * The last 50 changes by SetThresholds, dry runs included; the newest first.
   */
  'changes'?: (_phid_v1_ThresholdChange)[];
}

/**
 * How a namespace is judged.
 */
export interface NamespaceTuning__Output {
  /**
   * Its name.
   */
  'namespace': (string);
  /**
   * `adaptive`, `normal` or `exponential`.
   */
  'model': (string);
  /**
   * Interval of a client of whom nothing is known yet, in milliseconds.
   */
  'expectedIntervalMs': (number);
  /**
   * Silence after which a session is gone whatever φ says, in milliseconds.
   */
  'maxSilenceMs': (number);
  /**
   * Which of the two below is in force.
   */
  'source': (_phid_v1_ThresholdSource__Output);
  /**
   * What thresholds are for by the configuration of the node that answers.
   */
  'configured': (_phid_v1_Intents__Output | null);
  /**
   * What they are for by SetThresholds; absent when nothing was set, or it was cleared.
   */
  'set': (_phid_v1_Intents__Output | null);
  /**
   * The φ of SUSPECT and OFFLINE that follow from what is in force.
   */
  'suspectPhi': (number);
  /**
   * See suspect_phi.
   */
  'offlinePhi': (number);
  /**
   * The last 50 changes by SetThresholds, dry runs included; the newest first.
   */
  'changes': (_phid_v1_ThresholdChange__Output)[];
}
