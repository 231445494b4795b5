import { PHI_MAX, WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from './status.js';
import { exponentialTail, logisticTail, normalTail, type Survival } from './survival.js';
import type { SampleWindow } from './window.js';

export type ModelName = 'normal' | 'exponential';

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
}

/** What the record of a session says about its next heartbeat. Durations in ms. */
export interface Estimate {
  /** Interval until the next heartbeat is expected. */
  readonly expectedMs: number;
  readonly stdDevMs: number;
  /** Location m and scale s of the standardised silence z = (silence - m) / s. */
  readonly locationMs: number;
  readonly scaleMs: number;
  /** True while the prior still stands in for missing samples. */
  readonly warming: boolean;
}

/** The part of a session's record that an estimate is made from. */
interface Observed {
  readonly window: SampleWindow;
  /** Interval that the client declared with its last heartbeat, ms; 0 when it declared none. */
  readonly declaredMs: number;
}

/** The prior's standard deviation as a share of its mean, as Akka bootstraps its window. */
const PRIOR_STD_DEV_SHARE = 1 / 4;

/** A clock cannot resolve less, and a window of zero intervals must not divide by zero. */
const SCALE_MS_MIN = 1;

/**
 * A model with its settings: turns a session's record into φ and φ into a deadline. Pure: no clock, no I/O.
 * Everything is location-scale, so a crossing is linear in z and "does it come earlier?" needs two checks (session.ts).
 */
export class Detector {
  readonly settings: DetectorSettings;
  readonly survival: Survival;
  /** z at which a gap is judged an outage: the crossing of the namespace's suspect threshold. */
  readonly zOutage: number;
  /** z at the lowest and the highest threshold that a stream may watch. */
  readonly zWatchableMin: number;
  readonly zWatchableMax: number;

  constructor(settings: DetectorSettings, suspectPhi: number) {
    this.settings = settings;
    this.survival =
      settings.model === 'exponential' ? exponentialTail : settings.logistic ? logisticTail : normalTail;
    this.zOutage = this.survival.z(suspectPhi);
    this.zWatchableMin = this.survival.z(WATCHABLE_PHI_MIN);
    this.zWatchableMax = this.survival.z(WATCHABLE_PHI_MAX);
  }

  /** Mean, deviation, location and scale of the next interval of a session. */
  estimate({ window, declaredMs }: Observed): Estimate {
    const { minSamples, expectedIntervalMs, acceptablePauseMs, minStdDevMs } = this.settings;
    let mean = window.meanMs;
    let variance = window.variance;
    const n = window.count;
    const warming = n < minSamples;
    if (warming) {
      // Mixture of the samples and the prior, which counts for the samples still missing.
      const priorMean = declaredMs > 0 ? 0 : expectedIntervalMs;
      const priorStdDev = (declaredMs > 0 ? declaredMs : expectedIntervalMs) * PRIOR_STD_DEV_SHARE;
      const weight = n / minSamples;
      const offset = mean - priorMean;
      mean = weight * mean + (1 - weight) * priorMean;
      variance =
        weight * variance +
        (1 - weight) * (priorStdDev * priorStdDev) +
        weight * (1 - weight) * (offset * offset);
    }
    // Samples of a declaring session are residuals. One that is habitually early is still not late before its word.
    const expectedMs = declaredMs > 0 ? declaredMs + Math.max(0, mean) : mean;
    const stdDevMs = Math.sqrt(variance);
    return this.settings.model === 'exponential'
      ? { expectedMs, stdDevMs, locationMs: 0, scaleMs: Math.max(expectedMs, SCALE_MS_MIN), warming }
      : {
          expectedMs,
          stdDevMs,
          locationMs: expectedMs + acceptablePauseMs,
          scaleMs: Math.max(stdDevMs, minStdDevMs, SCALE_MS_MIN),
          warming,
        };
  }

  /** φ after `silenceMs`: 0 .. PHI_MAX, finite, increasing; PHI_MAX from max_silence on. */
  phi(silenceMs: number, { locationMs, scaleMs }: Estimate): number {
    if (silenceMs >= this.settings.maxSilenceMs) return PHI_MAX;
    return Math.min(PHI_MAX, this.survival.phi((silenceMs - locationMs) / scaleMs));
  }

  /** The inverse: the silence, ms, at which φ reaches `phi` (> 0); 0 .. max_silence. */
  deadlineMs(phi: number, { locationMs, scaleMs }: Estimate): number {
    const silenceMs = locationMs + scaleMs * this.survival.z(phi);
    return Math.max(0, Math.min(silenceMs, this.settings.maxSilenceMs));
  }
}
