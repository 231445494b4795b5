import { byLiveliness, type SessionSuspicion } from '../detector/user.js';
import { Activity } from '../gen/phid/v1/Activity.js';
import type { SessionSuspicion as SessionMessage } from '../gen/phid/v1/SessionSuspicion.js';
import type { Suspicion } from '../gen/phid/v1/Suspicion.js';
import type { Assessment } from '../presence/assessment.js';
import { timestamp } from './timestamp.js';

const ACTIVITIES = [Activity.ACTIVITY_UNSPECIFIED, Activity.ACTIVE, Activity.IDLE, Activity.BACKGROUND];

/** What is said of a user as the message Suspicion. Where they are many, src/grpc/suspicion-codec.ts writes the same. */
export function suspicionMessage(assessment: Assessment): Suspicion {
  const { userId, status, suspicion, degraded, suspectInMs, offlineInMs, namespace } = assessment;
  const { model } = namespace.detector.settings;
  const thresholds = { suspectPhi: assessment.thresholds.suspect, offlinePhi: assessment.thresholds.offline };
  if (!suspicion) return { userId, status, model, degraded, ...thresholds };
  const { estimate, session, stdDevMs } = suspicion.liveliest;
  return {
    userId,
    status,
    ...present('phi', suspicion.phi),
    lastSeen: timestamp(suspicion.lastSeenUs),
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
    sessions: byLiveliness(suspicion.sessions).map(sessionMessage),
  };
}

function sessionMessage({ session, estimate, stdDevMs, elapsedMs, phi }: SessionSuspicion): SessionMessage {
  return {
    sessionId: session.sessionId,
    ...present('phi', phi),
    lastSeen: timestamp(session.lastUs),
    elapsedMs,
    meanMs: estimate.expectedMs,
    stddevMs: stdDevMs,
    samples: session.samples,
    warming: estimate.warming,
    left: session.left,
    origin: session.origin,
    activity: ACTIVITIES[session.activity] ?? Activity.ACTIVITY_UNSPECIFIED,
    nextIntervalMs: session.declaredMs,
    sequence: session.sequence,
  };
}

/** A field with presence: there when it has a value. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]?: Value });
}
