// Original file: proto/phid/v1/presence.proto

import type { Rejection as _phid_v1_Rejection, Rejection__Output as _phid_v1_Rejection__Output } from '../../phid/v1/Rejection.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Answer of HeartbeatStream: one batch is recorded.
 */
export interface HeartbeatStreamResponse {
  /**
   * The batch that this answers.
   */
  'batchId'?: (number | string | Long);
  /**
   * How many of its heartbeats were recorded. The others are in `rejections`.
   */
  'accepted'?: (number);
  /**
   * Those that were not, in the order of their index. The rest of the batch is recorded all the same.
   */
  'rejections'?: (_phid_v1_Rejection)[];
  /**
   * Interval that the server would like until the next heartbeat of each session, in milliseconds; as in
   * HeartbeatResponse. 0: no wish.
   */
  'suggestedIntervalMs'?: (number);
}

/**
 * Answer of HeartbeatStream: one batch is recorded.
 */
export interface HeartbeatStreamResponse__Output {
  /**
   * The batch that this answers.
   */
  'batchId': (number);
  /**
   * How many of its heartbeats were recorded. The others are in `rejections`.
   */
  'accepted': (number);
  /**
   * Those that were not, in the order of their index. The rest of the batch is recorded all the same.
   */
  'rejections': (_phid_v1_Rejection__Output)[];
  /**
   * Interval that the server would like until the next heartbeat of each session, in milliseconds; as in
   * HeartbeatResponse. 0: no wish.
   */
  'suggestedIntervalMs': (number);
}
