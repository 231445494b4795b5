// Original file: proto/phid/v1/quality.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Intents as _phid_v1_Intents, Intents__Output as _phid_v1_Intents__Output } from '../../phid/v1/Intents.js';

/**
 * A change by SetThresholds.
 */
export interface ThresholdChange {
  /**
   * When it was made, by the store's clock.
   */
  'at'?: (_google_protobuf_Timestamp | null);
  /**
   * Who made it: the caller, where callers prove who they are; otherwise whoever said so.
   */
  'author'?: (string);
  /**
   * From where it was called: the address that the node saw.
   */
  'peer'?: (string);
  /**
   * What was set; absent when it was cleared.
   */
  'set'?: (_phid_v1_Intents | null);
  /**
   * It was a dry run, for so long in milliseconds; 0 when it was not. A dry run that was ended has no `set`.
   */
  'dryRunMs'?: (number | string);
  /**
   * A dry run.
   */
  'dryRun'?: (boolean);
  /**
   * What the request named as its author, where `author` is the caller; otherwise empty.
   */
  'remark'?: (string);
}

/**
 * A change by SetThresholds.
 */
export interface ThresholdChange__Output {
  /**
   * When it was made, by the store's clock.
   */
  'at': (_google_protobuf_Timestamp__Output | null);
  /**
   * Who made it: the caller, where callers prove who they are; otherwise whoever said so.
   */
  'author': (string);
  /**
   * From where it was called: the address that the node saw.
   */
  'peer': (string);
  /**
   * What was set; absent when it was cleared.
   */
  'set': (_phid_v1_Intents__Output | null);
  /**
   * It was a dry run, for so long in milliseconds; 0 when it was not. A dry run that was ended has no `set`.
   */
  'dryRunMs': (number);
  /**
   * A dry run.
   */
  'dryRun': (boolean);
  /**
   * What the request named as its author, where `author` is the caller; otherwise empty.
   */
  'remark': (string);
}
