// Original file: proto/phid/v1/presence.proto

import type { Activity as _phid_v1_Activity, Activity__Output as _phid_v1_Activity__Output } from '../../phid/v1/Activity.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Heartbeat is one sign of life of one session.
 */
export interface Heartbeat {
  /**
   * Who is alive. 1 to 256 bytes.
   */
  'userId'?: (string);
  /**
   * Which connection or device of theirs. 1 to 256 bytes, unique within the user. Keep it across reconnects
   * of one device: every new session starts to learn anew.
   */
  'sessionId'?: (string);
  /**
   * Number of this heartbeat within the session: 1, 2, 3 and so on, below 2^53. 1 again restarts the count. A
   * number that does not increase proves life, but is no sample. 0 (default): not numbered, every heartbeat
   * is a sample.
   */
  'sequence'?: (number | string | Long);
  /**
   * When the client will send the next one, in milliseconds from this one: a promise that phid holds it to.
   * Less than the namespace's max_silence (default 90 s). 0 (default): undeclared, phid learns the interval.
   */
  'nextIntervalMs'?: (number);
  /**
   * What the client is doing. Shown to readers; does not enter the suspicion level.
   */
  'activity'?: (_phid_v1_Activity);
}

/**
 * Heartbeat is one sign of life of one session.
 */
export interface Heartbeat__Output {
  /**
   * Who is alive. 1 to 256 bytes.
   */
  'userId': (string);
  /**
   * Which connection or device of theirs. 1 to 256 bytes, unique within the user. Keep it across reconnects
   * of one device: every new session starts to learn anew.
   */
  'sessionId': (string);
  /**
   * Number of this heartbeat within the session: 1, 2, 3 and so on, below 2^53. 1 again restarts the count. A
   * number that does not increase proves life, but is no sample. 0 (default): not numbered, every heartbeat
   * is a sample.
   */
  'sequence': (number);
  /**
   * When the client will send the next one, in milliseconds from this one: a promise that phid holds it to.
   * Less than the namespace's max_silence (default 90 s). 0 (default): undeclared, phid learns the interval.
   */
  'nextIntervalMs': (number);
  /**
   * What the client is doing. Shown to readers; does not enter the suspicion level.
   */
  'activity': (_phid_v1_Activity__Output);
}
