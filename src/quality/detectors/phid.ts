import type { DetectorFamily, DetectorNamespace, TraceDetector } from './family.js';
import { PhidFleet } from './phid-fleet.js';

/** A fleet whose users are asked for the deadlines of the parameters under test. */
class Namespace implements DetectorNamespace {
  readonly #fleet = new PhidFleet();
  readonly #parameters: Float64Array;

  constructor(parameters: Float64Array) {
    this.#parameters = parameters;
  }

  user(): TraceDetector {
    const fleet = this.#fleet;
    const user = fleet.user();
    return {
      begin: (arrival) => user.begin(arrival, fleet.detector),
      arrive: (arrival) => void fleet.arrive(user, arrival),
      deadlinesMs: (out) => fleet.deadlinesMs(user, this.#parameters, out),
    };
  }
}

/** The detector of this service. Parameter: φ. Deadlines are capped, as `max_silence` caps them in production. */
export const phid: DetectorFamily = {
  name: 'phid',
  source: 'this service',
  parameter: { name: 'phi', meaning: 'threshold', min: 0.01, max: 12, isPhi: true },
  sharesState: true,
  capBudgets: 3,
  configs: [{ name: 'adaptive', namespace: (parameters) => new Namespace(parameters) }],
};
