// Original file: proto/phid/v1/inspection.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { CurvePoint as _phid_v1_CurvePoint, CurvePoint__Output as _phid_v1_CurvePoint__Output } from '../../phid/v1/CurvePoint.js';
import type { DensityPoint as _phid_v1_DensityPoint, DensityPoint__Output as _phid_v1_DensityPoint__Output } from '../../phid/v1/DensityPoint.js';

/**
 * InspectedSession is one session with what its suspicion is made of. Silences are those that count: time in which
 * nobody could have heard it is left out (`blind_ms`).
 */
export interface InspectedSession {
  /**
   * The session, as its heartbeats name it.
   */
  'sessionId'?: (string);
  /**
   * Where its last heartbeat came through. Empty: not said.
   */
  'origin'?: (string);
  /**
   * Suspicion level at `silence_ms`, 0 to 1000. Absent when the session left.
   */
  'phi'?: (number | string);
  /**
   * The session ended gracefully, by Leave.
   */
  'left'?: (boolean);
  /**
   * When its last heartbeat arrived, by the store's clock.
   */
  'lastSeen'?: (_google_protobuf_Timestamp | null);
  /**
   * Silence since then in milliseconds, as far as it counts.
   */
  'silenceMs'?: (number | string);
  /**
   * Interval to the next heartbeat as expected, in milliseconds; as in `Suspicion.mean_ms`.
   */
  'meanMs'?: (number | string);
  /**
   * Standard deviation of that interval, in milliseconds; as in `Suspicion.stddev_ms`.
   */
  'stddevMs'?: (number | string);
  /**
   * Number of samples in the window.
   */
  'samples'?: (number);
  /**
   * Interval that its last heartbeat declared, in milliseconds. 0: undeclared.
   */
  'declaredMs'?: (number | string);
  /**
   * There are fewer samples than the namespace's min_samples (default 10).
   */
  'warming'?: (boolean);
  /**
   * The window: its intervals in milliseconds, oldest first. Of a client that declares them the window holds by how much
   * each was missed; that much more than `declared_ms` is given.
   */
  'intervalsMs'?: (number | string)[];
  /**
   * φ against silence, both ascending, from 0 to beyond the crossing of the offline threshold; at most 128 points. Where
   * max_silence comes first it ends there, with φ = 1000. Empty when the session left.
   */
  'curve'?: (_phid_v1_CurvePoint)[];
  /**
   * Silence in milliseconds at which φ reaches the suspect threshold. 0 when the session left.
   */
  'suspectAtMs'?: (number | string);
  /**
   * Silence in milliseconds at which φ reaches the offline threshold. 0 when the session left.
   */
  'offlineAtMs'?: (number | string);
  /**
   * How probable the next interval is: the slope of 10^-φ between the points of the curve. Empty when the session left.
   */
  'density'?: (_phid_v1_DensityPoint)[];
  /**
   * Time since `last_seen` in milliseconds in which nobody could have heard it: it is not part of `silence_ms`.
   */
  'blindMs'?: (number | string);
  '_phi'?: "phi";
}

/**
 * InspectedSession is one session with what its suspicion is made of. Silences are those that count: time in which
 * nobody could have heard it is left out (`blind_ms`).
 */
export interface InspectedSession__Output {
  /**
   * The session, as its heartbeats name it.
   */
  'sessionId': (string);
  /**
   * Where its last heartbeat came through. Empty: not said.
   */
  'origin': (string);
  /**
   * Suspicion level at `silence_ms`, 0 to 1000. Absent when the session left.
   */
  'phi'?: (number);
  /**
   * The session ended gracefully, by Leave.
   */
  'left': (boolean);
  /**
   * When its last heartbeat arrived, by the store's clock.
   */
  'lastSeen': (_google_protobuf_Timestamp__Output | null);
  /**
   * Silence since then in milliseconds, as far as it counts.
   */
  'silenceMs': (number);
  /**
   * Interval to the next heartbeat as expected, in milliseconds; as in `Suspicion.mean_ms`.
   */
  'meanMs': (number);
  /**
   * Standard deviation of that interval, in milliseconds; as in `Suspicion.stddev_ms`.
   */
  'stddevMs': (number);
  /**
   * Number of samples in the window.
   */
  'samples': (number);
  /**
   * Interval that its last heartbeat declared, in milliseconds. 0: undeclared.
   */
  'declaredMs': (number);
  /**
   * There are fewer samples than the namespace's min_samples (default 10).
   */
  'warming': (boolean);
  /**
   * The window: its intervals in milliseconds, oldest first. Of a client that declares them the window holds by how much
   * each was missed; that much more than `declared_ms` is given.
   */
  'intervalsMs': (number)[];
  /**
   * φ against silence, both ascending, from 0 to beyond the crossing of the offline threshold; at most 128 points. Where
   * max_silence comes first it ends there, with φ = 1000. Empty when the session left.
   */
  'curve': (_phid_v1_CurvePoint__Output)[];
  /**
   * Silence in milliseconds at which φ reaches the suspect threshold. 0 when the session left.
   */
  'suspectAtMs': (number);
  /**
   * Silence in milliseconds at which φ reaches the offline threshold. 0 when the session left.
   */
  'offlineAtMs': (number);
  /**
   * How probable the next interval is: the slope of 10^-φ between the points of the curve. Empty when the session left.
   */
  'density': (_phid_v1_DensityPoint__Output)[];
  /**
   * Time since `last_seen` in milliseconds in which nobody could have heard it: it is not part of `silence_ms`.
   */
  'blindMs': (number);
  '_phi'?: "phi";
}
