// Original file: proto/phid/v1/quality.proto

import type { Cost as _phid_v1_Cost, Cost__Output as _phid_v1_Cost__Output } from '../../phid/v1/Cost.js';
import type { Mistakes as _phid_v1_Mistakes, Mistakes__Output as _phid_v1_Mistakes__Output } from '../../phid/v1/Mistakes.js';
import type { PhiBucket as _phid_v1_PhiBucket, PhiBucket__Output as _phid_v1_PhiBucket__Output } from '../../phid/v1/PhiBucket.js';
import type { CalibrationPoint as _phid_v1_CalibrationPoint, CalibrationPoint__Output as _phid_v1_CalibrationPoint__Output } from '../../phid/v1/CalibrationPoint.js';

/**
 * Quality of service of a namespace, counted by all nodes, after Chen, Toueg, Aguilera 2002.
 */
export interface Quality {
  /**
   * Silences that a heartbeat ended before max_silence. Old ones count less.
   */
  'arrivals'?: (number | string);
  /**
   * Time that sessions were there in all, in days. Old days count less.
   */
  'userDays'?: (number | string);
  /**
   * Sessions that are there now, on all nodes, by the last minutes.
   */
  'sessions'?: (number | string);
  /**
   * Heartbeats that came after max_silence, of a session and day. No threshold would have spared these.
   */
  'returnsPerUserDay'?: (number | string);
  /**
   * What the thresholds in force cost.
   */
  'suspect'?: (_phid_v1_Cost | null);
  /**
   * See suspect.
   */
  'offline'?: (_phid_v1_Cost | null);
  /**
   * Suspicions by the thresholds that were in force at their time and that a heartbeat proved wrong.
   */
  'suspectMistakes'?: (_phid_v1_Mistakes | null);
  /**
   * See suspect_mistakes.
   */
  'offlineMistakes'?: (_phid_v1_Mistakes | null);
  /**
   * φ that sessions had reached when their heartbeat came. The first bucket is what is below 1.
   */
  'phiAtArrival'?: (_phid_v1_PhiBucket)[];
  /**
   * Whether φ means what it says, at 1, 2, 3 and 4.
   */
  'calibration'?: (_phid_v1_CalibrationPoint)[];
  /**
   * What every candidate would cost, by ascending φ.
   */
  'whatIf'?: (_phid_v1_Cost)[];
}

/**
 * Quality of service of a namespace, counted by all nodes, after Chen, Toueg, Aguilera 2002.
 */
export interface Quality__Output {
  /**
   * Silences that a heartbeat ended before max_silence. Old ones count less.
   */
  'arrivals': (number);
  /**
   * Time that sessions were there in all, in days. Old days count less.
   */
  'userDays': (number);
  /**
   * Sessions that are there now, on all nodes, by the last minutes.
   */
  'sessions': (number);
  /**
   * Heartbeats that came after max_silence, of a session and day. No threshold would have spared these.
   */
  'returnsPerUserDay': (number);
  /**
   * What the thresholds in force cost.
   */
  'suspect': (_phid_v1_Cost__Output | null);
  /**
   * See suspect.
   */
  'offline': (_phid_v1_Cost__Output | null);
  /**
   * Suspicions by the thresholds that were in force at their time and that a heartbeat proved wrong.
   */
  'suspectMistakes': (_phid_v1_Mistakes__Output | null);
  /**
   * See suspect_mistakes.
   */
  'offlineMistakes': (_phid_v1_Mistakes__Output | null);
  /**
   * φ that sessions had reached when their heartbeat came. The first bucket is what is below 1.
   */
  'phiAtArrival': (_phid_v1_PhiBucket__Output)[];
  /**
   * Whether φ means what it says, at 1, 2, 3 and 4.
   */
  'calibration': (_phid_v1_CalibrationPoint__Output)[];
  /**
   * What every candidate would cost, by ascending φ.
   */
  'whatIf': (_phid_v1_Cost__Output)[];
}
