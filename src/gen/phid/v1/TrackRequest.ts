// Original file: proto/phid/v1/presence.proto

import type { Thresholds as _phid_v1_Thresholds, Thresholds__Output as _phid_v1_Thresholds__Output } from '../../phid/v1/Thresholds.js';

/**
 * Request of Track: a change of the set of users.
 */
export interface TrackRequest {
  /**
   * Class of clients of the whole stream, decided by the first message. Empty: "default". Later messages
   * leave it empty or repeat it; another one is INVALID_ARGUMENT.
   */
  'namespace'?: (string);
  /**
   * Thresholds of the whole stream, decided by the first message; in a later one INVALID_ARGUMENT. Absent as
   * a whole: the namespace's, also when those change later. In part: the namespace's of this moment.
   */
  'thresholds'?: (_phid_v1_Thresholds | null);
  /**
   * Who to follow from now on, of 1 to 256 bytes each. Those who are followed already are left as they are.
   * More in all than the server allows a stream: RESOURCE_EXHAUSTED.
   */
  'add'?: (string)[];
  /**
   * Who to follow no longer; those who are not followed are ignored. Taken before `add`.
   */
  'remove'?: (string)[];
  /**
   * Groups to follow from now on, of 1 to 256 bytes each; as in WatchRequest. Those that are followed already
   * are left as they are.
   */
  'addGroups'?: (string)[];
  /**
   * Groups to follow no longer; those that are not followed are ignored. Taken before `add_groups`. Nothing is
   * said of their members any more who are followed in no other way.
   */
  'removeGroups'?: (string)[];
}

/**
 * Request of Track: a change of the set of users.
 */
export interface TrackRequest__Output {
  /**
   * Class of clients of the whole stream, decided by the first message. Empty: "default". Later messages
   * leave it empty or repeat it; another one is INVALID_ARGUMENT.
   */
  'namespace': (string);
  /**
   * Thresholds of the whole stream, decided by the first message; in a later one INVALID_ARGUMENT. Absent as
   * a whole: the namespace's, also when those change later. In part: the namespace's of this moment.
   */
  'thresholds': (_phid_v1_Thresholds__Output | null);
  /**
   * Who to follow from now on, of 1 to 256 bytes each. Those who are followed already are left as they are.
   * More in all than the server allows a stream: RESOURCE_EXHAUSTED.
   */
  'add': (string)[];
  /**
   * Who to follow no longer; those who are not followed are ignored. Taken before `add`.
   */
  'remove': (string)[];
  /**
   * Groups to follow from now on, of 1 to 256 bytes each; as in WatchRequest. Those that are followed already
   * are left as they are.
   */
  'addGroups': (string)[];
  /**
   * Groups to follow no longer; those that are not followed are ignored. Taken before `add_groups`. Nothing is
   * said of their members any more who are followed in no other way.
   */
  'removeGroups': (string)[];
}
