// Original file: proto/phid/v1/suspicion.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Activity as _phid_v1_Activity, Activity__Output as _phid_v1_Activity__Output } from '../../phid/v1/Activity.js';
import type { Long } from '@grpc/proto-loader';

/**
 * SessionSuspicion is the opinion about one session: one connection or device of a user.
 */
export interface SessionSuspicion {
  /**
   * The session, as its heartbeats name it.
   */
  'sessionId'?: (string);
  /**
   * Suspicion level, range as in `Suspicion.phi`. Absent when the session left.
   */
  'phi'?: (number | string);
  /**
   * When the session's last heartbeat arrived, by the store's clock.
   */
  'lastSeen'?: (_google_protobuf_Timestamp | null);
  /**
   * Silence since `last_seen` in milliseconds, >= 0.
   */
  'elapsedMs'?: (number | string);
  /**
   * Interval to the next heartbeat as expected, in milliseconds; as in `Suspicion.mean_ms`.
   */
  'meanMs'?: (number | string);
  /**
   * Standard deviation of that interval, in milliseconds, >= 0; as in `Suspicion.stddev_ms`.
   */
  'stddevMs'?: (number | string);
  /**
   * Number of samples in the session's window, 0 to the namespace's `window` (default 100).
   */
  'samples'?: (number);
  /**
   * There are fewer samples than the namespace's min_samples (default 10).
   */
  'warming'?: (boolean);
  /**
   * The session ended gracefully, by Leave.
   */
  'left'?: (boolean);
  /**
   * Where its last heartbeat came through: a gateway, a region. Empty: not said.
   */
  'origin'?: (string);
  /**
   * What its last heartbeat said the client is doing.
   */
  'activity'?: (_phid_v1_Activity);
  /**
   * Interval that its last heartbeat declared, in milliseconds. 0: undeclared.
   */
  'nextIntervalMs'?: (number);
  /**
   * Sequence number of its last numbered heartbeat. 0: its heartbeats are not numbered.
   */
  'sequence'?: (number | string | Long);
  '_phi'?: "phi";
}

/**
 * SessionSuspicion is the opinion about one session: one connection or device of a user.
 */
export interface SessionSuspicion__Output {
  /**
   * The session, as its heartbeats name it.
   */
  'sessionId': (string);
  /**
   * Suspicion level, range as in `Suspicion.phi`. Absent when the session left.
   */
  'phi'?: (number);
  /**
   * When the session's last heartbeat arrived, by the store's clock.
   */
  'lastSeen': (_google_protobuf_Timestamp__Output | null);
  /**
   * Silence since `last_seen` in milliseconds, >= 0.
   */
  'elapsedMs': (number);
  /**
   * Interval to the next heartbeat as expected, in milliseconds; as in `Suspicion.mean_ms`.
   */
  'meanMs': (number);
  /**
   * Standard deviation of that interval, in milliseconds, >= 0; as in `Suspicion.stddev_ms`.
   */
  'stddevMs': (number);
  /**
   * Number of samples in the session's window, 0 to the namespace's `window` (default 100).
   */
  'samples': (number);
  /**
   * There are fewer samples than the namespace's min_samples (default 10).
   */
  'warming': (boolean);
  /**
   * The session ended gracefully, by Leave.
   */
  'left': (boolean);
  /**
   * Where its last heartbeat came through: a gateway, a region. Empty: not said.
   */
  'origin': (string);
  /**
   * What its last heartbeat said the client is doing.
   */
  'activity': (_phid_v1_Activity__Output);
  /**
   * Interval that its last heartbeat declared, in milliseconds. 0: undeclared.
   */
  'nextIntervalMs': (number);
  /**
   * Sequence number of its last numbered heartbeat. 0: its heartbeats are not numbered.
   */
  'sequence': (number);
  '_phi'?: "phi";
}
