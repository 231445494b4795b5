import type { Status } from '../detector/status.js';
import { byLiveliness, type SessionSuspicion } from '../detector/user.js';
import type { Assessment } from '../presence/assessment.js';
import type { MembersAssessed } from '../presence/groups.js';
import { pageToken } from './page-token.js';
import { tagOf, WIRE } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

/**
 * Suspicions are written to the wire straight from assessments. What proto-loader offers asks for an object like the
 * message, converts it into another, and encodes that: of what a batch query costs, more than half.
 */

/** What IsOnline answers. */
export interface OnlineAnswer {
  readonly online: boolean;
  readonly assessment: Assessment;
}

const { varint, fixed64, bytes } = WIRE;
const Suspicion = {
  userId: tagOf(1, bytes),
  status: tagOf(2, varint),
  phi: tagOf(3, fixed64),
  lastSeen: tagOf(4, bytes),
  elapsedMs: tagOf(5, fixed64),
  meanMs: tagOf(6, fixed64),
  stddevMs: tagOf(7, fixed64),
  samples: tagOf(8, varint),
  model: tagOf(9, bytes),
  warming: tagOf(10, varint),
  degraded: tagOf(11, varint),
  suspectInMs: tagOf(12, fixed64),
  offlineInMs: tagOf(13, fixed64),
  sessions: tagOf(14, bytes),
  suspectPhi: tagOf(15, fixed64),
  offlinePhi: tagOf(16, fixed64),
};
const Session = {
  sessionId: tagOf(1, bytes),
  phi: tagOf(2, fixed64),
  lastSeen: tagOf(3, bytes),
  elapsedMs: tagOf(4, fixed64),
  meanMs: tagOf(5, fixed64),
  stddevMs: tagOf(6, fixed64),
  samples: tagOf(7, varint),
  warming: tagOf(8, varint),
  left: tagOf(9, varint),
  origin: tagOf(10, bytes),
  activity: tagOf(11, varint),
  nextIntervalMs: tagOf(12, varint),
  sequence: tagOf(13, varint),
};
const Timestamp = { seconds: tagOf(1, varint), nanos: tagOf(2, varint) };
const IsOnlineResponse = { online: tagOf(1, varint), suspicion: tagOf(2, bytes) };
const SuspicionResponse = { suspicion: tagOf(1, bytes) };
const BatchSuspicionResponse = { suspicions: tagOf(1, bytes) };
const ListGroupResponse = { nextPageToken: tagOf(2, bytes), size: tagOf(3, varint) };

export const STATUSES: Readonly<Record<Status, number>> = { UNKNOWN: 0, ONLINE: 1, SUSPECT: 2, OFFLINE: 3 };

export const writer = new WireWriter();

/** The message IsOnlineResponse. */
export function encodeOnlineAnswer({ online, assessment }: OnlineAnswer): Buffer {
  return writer.message(() => {
    writeSuspicion(IsOnlineResponse.suspicion, assessment);
    writer.bool(IsOnlineResponse.online, online);
  });
}

/** The message SuspicionResponse. */
export function encodeAssessment(assessment: Assessment): Buffer {
  return writer.message(() => writeSuspicion(SuspicionResponse.suspicion, assessment));
}

/** The message BatchSuspicionResponse, or ListSuspectsResponse, which is alike. */
export function encodeAssessments(assessments: readonly Assessment[]): Buffer {
  return writer.message(() => writeAssessments(assessments));
}

/** The message ListGroupResponse. */
export function encodeMembers({ assessments, next, size }: MembersAssessed): Buffer {
  return writer.message(() => {
    writer.uint(ListGroupResponse.size, size);
    writer.string(ListGroupResponse.nextPageToken, pageToken(next));
    writeAssessments(assessments);
  });
}

function writeAssessments(assessments: readonly Assessment[]): void {
  for (let i = assessments.length - 1; i >= 0; i--) {
    writeSuspicion(BatchSuspicionResponse.suspicions, assessments[i] as Assessment);
  }
}

export function writeSuspicion(tag: number, assessment: Assessment): void {
  const { userId, status, thresholds, suspicion, nowUs, namespace } = assessment;
  const before = writer.size;
  writer.double(Suspicion.offlinePhi, thresholds.offline);
  writer.double(Suspicion.suspectPhi, thresholds.suspect);
  if (suspicion) {
    const sessions = byLiveliness(suspicion.sessions);
    for (let i = sessions.length - 1; i >= 0; i--) writeSession(sessions[i] as SessionSuspicion);
    writer.double(Suspicion.offlineInMs, assessment.offlineInMs);
    writer.double(Suspicion.suspectInMs, assessment.suspectInMs);
  }
  writer.bool(Suspicion.degraded, assessment.degraded);
  if (suspicion) writer.bool(Suspicion.warming, suspicion.liveliest.estimate.warming);
  writer.string(Suspicion.model, namespace.detector.settings.model);
  if (suspicion) {
    const { estimate, stdDevMs, session } = suspicion.liveliest;
    writer.uint(Suspicion.samples, session.samples);
    writer.double(Suspicion.stddevMs, stdDevMs);
    writer.double(Suspicion.meanMs, estimate.expectedMs);
    writer.double(Suspicion.elapsedMs, Math.max(0, (nowUs - suspicion.lastSeenUs) / 1000));
    writeTimestamp(Suspicion.lastSeen, suspicion.lastSeenUs);
    if (suspicion.phi !== undefined) writer.presentDouble(Suspicion.phi, suspicion.phi);
  }
  writer.uint(Suspicion.status, STATUSES[status]);
  writer.string(Suspicion.userId, userId);
  writer.close(tag, before);
}

function writeSession({ session, estimate, stdDevMs, elapsedMs, phi }: SessionSuspicion): void {
  const before = writer.size;
  writer.uint(Session.sequence, session.sequence);
  writer.uint(Session.nextIntervalMs, session.declaredMs);
  writer.uint(Session.activity, session.activity);
  writer.string(Session.origin, session.origin);
  writer.bool(Session.left, session.left);
  writer.bool(Session.warming, estimate.warming);
  writer.uint(Session.samples, session.samples);
  writer.double(Session.stddevMs, stdDevMs);
  writer.double(Session.meanMs, estimate.expectedMs);
  writer.double(Session.elapsedMs, elapsedMs);
  writeTimestamp(Session.lastSeen, session.lastUs);
  if (phi !== undefined) writer.presentDouble(Session.phi, phi);
  writer.string(Session.sessionId, session.sessionId);
  writer.close(Suspicion.sessions, before);
}

export function writeTimestamp(tag: number, us: number): void {
  const before = writer.size;
  const seconds = Math.floor(us / 1e6);
  writer.uint(Timestamp.nanos, Math.floor((us - seconds * 1e6) * 1000));
  writer.uint(Timestamp.seconds, seconds);
  writer.close(tag, before);
}
