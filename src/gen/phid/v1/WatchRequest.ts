// Original file: proto/phid/v1/presence.proto

import type { Thresholds as _phid_v1_Thresholds, Thresholds__Output as _phid_v1_Thresholds__Output } from '../../phid/v1/Thresholds.js';

/**
 * Request of Watch.
 */
export interface WatchRequest {
  /**
   * Class of clients of all these users. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Who to follow, of 1 to 256 bytes each; repetitions are ignored. At least one user or group. More than the
   * server allows a stream: RESOURCE_EXHAUSTED.
   */
  'userIds'?: (string)[];
  /**
   * Thresholds of this stream. Absent as a whole: the namespace's, also when those change later. In part: the
   * namespace's of this moment. PERMISSION_DENIED for a caller who is not told exactly when users were seen last
   * (Suspicion).
   */
  'thresholds'?: (_phid_v1_Thresholds | null);
  /**
   * Groups whose members to follow, whoever they are at the time, of 1 to 256 bytes each; repetitions are
   * ignored. All streams that follow a group by the same thresholds share the work. More than the server allows
   * a stream (default 100): RESOURCE_EXHAUSTED.
   */
  'groupIds'?: (string)[];
}

/**
 * Request of Watch.
 */
export interface WatchRequest__Output {
  /**
   * Class of clients of all these users. Empty: "default".
   */
  'namespace': (string);
  /**
   * Who to follow, of 1 to 256 bytes each; repetitions are ignored. At least one user or group. More than the
   * server allows a stream: RESOURCE_EXHAUSTED.
   */
  'userIds': (string)[];
  /**
   * Thresholds of this stream. Absent as a whole: the namespace's, also when those change later. In part: the
   * namespace's of this moment. PERMISSION_DENIED for a caller who is not told exactly when users were seen last
   * (Suspicion).
   */
  'thresholds': (_phid_v1_Thresholds__Output | null);
  /**
   * Groups whose members to follow, whoever they are at the time, of 1 to 256 bytes each; repetitions are
   * ignored. All streams that follow a group by the same thresholds share the work. More than the server allows
   * a stream (default 100): RESOURCE_EXHAUSTED.
   */
  'groupIds': (string)[];
}
