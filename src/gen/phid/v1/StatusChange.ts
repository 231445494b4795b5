// Original file: proto/phid/v1/suspicion.proto

import type { Status as _phid_v1_Status, Status__Output as _phid_v1_Status__Output } from '../../phid/v1/Status.js';
import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

// Original file: proto/phid/v1/suspicion.proto

/**
 * Cause is what made the status change.
 */
export const _phid_v1_StatusChange_Cause = {
  /**
   * Never sent.
   */
  CAUSE_UNSPECIFIED: 'CAUSE_UNSPECIFIED',
  /**
   * The status at the moment when the stream began to follow the user, or the user became a member of a
   * group that it follows. `previous` is UNKNOWN: this way of following had said nothing before.
   */
  SNAPSHOT: 'SNAPSHOT',
  /**
   * The first heartbeat of a user who was UNKNOWN.
   */
  FIRST_SEEN: 'FIRST_SEEN',
  /**
   * A heartbeat ended the silence of a user who was SUSPECT or OFFLINE.
   */
  HEARTBEAT: 'HEARTBEAT',
  /**
   * Silence made phi reach a threshold.
   */
  SUSPICION: 'SUSPICION',
  /**
   * A session left, by Leave, and with it the last that kept the user's phi below a threshold.
   */
  LEAVE: 'LEAVE',
  /**
   * The record expired: nothing arrived within the namespace's retention (default 24 h).
   */
  FORGOTTEN: 'FORGOTTEN',
  /**
   * The namespace's thresholds were changed, or what it learned of its fleet, and the silence reads
   * differently since.
   */
  THRESHOLDS: 'THRESHOLDS',
  /**
   * Silence had made phi reach the threshold while that was withheld, because many were silent at once or a
   * drain was announced, and it is withheld no longer.
   */
  RELEASED: 'RELEASED',
  /**
   * The user is no longer a member of a group that the stream follows, and the stream follows them in no
   * other way: forget them. The status is UNKNOWN, and nothing more is said of them unless they are added
   * again, which begins with a snapshot.
   */
  REMOVED: 'REMOVED',
} as const;

/**
 * Cause is what made the status change.
 */
export type _phid_v1_StatusChange_Cause =
  /**
   * Never sent.
   */
  | 'CAUSE_UNSPECIFIED'
  | 0
  /**
   * The status at the moment when the stream began to follow the user, or the user became a member of a
   * group that it follows. `previous` is UNKNOWN: this way of following had said nothing before.
   */
  | 'SNAPSHOT'
  | 1
  /**
   * The first heartbeat of a user who was UNKNOWN.
   */
  | 'FIRST_SEEN'
  | 2
  /**
   * A heartbeat ended the silence of a user who was SUSPECT or OFFLINE.
   */
  | 'HEARTBEAT'
  | 3
  /**
   * Silence made phi reach a threshold.
   */
  | 'SUSPICION'
  | 4
  /**
   * A session left, by Leave, and with it the last that kept the user's phi below a threshold.
   */
  | 'LEAVE'
  | 5
  /**
   * The record expired: nothing arrived within the namespace's retention (default 24 h).
   */
  | 'FORGOTTEN'
  | 6
  /**
   * The namespace's thresholds were changed, or what it learned of its fleet, and the silence reads
   * differently since.
   */
  | 'THRESHOLDS'
  | 7
  /**
   * Silence had made phi reach the threshold while that was withheld, because many were silent at once or a
   * drain was announced, and it is withheld no longer.
   */
  | 'RELEASED'
  | 8
  /**
   * The user is no longer a member of a group that the stream follows, and the stream follows them in no
   * other way: forget them. The status is UNKNOWN, and nothing more is said of them unless they are added
   * again, which begins with a snapshot.
   */
  | 'REMOVED'
  | 9

/**
 * Cause is what made the status change.
 */
export type _phid_v1_StatusChange_Cause__Output = typeof _phid_v1_StatusChange_Cause[keyof typeof _phid_v1_StatusChange_Cause]

/**
 * StatusChange says that a user's status is now another one, by the thresholds of the stream that carries it.
 * The first one of each user on a stream is a snapshot.
 */
export interface StatusChange {
  /**
   * The user whose status changed.
   */
  'userId'?: (string);
  /**
   * Status that this stream was told last. UNKNOWN in a snapshot.
   */
  'previous'?: (_phid_v1_Status);
  /**
   * Status now.
   */
  'status'?: (_phid_v1_Status);
  /**
   * What made it change.
   */
  'cause'?: (_phid_v1_StatusChange_Cause);
  /**
   * The whole opinion at the moment of the change.
   */
  'suspicion'?: (_phid_v1_Suspicion | null);
  /**
   * The threshold of phi that was crossed, in either direction. Absent when none was: SNAPSHOT,
   * FIRST_SEEN, LEAVE, FORGOTTEN, REMOVED, and the return from a leave.
   */
  'threshold'?: (number | string);
  /**
   * When the status changed, by the store's clock. For SUSPICION the instant of the crossing, not of its
   * discovery. To callers who may not know exactly when users were seen last, as exactly as that.
   */
  'at'?: (_google_protobuf_Timestamp | null);
  /**
   * Increases with every change of one user on one stream: the change's time in microseconds of the store's
   * clock (below 2^53), or one more than the last where a late record would count backwards. So the same
   * change seen through two nodes has nearly always the same version. Keep the highest. To callers who may not
   * know exactly when users were seen last: the time at which they are told.
   */
  'version'?: (number | string | Long);
  '_threshold'?: "threshold";
}

/**
 * StatusChange says that a user's status is now another one, by the thresholds of the stream that carries it.
 * The first one of each user on a stream is a snapshot.
 */
export interface StatusChange__Output {
  /**
   * The user whose status changed.
   */
  'userId': (string);
  /**
   * Status that this stream was told last. UNKNOWN in a snapshot.
   */
  'previous': (_phid_v1_Status__Output);
  /**
   * Status now.
   */
  'status': (_phid_v1_Status__Output);
  /**
   * What made it change.
   */
  'cause': (_phid_v1_StatusChange_Cause__Output);
  /**
   * The whole opinion at the moment of the change.
   */
  'suspicion': (_phid_v1_Suspicion__Output | null);
  /**
   * The threshold of phi that was crossed, in either direction. Absent when none was: SNAPSHOT,
   * FIRST_SEEN, LEAVE, FORGOTTEN, REMOVED, and the return from a leave.
   */
  'threshold'?: (number);
  /**
   * When the status changed, by the store's clock. For SUSPICION the instant of the crossing, not of its
   * discovery. To callers who may not know exactly when users were seen last, as exactly as that.
   */
  'at': (_google_protobuf_Timestamp__Output | null);
  /**
   * Increases with every change of one user on one stream: the change's time in microseconds of the store's
   * clock (below 2^53), or one more than the last where a late record would count backwards. So the same
   * change seen through two nodes has nearly always the same version. Keep the highest. To callers who may not
   * know exactly when users were seen last: the time at which they are told.
   */
  'version': (number);
  '_threshold'?: "threshold";
}
