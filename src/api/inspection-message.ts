import type { InspectedSession as SessionMessage } from '../gen/phid/v1/InspectedSession.js';
import type { InspectUserResponse } from '../gen/phid/v1/InspectUserResponse.js';
import type { InspectedSession, Inspection } from '../presence/inspection/inspection.js';
import { present, suspicionMessage } from './suspicion-message.js';
import { timestamp } from './timestamp.js';

export function inspectionMessage({ assessment, why, sessions, isUnseen }: Inspection): InspectUserResponse {
  const { thresholds, nowUs, isWithheld, namespace } = assessment;
  return {
    suspicion: suspicionMessage(assessment),
    why,
    now: timestamp(nowUs),
    suspectPhi: thresholds.suspect,
    offlinePhi: thresholds.offline,
    sessions: sessions.map(sessionMessage),
    withheld: isWithheld,
    maxSilenceMs: namespace.detector.settings.maxSilenceMs,
    invisible: isUnseen,
  };
}

function sessionMessage({ said, ...inspected }: InspectedSession): SessionMessage {
  const { session, estimate, stdDevMs, phi } = said;
  const { silenceMs, blindMs, suspectAtMs, offlineAtMs, intervalsMs, curve, density } = inspected;
  return {
    sessionId: session.sessionId,
    origin: session.origin,
    ...present('phi', phi),
    left: session.left,
    lastSeen: timestamp(session.lastUs),
    silenceMs,
    meanMs: estimate.expectedMs,
    stddevMs: stdDevMs,
    samples: session.samples,
    declaredMs: session.declaredMs,
    warming: estimate.warming,
    intervalsMs: [...intervalsMs],
    curve: [...curve],
    suspectAtMs,
    offlineAtMs,
    density: [...density],
    blindMs,
  };
}
