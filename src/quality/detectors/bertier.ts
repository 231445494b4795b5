import { ExpectedArrival, SendingInterval } from './chen-estimate.js';
import type { DetectorFamily, ReplayArrival, TraceDetector, UserContext } from './family.js';

const GAMMA = 0.1;
const BETA = 1;
const WINDOW = 1000;

/**
 * Chen's expected arrival with a margin that follows the error of the estimate as TCP's timeout follows the round trip
 * (Jacobson): Bertier, Marin, Sens, "Implementation and Performance Evaluation of an Adaptable Failure Detector", DSN 2002.
 *
 *   error = A - EA - delay;  delay += γ error;  var += γ (|error| - var);  margin = β delay + φ var
 *
 * with γ = 0.1, β = 1. Parameter: the deviation factor φ (4 in the paper); not a suspicion level.
 */
export const bertier: DetectorFamily = {
  name: 'bertier',
  source: 'Bertier, Marin, Sens 2002',
  parameter: {
    name: 'phi',
    meaning: 'weight of the deviation in the margin (4 in the paper)',
    min: 1e-3,
    max: 1e7,
    isPhi: false,
  },
  sharesState: false,
  configs: [
    {
      name: `n=${WINDOW}`,
      namespace: (parameters) => ({ user: (context) => new BertierDetector(parameters, context) }),
    },
  ],
};

class BertierDetector implements TraceDetector {
  readonly #parameters: Float64Array;
  readonly #eta: SendingInterval;
  readonly #expected = new ExpectedArrival(WINDOW);
  #delayMs = 0;
  #deviationMs = 0;
  #nowMs = 0;

  constructor(parameters: Float64Array, { intervalMs }: UserContext) {
    this.#parameters = parameters;
    this.#eta = new SendingInterval(WINDOW, intervalMs);
  }

  begin(arrival: ReplayArrival): void {
    this.#nowMs = arrival.atMs;
    this.#eta.begin(arrival);
    this.#expected.begin(arrival);
  }

  arrive(arrival: ReplayArrival): void {
    this.#nowMs = arrival.atMs;
    if (arrival.sequenceGap <= 0) return;
    const errorMs = arrival.atMs - this.#expected.atMs(arrival.sequenceGap, this.#eta.ms) - this.#delayMs;
    this.#delayMs += GAMMA * errorMs;
    this.#deviationMs += GAMMA * (Math.abs(errorMs) - this.#deviationMs);
    this.#eta.arrive(arrival);
    this.#expected.arrive(arrival);
  }

  deadlinesMs(out: Float64Array): void {
    const restMs = this.#expected.atMs(1, this.#eta.ms) + BETA * this.#delayMs - this.#nowMs;
    for (let i = 0; i < this.#parameters.length; i++) {
      out[i] = restMs + (this.#parameters[i] as number) * this.#deviationMs;
    }
  }
}
