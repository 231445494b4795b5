import type { Arrival } from '../../detector/arrival.js';
import { Detector, type DetectorSettings } from '../../detector/detector.js';
import { FleetCounts, type Typical } from '../../detector/fleet-counts.js';
import { priorTables } from '../../detector/prior.js';
import type { ReplayArrival } from './family.js';
import { ReplayedUser } from './replayed-user.js';

/** One configuration for every trace: the defaults of a namespace, except that no silence is cut off by the clock. */
export const SETTINGS: DetectorSettings = {
  model: 'adaptive',
  logistic: false,
  window: 100,
  minSamples: 10,
  expectedIntervalMs: 10_000,
  acceptablePauseMs: 0,
  minStdDevMs: 1,
  maxSilenceMs: Number.MAX_SAFE_INTEGER,
};
export const SUSPECT_PHI = 3;

/**
 * New tables after this share of what they were built from, and so many heartbeats: a node looks every few seconds, at
 * least as often.
 */
const REFRESH_BEATS = 50;
const REFRESH_SHARE = 0.01;

/** The users of a namespace; they learn from each other as they do in production, from the past only. */
export class PhidFleet {
  readonly #settings: DetectorSettings;
  readonly #suspectPhi: number;
  readonly #counts = new FleetCounts();
  #counted = 0;
  #refreshAt = REFRESH_BEATS;
  #detector: Detector;

  /** `suspectPhi`: the threshold from which on a gap is taken for an outage. */
  constructor({ suspectPhi = SUSPECT_PHI, maxSilenceMs = SETTINGS.maxSilenceMs } = {}) {
    this.#settings = { ...SETTINGS, maxSilenceMs };
    this.#suspectPhi = suspectPhi;
    this.#detector = new Detector(this.#settings, suspectPhi);
  }

  /** By what was learned up to now. */
  get detector(): Detector {
    return this.#detector;
  }

  get typical(): Typical | undefined {
    return this.#counts.learned(priorTables).typical;
  }

  user(): ReplayedUser {
    return new ReplayedUser();
  }

  /** The user goes on, and everybody learns from it. */
  arrive(user: ReplayedUser, replayed: ReplayArrival): Arrival {
    const arrival = user.arrive(replayed, this.#detector);
    // As a node does: who was silent for longer was gone by every measure.
    if (arrival.silenceMs < this.#settings.maxSilenceMs) this.#counts.add(arrival);
    this.#counted += 1;
    if (this.#counted >= this.#refreshAt) {
      this.#refreshAt = this.#counted + REFRESH_BEATS + REFRESH_SHARE * this.#counted;
      this.#detector = new Detector(
        this.#settings,
        this.#suspectPhi,
        this.#counts.learned(priorTables).tables,
      );
    }
    return arrival;
  }

  /** Silences, ms, at which the user would be suspected by `phis`. */
  deadlinesMs(user: ReplayedUser, phis: ArrayLike<number>, out: Float64Array): void {
    const estimate = this.#detector.estimate(user.session);
    for (let i = 0; i < out.length; i++) out[i] = this.#detector.deadlineMs(phis[i] as number, estimate);
  }
}
