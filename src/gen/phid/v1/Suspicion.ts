// Original file: proto/phid/v1/suspicion.proto

import type { Status as _phid_v1_Status, Status__Output as _phid_v1_Status__Output } from '../../phid/v1/Status.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { SessionSuspicion as _phid_v1_SessionSuspicion, SessionSuspicion__Output as _phid_v1_SessionSuspicion__Output } from '../../phid/v1/SessionSuspicion.js';

/**
 * Suspicion is the whole opinion about one user at one moment of the store's clock. A user is as alive as
 * their liveliest session: the figures of a user are those of the session with the lowest phi that has not
 * left.
 * 
 * Of a user who is invisible (SetVisibility) all of it is as if every session had left when that began.
 * 
 * A caller may be told less of when users were seen last (`last_seen` in the server's file of callers: `hour`, `day` or
 * `hidden`). `last_seen` is then the beginning of the hour or the day (UTC) that it was in, or absent; `phi` is absent;
 * `elapsed_ms`, `mean_ms`, `stddev_ms`, `samples`, `warming`, `suspect_in_ms`, `offline_in_ms` and `sequence` are 0, since
 * the silence would follow from them; and `sessions` are in no order that says which was heard last.
 */
export interface Suspicion {
  /**
   * The user asked for.
   */
  'userId'?: (string);
  /**
   * phi read against the thresholds of the namespace, or of the stream that carries this message.
   */
  'status'?: (_phid_v1_Status);
  /**
   * Suspicion level, 0 to 1000, never NaN or infinite, and never falling while the user is silent. 1000:
   * silent for longer than the namespace's max_silence. Absent when the status is UNKNOWN or every session
   * left: there is nothing to suspect.
   */
  'phi'?: (number | string);
  /**
   * When the last sign of life arrived, by the store's clock. Absent when the status is UNKNOWN.
   */
  'lastSeen'?: (_google_protobuf_Timestamp | null);
  /**
   * Silence since `last_seen` in milliseconds, >= 0. 0 when UNKNOWN.
   */
  'elapsedMs'?: (number | string);
  /**
   * Interval from one heartbeat to the next as it is expected now, in milliseconds: the mean of the window (of
   * recent intervals, where the model is "adaptive"), or the declared interval and what the client is late by
   * on average. While `warming`, the namespace's prior
   * stands in for the missing samples. 0 when UNKNOWN.
   */
  'meanMs'?: (number | string);
  /**
   * Standard deviation of that interval, in milliseconds, >= 0, the prior's part included while `warming`. 0
   * when UNKNOWN.
   */
  'stddevMs'?: (number | string);
  /**
   * Number of samples in the window, 0 to the namespace's `window` (default 100).
   */
  'samples'?: (number);
  /**
   * Model that computed phi: "adaptive", "normal" or "exponential".
   */
  'model'?: (string);
  /**
   * There are fewer samples than the namespace's min_samples (default 10), so its prior takes part in the
   * answer.
   */
  'warming'?: (boolean);
  /**
   * The observer doubts itself or this silence: when this was judged the node could not follow the store or
   * had heartbeats that were not recorded yet (Notice DEGRADED), or a worse status is withheld (Notice
   * MASS_SILENCE, Drain).
   */
  'degraded'?: (boolean);
  /**
   * Milliseconds of further silence until phi reaches the suspect threshold; 0 when it has, and when UNKNOWN
   * or left.
   */
  'suspectInMs'?: (number | string);
  /**
   * Milliseconds of further silence until phi reaches the offline threshold; 0 when it has, and when UNKNOWN
   * or left.
   */
  'offlineInMs'?: (number | string);
  /**
   * The sessions that are remembered, liveliest first. Empty when UNKNOWN.
   */
  'sessions'?: (_phid_v1_SessionSuspicion)[];
  /**
   * phi from which on `status` is SUSPECT. Range 1 to 300: what the caller of the stream asked for, otherwise
   * the namespace's (default 3), which follows from what is learned of the fleet where the namespace states
   * false alarms or a detection time instead.
   */
  'suspectPhi'?: (number | string);
  /**
   * phi from which on `status` is OFFLINE. Range 1 to 300, at least `suspect_phi`; otherwise as that (default
   * 5).
   */
  'offlinePhi'?: (number | string);
  '_phi'?: "phi";
}

/**
 * Suspicion is the whole opinion about one user at one moment of the store's clock. A user is as alive as
 * their liveliest session: the figures of a user are those of the session with the lowest phi that has not
 * left.
 * 
 * Of a user who is invisible (SetVisibility) all of it is as if every session had left when that began.
 * 
 * A caller may be told less of when users were seen last (`last_seen` in the server's file of callers: `hour`, `day` or
 * `hidden`). `last_seen` is then the beginning of the hour or the day (UTC) that it was in, or absent; `phi` is absent;
 * `elapsed_ms`, `mean_ms`, `stddev_ms`, `samples`, `warming`, `suspect_in_ms`, `offline_in_ms` and `sequence` are 0, since
 * the silence would follow from them; and `sessions` are in no order that says which was heard last.
 */
export interface Suspicion__Output {
  /**
   * The user asked for.
   */
  'userId': (string);
  /**
   * phi read against the thresholds of the namespace, or of the stream that carries this message.
   */
  'status': (_phid_v1_Status__Output);
  /**
   * Suspicion level, 0 to 1000, never NaN or infinite, and never falling while the user is silent. 1000:
   * silent for longer than the namespace's max_silence. Absent when the status is UNKNOWN or every session
   * left: there is nothing to suspect.
   */
  'phi'?: (number);
  /**
   * When the last sign of life arrived, by the store's clock. Absent when the status is UNKNOWN.
   */
  'lastSeen': (_google_protobuf_Timestamp__Output | null);
  /**
   * Silence since `last_seen` in milliseconds, >= 0. 0 when UNKNOWN.
   */
  'elapsedMs': (number);
  /**
   * Interval from one heartbeat to the next as it is expected now, in milliseconds: the mean of the window (of
   * recent intervals, where the model is "adaptive"), or the declared interval and what the client is late by
   * on average. While `warming`, the namespace's prior
   * stands in for the missing samples. 0 when UNKNOWN.
   */
  'meanMs': (number);
  /**
   * Standard deviation of that interval, in milliseconds, >= 0, the prior's part included while `warming`. 0
   * when UNKNOWN.
   */
  'stddevMs': (number);
  /**
   * Number of samples in the window, 0 to the namespace's `window` (default 100).
   */
  'samples': (number);
  /**
   * Model that computed phi: "adaptive", "normal" or "exponential".
   */
  'model': (string);
  /**
   * There are fewer samples than the namespace's min_samples (default 10), so its prior takes part in the
   * answer.
   */
  'warming': (boolean);
  /**
   * The observer doubts itself or this silence: when this was judged the node could not follow the store or
   * had heartbeats that were not recorded yet (Notice DEGRADED), or a worse status is withheld (Notice
   * MASS_SILENCE, Drain).
   */
  'degraded': (boolean);
  /**
   * Milliseconds of further silence until phi reaches the suspect threshold; 0 when it has, and when UNKNOWN
   * or left.
   */
  'suspectInMs': (number);
  /**
   * Milliseconds of further silence until phi reaches the offline threshold; 0 when it has, and when UNKNOWN
   * or left.
   */
  'offlineInMs': (number);
  /**
   * The sessions that are remembered, liveliest first. Empty when UNKNOWN.
   */
  'sessions': (_phid_v1_SessionSuspicion__Output)[];
  /**
   * phi from which on `status` is SUSPECT. Range 1 to 300: what the caller of the stream asked for, otherwise
   * the namespace's (default 3), which follows from what is learned of the fleet where the namespace states
   * false alarms or a detection time instead.
   */
  'suspectPhi': (number);
  /**
   * phi from which on `status` is OFFLINE. Range 1 to 300, at least `suspect_phi`; otherwise as that (default
   * 5).
   */
  'offlinePhi': (number);
  '_phi'?: "phi";
}
