// Original file: proto/phid/v1/quality.proto

import type { Intents as _phid_v1_Intents, Intents__Output as _phid_v1_Intents__Output } from '../../phid/v1/Intents.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Mistakes as _phid_v1_Mistakes, Mistakes__Output as _phid_v1_Mistakes__Output } from '../../phid/v1/Mistakes.js';

/**
 * Thresholds that were counted beside the real ones.
 */
export interface DryRun {
  /**
   * What they are for.
   */
  'intents'?: (_phid_v1_Intents | null);
  /**
   * Who began it.
   */
  'author'?: (string);
  /**
   * When, by the store's clock.
   */
  'begunAt'?: (_google_protobuf_Timestamp | null);
  /**
   * When it ends or has ended.
   */
  'endsAt'?: (_google_protobuf_Timestamp | null);
  /**
   * It has ended: the counts are final.
   */
  'ended'?: (boolean);
  /**
   * The φ of SUSPECT and OFFLINE by them now.
   */
  'suspectPhi'?: (number | string);
  /**
   * See suspect_phi.
   */
  'offlinePhi'?: (number | string);
  /**
   * Silences counted, on all nodes, and the days that sessions were there meanwhile.
   */
  'arrivals'?: (number | string);
  /**
   * See arrivals.
   */
  'userDays'?: (number | string);
  /**
   * Mistakes by them.
   */
  'suspect'?: (_phid_v1_Mistakes | null);
  /**
   * See suspect.
   */
  'offline'?: (_phid_v1_Mistakes | null);
  /**
   * Mistakes by the thresholds in force in the same time.
   */
  'suspectInForce'?: (_phid_v1_Mistakes | null);
  /**
   * See suspect_in_force.
   */
  'offlineInForce'?: (_phid_v1_Mistakes | null);
}

/**
 * Thresholds that were counted beside the real ones.
 */
export interface DryRun__Output {
  /**
   * What they are for.
   */
  'intents': (_phid_v1_Intents__Output | null);
  /**
   * Who began it.
   */
  'author': (string);
  /**
   * When, by the store's clock.
   */
  'begunAt': (_google_protobuf_Timestamp__Output | null);
  /**
   * When it ends or has ended.
   */
  'endsAt': (_google_protobuf_Timestamp__Output | null);
  /**
   * It has ended: the counts are final.
   */
  'ended': (boolean);
  /**
   * The φ of SUSPECT and OFFLINE by them now.
   */
  'suspectPhi': (number);
  /**
   * See suspect_phi.
   */
  'offlinePhi': (number);
  /**
   * Silences counted, on all nodes, and the days that sessions were there meanwhile.
   */
  'arrivals': (number);
  /**
   * See arrivals.
   */
  'userDays': (number);
  /**
   * Mistakes by them.
   */
  'suspect': (_phid_v1_Mistakes__Output | null);
  /**
   * See suspect.
   */
  'offline': (_phid_v1_Mistakes__Output | null);
  /**
   * Mistakes by the thresholds in force in the same time.
   */
  'suspectInForce': (_phid_v1_Mistakes__Output | null);
  /**
   * See suspect_in_force.
   */
  'offlineInForce': (_phid_v1_Mistakes__Output | null);
}
