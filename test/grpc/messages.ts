import type { SessionSuspicion, UserSuspicion } from '../../src/detector/user.js';
import type { Timestamp } from '../../src/gen/google/protobuf/Timestamp.js';
import { Activity } from '../../src/gen/phid/v1/Activity.js';
import type { SessionSuspicion as WireSession } from '../../src/gen/phid/v1/SessionSuspicion.js';
import type { StatusChange } from '../../src/gen/phid/v1/StatusChange.js';
import type { Suspicion } from '../../src/gen/phid/v1/Suspicion.js';
import type { WatchResponse } from '../../src/gen/phid/v1/WatchResponse.js';
import type { Assessment } from '../../src/presence/assessment.js';
import type { Change } from '../../src/presence/watching/changes.js';
import type { StreamEvent } from '../../src/presence/watching/outbox.js';

const ACTIVITIES = [Activity.ACTIVITY_UNSPECIFIED, Activity.ACTIVE, Activity.IDLE, Activity.BACKGROUND];

/** What the codecs write, as the objects that proto-loader makes messages of. An assessment as the message Suspicion. */
export function toSuspicion(assessment: Assessment): Suspicion {
  const { userId, status, suspicion, degraded, suspectInMs, offlineInMs, namespace } = assessment;
  const model = namespace.detector.settings.model;
  const thresholds = { suspectPhi: assessment.thresholds.suspect, offlinePhi: assessment.thresholds.offline };
  if (!suspicion) return { userId, status, model, degraded, ...thresholds };
  const { estimate, session, stdDevMs } = suspicion.liveliest;
  return {
    userId,
    status,
    ...phiOf(suspicion),
    lastSeen: toTimestamp(suspicion.lastSeenUs),
    elapsedMs: Math.max(0, (assessment.nowUs - suspicion.lastSeenUs) / 1000),
    meanMs: estimate.expectedMs,
    stddevMs: stdDevMs,
    samples: session.samples,
    model,
    warming: estimate.warming,
    degraded,
    suspectInMs,
    offlineInMs,
    ...thresholds,
    sessions: [...suspicion.sessions].sort(byLiveliness).map(toSession),
  };
}

/** An event of a stream; Watch and Track say the same. */
export function toStreamEvent(event: StreamEvent): WatchResponse {
  if ('change' in event) return { change: toStatusChange(event.change) };
  if ('synced' in event) return { synced: {} };
  return { notice: { kind: event.notice, message: event.message, coalesced: event.coalesced } };
}

function toStatusChange(change: Change): StatusChange {
  const { assessment, previous, cause, threshold, atUs, version } = change;
  return {
    userId: assessment.userId,
    previous,
    status: assessment.status,
    cause,
    suspicion: toSuspicion(assessment),
    ...(threshold === undefined ? {} : { threshold }),
    at: toTimestamp(atUs),
    version,
  };
}

function toSession({ session, estimate, stdDevMs, elapsedMs, phi }: SessionSuspicion): WireSession {
  return {
    sessionId: session.sessionId,
    ...phiOf({ phi }),
    lastSeen: toTimestamp(session.lastUs),
    elapsedMs,
    meanMs: estimate.expectedMs,
    stddevMs: stdDevMs,
    samples: session.samples,
    warming: estimate.warming,
    left: session.left,
    origin: session.origin,
    activity: ACTIVITIES[session.activity] as Activity,
    nextIntervalMs: session.declaredMs,
    sequence: session.sequence,
  };
}

function byLiveliness(a: SessionSuspicion, b: SessionSuspicion): number {
  return (
    (a.phi ?? Number.POSITIVE_INFINITY) - (b.phi ?? Number.POSITIVE_INFINITY) ||
    b.session.lastUs - a.session.lastUs
  );
}

function phiOf({ phi }: Pick<UserSuspicion, 'phi'>): { phi?: number } {
  return phi === undefined ? {} : { phi };
}

function toTimestamp(us: number): Timestamp {
  const seconds = Math.floor(us / 1e6);
  return { seconds, nanos: Math.floor((us - seconds * 1e6) * 1000) };
}
