import type { Arrival } from '../../src/detector/arrival.js';
import { Detector, type DetectorSettings } from '../../src/detector/detector.js';
import type { Heartbeat, SessionRecord } from '../../src/detector/session.js';
import { PHI_MAX } from '../../src/detector/status.js';
import {
  recordHeartbeat,
  recordLeave,
  suspicionOf,
  type UserRecord,
  type UserSuspicion,
} from '../../src/detector/user.js';

/** A date in µs, as the store's clock gives it: sums lose precision here that they keep near zero. */
export const EPOCH_US = 1_764_000_000_000_000;

const SETTINGS: DetectorSettings = {
  model: 'normal',
  logistic: false,
  window: 100,
  minSamples: 10,
  expectedIntervalMs: 10_000,
  acceptablePauseMs: 0,
  minStdDevMs: 100,
  maxSilenceMs: 90_000,
};

/** The models, each with what selects it. */
export const MODELS = {
  normal: { model: 'normal', logistic: false },
  logistic: { model: 'normal', logistic: true },
  exponential: { model: 'exponential', logistic: false },
  adaptive: { model: 'adaptive', logistic: false },
} as const satisfies Record<string, Partial<DetectorSettings>>;

export const MODEL_NAMES = Object.keys(MODELS) as (keyof typeof MODELS)[];

/** Those that bring their survival function with them. */
export const GIVEN_MODEL_NAMES = MODEL_NAMES.filter((name) => name !== 'adaptive');

/** A detector whose suspect threshold is φ = 3, unless told otherwise. */
export function detectorOf(settings: Partial<DetectorSettings> = {}, suspectPhi = 3): Detector {
  return new Detector({ ...SETTINGS, ...settings }, suspectPhi);
}

/** One user under one detector; the test moves the time. */
export class Scenario {
  readonly user: UserRecord = { sessions: [] };
  nowUs = EPOCH_US;
  /** Arrival of the last heartbeat. */
  arrivedUs = EPOCH_US;

  constructor(public detector: Detector = detectorOf()) {}

  /**
   * Lets `afterMs` pass; then a heartbeat arrives and is recorded, by default unnumbered and undeclared, of session "s".
   * Negative: no time passes, and what is recorded arrived that long ago.
   */
  beat(afterMs: number, heartbeat: Partial<Heartbeat> = {}): Arrival {
    this.arrivedUs = this.nowUs + Math.round(afterMs * 1000);
    this.nowUs = Math.max(this.nowUs, this.arrivedUs);
    const time = { atUs: this.arrivedUs, nowUs: this.nowUs };
    return recordHeartbeat(this.user, heartbeatOf(heartbeat), time, this.detector);
  }

  /** `count` heartbeats, `intervalMs` apart with a deterministic jitter of up to ± `jitterMs`. */
  beats(count: number, intervalMs: number, heartbeat: Partial<Heartbeat> = {}, jitterMs = 0): Arrival[] {
    return Array.from({ length: count }, (_, i) => this.beat(intervalMs + jitterMs * jitter(i), heartbeat));
  }

  leave(afterMs: number, sessionId = ''): boolean {
    // A leave is stamped when it is recorded: never old news.
    this.nowUs += Math.round(Math.max(0, afterMs) * 1000);
    return recordLeave(this.user, sessionId, this.nowUs);
  }

  suspicion(silenceMs = 0): UserSuspicion {
    const suspicion = suspicionOf(this.user, this.nowUs + silenceMs * 1000, this.detector);
    if (!suspicion) throw new Error('nothing is known of the user');
    return suspicion;
  }

  /** φ of the user after more silence; of a user who left, PHI_MAX. */
  phi(silenceMs = 0): number {
    return this.suspicion(silenceMs).phi ?? PHI_MAX;
  }

  session(sessionId = 's'): SessionRecord {
    const session = this.user.sessions.find((s) => s.sessionId === sessionId);
    if (!session) throw new Error(`no session ${sessionId}`);
    return session;
  }

  estimate(sessionId = 's') {
    const session = this.session(sessionId);
    return { ...this.detector.estimate(session), stdDevMs: this.detector.stdDevMs(session) };
  }

  samplesMs(sessionId = 's'): number[] {
    return this.session(sessionId).window.samplesMs();
  }
}

/** Spread over -1 .. 1 with mean 0, in no order, and again from the 12th on. */
const JITTER = [0.3, -0.8, 0.6, -0.1, -0.5, 1, 0.1, -0.3, 0.8, -1, 0.5, -0.6];

export function jitter(i: number): number {
  return JITTER[i % JITTER.length] as number;
}

export function heartbeatOf(heartbeat: Partial<Heartbeat>): Heartbeat {
  return { userId: 'u', sessionId: 's', sequence: 0, declaredMs: 0, activity: 0, origin: '', ...heartbeat };
}
