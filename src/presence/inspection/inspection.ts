import type { Detector } from '../../detector/detector.js';
import type { SessionRecord } from '../../detector/session.js';
import type { Thresholds } from '../../detector/status.js';
import { byLiveliness, type SessionSuspicion, type UserRecord } from '../../detector/user.js';
import type { Assessment } from '../assessment.js';
import { type CurvePoint, curveOf, type DensityPoint, densityOf } from './curve.js';
import { whyOf } from './why.js';

/** A session with what its suspicion is made of. Durations in ms. */
export interface InspectedSession {
  readonly said: SessionSuspicion;
  /** The silence that counts, and the time since the last heartbeat that does not. */
  readonly silenceMs: number;
  readonly blindMs: number;
  /** The window, oldest first: intervals, also of a client that declares them. */
  readonly intervalsMs: readonly number[];
  /** Silence at which the thresholds are crossed; 0 when the session left. */
  readonly suspectAtMs: number;
  readonly offlineAtMs: number;
  /** Empty when the session left. */
  readonly curve: readonly CurvePoint[];
  readonly density: readonly DensityPoint[];
}

/** What is said of a user, and why. */
export interface Inspection {
  readonly assessment: Assessment;
  /** One sentence for people. */
  readonly why: string;
  /** Liveliest first; empty when the user is UNKNOWN. */
  readonly sessions: readonly InspectedSession[];
  /** The user is invisible: this is what others do not see. */
  readonly isUnseen: boolean;
}

/** Explains an assessment by the record that it was made of. O(sessions x 128). */
export function inspect(
  assessment: Assessment,
  record: UserRecord | undefined,
  isUnseen: boolean,
): Inspection {
  const { suspicion, nowUs, namespace, thresholds } = assessment;
  const recordOf = new Map(record?.sessions.map((session) => [session.sessionId, session]));
  const sessions = byLiveliness(suspicion?.sessions ?? []).map((said) =>
    inspectSession(said, recordOf.get(said.session.sessionId) as SessionRecord, {
      nowUs,
      thresholds,
      detector: namespace.detector,
    }),
  );
  return { assessment, why: whyOf(assessment, isUnseen), sessions, isUnseen };
}

function inspectSession(
  said: SessionSuspicion,
  { window, declaredMs }: SessionRecord,
  judge: { readonly nowUs: number; readonly thresholds: Thresholds; readonly detector: Detector },
): InspectedSession {
  const { nowUs, thresholds, detector } = judge;
  const { session, estimate, elapsedMs } = said;
  const silenceMs = detector.sight.silenceMs(session.lastUs, nowUs);
  const curve = session.left ? [] : curveOf(estimate, detector, thresholds);
  const crossingMs = (phi: number) => (session.left ? 0 : detector.deadlineMs(phi, estimate));
  return {
    said,
    silenceMs,
    blindMs: Math.max(0, elapsedMs - silenceMs),
    intervalsMs: window.samplesMs().map((sampleMs) => declaredMs + sampleMs),
    suspectAtMs: crossingMs(thresholds.suspect),
    offlineAtMs: crossingMs(thresholds.offline),
    curve,
    density: densityOf(curve, detector.settings.maxSilenceMs),
  };
}
