import {
  type AdaptiveState,
  intervalOf,
  newAdaptiveState,
  type SurvivalTables,
  scaleOf,
} from './adaptive.js';
import { priorTables } from './prior.js';
import { crossingMs, phiOf, type Shape, watchMs } from './shape.js';
import { Sight } from './sight.js';
import { PHI_MAX, WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from './status.js';
import { exponentialTail, logisticTail, normalTail, type Survival } from './survival.js';
import type { SurvivalTable } from './survival-table.js';
import type { SampleWindow } from './window.js';

export type ModelName = 'adaptive' | 'normal' | 'exponential';

/** How a namespace judges silence. Every duration in ms. */
export interface DetectorSettings {
  readonly model: ModelName;
  /** `normal` only: Akka's logistic approximation in place of the exact tail. */
  readonly logistic: boolean;
  /** Samples kept for each session. */
  readonly window: number;
  /** Below this many samples the prior stands in for the missing ones. */
  readonly minSamples: number;
  /** The prior: mean interval of a client nobody has seen yet; its standard deviation is a quarter of it. */
  readonly expectedIntervalMs: number;
  /** `normal` only: added to the mean. */
  readonly acceptablePauseMs: number;
  /** `normal` only: floor of the standard deviation. */
  readonly minStdDevMs: number;
  /** No deadline is later than this after the last heartbeat. */
  readonly maxSilenceMs: number;
  /** Sessions kept for a user, at most; SESSIONS_MAX where it is not said. */
  readonly sessionsMax?: number;
}

/** What the record of a session says about its next heartbeat. Durations in ms. */
export interface Estimate {
  /** Interval until the next heartbeat is expected. */
  readonly expectedMs: number;
  /** Location m and scale s of the standardised silence z = (silence - m) / s. */
  readonly locationMs: number;
  readonly scaleMs: number;
  /** True while the prior still stands in for missing samples. */
  readonly warming: boolean;
  /** Silence from which on an arrival must be announced, because somebody may suspect the session. */
  readonly watchMs: number;
  /** z there; on the lattice, beyond the heartbeats that are taken for lost. */
  readonly watchZ: number;
  /** `adaptive` only: the session's own shape, and the interval that lost heartbeats are counted in, ms. */
  readonly shape: Shape | undefined;
  readonly intervalMs: number;
}

/** The part of a session's record that an estimate is made from. */
interface Observed {
  readonly window: SampleWindow;
  /** Interval that the client declared with its last heartbeat, ms; 0 when it declared none. */
  readonly declaredMs: number;
  /** Mean interval when the client began to declare, ms; 0 when none was learned. */
  readonly rhythmMs?: number;
  /** Heartbeats that the last gap swallowed and that may still come; 0 by default. */
  readonly owed?: number;
  /** They have begun to come. */
  readonly releasing?: boolean;
  /** What the adaptive model learned; undefined when it did not look after this session yet. */
  readonly adaptive?: AdaptiveState | undefined;
}

/** The prior's standard deviation as a share of its mean, as Akka bootstraps its window. */
const PRIOR_STD_DEV_SHARE = 1 / 4;

/** A client that fell silent for more intervals did not slow down, it was cut off. */
const SLOWED_MAX = 15;

/** A clock cannot resolve less, and a window of zero intervals must not divide by zero. */
const SCALE_MS_MIN = 1;

/** The survival function of the models that know theirs; `adaptive` learns it. */
function givenSurvival({ model, logistic }: DetectorSettings): Survival {
  if (model === 'exponential') return exponentialTail;
  return logistic ? logisticTail : normalTail;
}

/**
 * A model with its settings: turns a session's record into φ and φ into a deadline. Pure: no clock, no I/O.
 * Everything is location-scale, so a crossing is linear in z and "does it come earlier?" needs two checks (comes-earlier.ts).
 */
export class Detector {
  readonly settings: DetectorSettings;
  /** What the fleet taught: survival tables of the `adaptive` model. */
  readonly tables: SurvivalTables;
  readonly survival: Survival;
  /** What of a silence could have been heard; it may change while the detector is in use. */
  readonly sight: Sight;
  /** z at which a gap is judged an outage: the crossing of the namespace's suspect threshold. */
  readonly zOutage: number;
  /** z at the lowest and the highest threshold that a stream may watch. */
  readonly zWatchableMin: number;
  readonly zWatchableMax: number;
  /** Scale of a session that beats at the expected interval and of which nothing else is known, ms. */
  readonly priorScaleMs: number;

  constructor(
    settings: DetectorSettings,
    suspectPhi: number,
    tables: SurvivalTables = priorTables,
    sight = new Sight(),
  ) {
    this.settings = settings;
    this.sight = sight;
    this.tables = tables;
    this.survival = settings.model === 'adaptive' ? tables.plain : givenSurvival(settings);
    this.zOutage = this.survival.z(suspectPhi);
    this.zWatchableMin = this.survival.z(WATCHABLE_PHI_MIN);
    this.zWatchableMax = this.survival.z(WATCHABLE_PHI_MAX);
    const { expectedIntervalMs } = settings;
    const prior = newAdaptiveState(expectedIntervalMs, expectedIntervalMs);
    this.priorScaleMs = scaleOf(prior, expectedIntervalMs);
  }

  /** Location and scale of the next interval of a session. */
  estimate(session: Observed): Estimate {
    return this.settings.model === 'adaptive'
      ? this.#adaptiveEstimate(session)
      : this.#givenEstimate(session);
  }

  #adaptiveEstimate(session: Observed): Estimate {
    const { declaredMs } = session;
    const { minSamples, expectedIntervalMs } = this.settings;
    const state = session.adaptive ?? this.newAdaptiveState(session);
    const warming = state.learned < minSamples;
    // One that is habitually early is still not late before its word.
    let locationMs = Math.max(state.meanMs, declaredMs);
    let intervalMs = intervalOf(state, declaredMs);
    let scaleMs = scaleOf(state, intervalMs);
    if (warming && declaredMs === 0) {
      // The prior counts for the samples still missing: of a first gap, nobody knows whether it is the rhythm.
      const weight = state.learned / minSamples;
      locationMs = weight * locationMs + (1 - weight) * expectedIntervalMs;
      scaleMs = weight * scaleMs + (1 - weight) * this.priorScaleMs;
      intervalMs = weight * intervalMs + (1 - weight) * expectedIntervalMs;
    }
    const { shape } = state;
    const watchZ = this.#tableOf(shape).z(shape.watchPhi);
    const expectedMs = locationMs;
    // The last gap swallowed heartbeats that were neither lost nor came late. Perhaps the client slowed down: if it does so
    // again it is not suspected.
    const { owed = 0, releasing = false } = session;
    if (declaredMs === 0 && owed > 0 && owed <= SLOWED_MAX && !releasing) {
      locationMs += Math.max(0, (owed + 0.5) * intervalMs - scaleMs * watchZ);
    }
    const placement = { locationMs, scaleMs, intervalMs };
    return {
      expectedMs,
      locationMs,
      scaleMs,
      intervalMs,
      warming,
      watchZ,
      watchMs: watchMs(shape, watchZ, placement),
      shape,
    };
  }

  #givenEstimate(session: Observed): Estimate {
    const { declaredMs } = session;
    const { minSamples, acceptablePauseMs, minStdDevMs, model } = this.settings;
    const { mean, variance } = this.#moments(session);
    // Samples of a declaring session are residuals. One that is habitually early is still not late before its word.
    const expectedMs = declaredMs > 0 ? declaredMs + Math.max(0, mean) : mean;
    const exponential = model === 'exponential';
    const locationMs = exponential ? 0 : expectedMs + acceptablePauseMs;
    const scaleMs = exponential
      ? Math.max(expectedMs, SCALE_MS_MIN)
      : Math.max(Math.sqrt(variance), minStdDevMs, SCALE_MS_MIN);
    return {
      expectedMs,
      locationMs,
      scaleMs,
      intervalMs: expectedMs,
      warming: session.window.count < minSamples,
      watchZ: this.zWatchableMin,
      watchMs: locationMs + scaleMs * this.zWatchableMin,
      shape: undefined,
    };
  }

  /** Mean and variance of the samples; while warming, of their mixture with the prior, which counts for those missing. */
  #moments({ window, declaredMs }: Observed): { readonly mean: number; readonly variance: number } {
    const { minSamples, expectedIntervalMs } = this.settings;
    const { meanMs: mean, variance, count } = window;
    if (count >= minSamples) return { mean, variance };
    const priorMean = declaredMs > 0 ? 0 : expectedIntervalMs;
    const priorStdDev = (declaredMs > 0 ? declaredMs : expectedIntervalMs) * PRIOR_STD_DEV_SHARE;
    const weight = count / minSamples;
    const offset = mean - priorMean;
    return {
      mean: weight * mean + (1 - weight) * priorMean,
      variance:
        weight * variance +
        (1 - weight) * (priorStdDev * priorStdDev) +
        weight * (1 - weight) * (offset * offset),
    };
  }

  /** Standard deviation of the samples, ms; as far as they are missing, of the prior under the models that have one. O(W). */
  stdDevMs(session: Observed): number {
    const { model } = this.settings;
    return Math.sqrt(model === 'adaptive' ? session.window.variance : this.#moments(session).variance);
  }

  /** The state that the adaptive model begins with: of a new session, or of one that another model looked after. */
  newAdaptiveState({ window, declaredMs, rhythmMs }: Omit<Observed, 'adaptive'>): AdaptiveState {
    const { expectedIntervalMs } = this.settings;
    const known = window.count > 0 ? declaredMs + window.meanMs : declaredMs;
    const intervalMs = known > 0 ? known : expectedIntervalMs;
    // What was declared says nothing about the rhythm of a client that declares nothing.
    const undeclaredMs = declaredMs > 0 ? rhythmMs || expectedIntervalMs : intervalMs;
    return newAdaptiveState(intervalMs, undeclaredMs);
  }

  /** φ after `silenceMs`: 0 .. PHI_MAX, finite, increasing; PHI_MAX from max_silence on. */
  phi(silenceMs: number, estimate: Estimate): number {
    if (silenceMs >= this.settings.maxSilenceMs) return PHI_MAX;
    const { shape, locationMs, scaleMs } = estimate;
    const phi = shape
      ? phiOf(shape, this.#tableOf(shape), estimate, silenceMs)
      : this.survival.phi((silenceMs - locationMs) / scaleMs);
    return Math.min(PHI_MAX, phi);
  }

  /** The inverse: the silence, ms, at which φ reaches `phi` (> 0); 0 .. max_silence. */
  deadlineMs(phi: number, estimate: Estimate): number {
    const { shape, locationMs, scaleMs } = estimate;
    const silenceMs = shape
      ? crossingMs(shape, this.#tableOf(shape), estimate, phi)
      : locationMs + scaleMs * this.survival.z(phi);
    return Math.max(0, Math.min(silenceMs, this.settings.maxSilenceMs));
  }

  /** When a session heard last at `lastUs` reaches `phi` if nothing is heard of it again, µs of the store's clock. */
  crossingUs(lastUs: number, phi: number, estimate: Estimate): number {
    return this.sight.instantUs(lastUs, this.deadlineMs(phi, estimate));
  }

  #tableOf({ onLattice }: Shape): SurvivalTable {
    return onLattice ? this.tables.lattice : this.tables.plain;
  }
}
