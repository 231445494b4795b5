// Original file: proto/phid/v1/presence.proto

import type { Heartbeat as _phid_v1_Heartbeat, Heartbeat__Output as _phid_v1_Heartbeat__Output } from '../../phid/v1/Heartbeat.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Request of HeartbeatStream: one batch.
 */
export interface HeartbeatStreamRequest {
  /**
   * Class of clients of this batch. Empty: "default". Each batch says its own; it is not carried over from
   * the last one.
   */
  'namespace'?: (string);
  /**
   * Where this batch came through. 0 to 64 bytes. Empty: none. Not carried over from the last batch.
   */
  'origin'?: (string);
  /**
   * The caller's name for this batch, repeated in the answer. Any number below 2^53; need not be unique.
   * Default 0.
   */
  'batchId'?: (number | string | Long);
  /**
   * The signs of life, at most 1,000. Those of one session count in the order given. Empty: answered, as a
   * ping is.
   */
  'heartbeats'?: (_phid_v1_Heartbeat)[];
}

/**
 * Request of HeartbeatStream: one batch.
 */
export interface HeartbeatStreamRequest__Output {
  /**
   * Class of clients of this batch. Empty: "default". Each batch says its own; it is not carried over from
   * the last one.
   */
  'namespace': (string);
  /**
   * Where this batch came through. 0 to 64 bytes. Empty: none. Not carried over from the last batch.
   */
  'origin': (string);
  /**
   * The caller's name for this batch, repeated in the answer. Any number below 2^53; need not be unique.
   * Default 0.
   */
  'batchId': (number);
  /**
   * The signs of life, at most 1,000. Those of one session count in the order given. Empty: answered, as a
   * ping is.
   */
  'heartbeats': (_phid_v1_Heartbeat__Output)[];
}
