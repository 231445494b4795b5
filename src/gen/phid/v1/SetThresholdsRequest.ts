// Original file: proto/phid/v1/tuning.proto

import type { Intent as _phid_v1_Intent, Intent__Output as _phid_v1_Intent__Output } from '../../phid/v1/Intent.js';

/**
 * Request of SetThresholds.
 */
export interface SetThresholdsRequest {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace'?: (string);
  /**
   * What the threshold of SUSPECT is for. Absent: what it is for now.
   */
  'suspect'?: (_phid_v1_Intent | null);
  /**
   * What the threshold of OFFLINE is for. Absent: what it is for now.
   */
  'offline'?: (_phid_v1_Intent | null);
  /**
   * Goes back to the configuration file. With it, neither threshold may be given. With `dry_run`, ends the dry run.
   */
  'clear'?: (boolean);
  /**
   * Changes nothing and counts instead, for `dry_run_ms`; in place of the dry run before.
   */
  'dryRun'?: (boolean);
  /**
   * How long is counted, in milliseconds; 1,000 to 2,592,000,000 (30 days). Only with `dry_run`, and needed there.
   */
  'dryRunMs'?: (number);
  /**
   * Who changes it, for the log and for those who come later. 1 to 128 bytes. Where callers prove who they are, a remark beside
   * the caller's name, which may be empty.
   */
  'author'?: (string);
}

/**
 * Request of SetThresholds.
 */
export interface SetThresholdsRequest__Output {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace': (string);
  /**
   * What the threshold of SUSPECT is for. Absent: what it is for now.
   */
  'suspect': (_phid_v1_Intent__Output | null);
  /**
   * What the threshold of OFFLINE is for. Absent: what it is for now.
   */
  'offline': (_phid_v1_Intent__Output | null);
  /**
   * Goes back to the configuration file. With it, neither threshold may be given. With `dry_run`, ends the dry run.
   */
  'clear': (boolean);
  /**
   * Changes nothing and counts instead, for `dry_run_ms`; in place of the dry run before.
   */
  'dryRun': (boolean);
  /**
   * How long is counted, in milliseconds; 1,000 to 2,592,000,000 (30 days). Only with `dry_run`, and needed there.
   */
  'dryRunMs': (number);
  /**
   * Who changes it, for the log and for those who come later. 1 to 128 bytes. Where callers prove who they are, a remark beside
   * the caller's name, which may be empty.
   */
  'author': (string);
}
