import type { Arrival } from '../../detector/arrival.js';
import { Detector, type DetectorSettings } from '../../detector/detector.js';
import { FleetCounts } from '../../detector/fleet-counts.js';
import { priorTables } from '../../detector/prior.js';
import type { DetectorFamily, DetectorNamespace, TraceDetector } from './family.js';
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
const SUSPECT_PHI = 3;

/**
 * New tables after this share of what they were built from, and so many heartbeats: a node looks every few seconds, at
 * least as often.
 */
const REFRESH_BEATS = 50;
const REFRESH_SHARE = 0.01;

/** The users of a namespace; they learn from each other as they do in production, from the past only. */
class Fleet implements DetectorNamespace {
  readonly #parameters: Float64Array;
  readonly #counts = new FleetCounts();
  #counted = 0;
  #refreshAt = REFRESH_BEATS;
  #detector = new Detector(SETTINGS, SUSPECT_PHI);

  constructor(parameters: Float64Array) {
    this.#parameters = parameters;
  }

  user(): TraceDetector {
    const user = new ReplayedUser();
    return {
      begin: (arrival) => user.begin(arrival, this.#detector),
      arrive: (arrival) => this.#learn(user.arrive(arrival, this.#detector)),
      deadlinesMs: (out) => {
        const estimate = this.#detector.estimate(user.session);
        for (let i = 0; i < out.length; i++) {
          out[i] = this.#detector.deadlineMs(this.#parameters[i] as number, estimate);
        }
      },
    };
  }

  #learn(arrival: Arrival): void {
    this.#counts.add(arrival);
    this.#counted += 1;
    if (this.#counted < this.#refreshAt) return;
    this.#refreshAt = this.#counted + REFRESH_BEATS + REFRESH_SHARE * this.#counted;
    this.#detector = new Detector(SETTINGS, SUSPECT_PHI, this.#counts.learned(priorTables).tables);
  }
}

/** The detector of this service. Parameter: φ. Deadlines are capped, as `max_silence` caps them in production. */
export const phid: DetectorFamily = {
  name: 'phid',
  source: 'this service',
  parameter: { name: 'phi', meaning: 'threshold', min: 0.01, max: 12, isPhi: true },
  sharesState: true,
  capBudgets: 3,
  configs: [{ name: 'adaptive', namespace: (parameters) => new Fleet(parameters) }],
};
