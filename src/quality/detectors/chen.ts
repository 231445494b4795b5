import { ExpectedArrival, SendingInterval } from './chen-estimate.js';
import type {
  DetectorConfig,
  DetectorFamily,
  DetectorParameter,
  ReplayArrival,
  TraceDetector,
} from './family.js';

/** The safety margin α of Chen's detectors. */
export const alpha: DetectorParameter = {
  name: 'alpha',
  meaning: 'safety margin after the expected arrival, in mean intervals',
  min: 1e-5,
  max: 1e3,
  isPhi: false,
};

/**
 * NFD-E: the freshness point is the expected arrival of the next heartbeat plus a constant margin. Chen, Toueg, Aguilera,
 * "On the Quality of Service of Failure Detectors", IEEE Trans. Computers 51(5), 2002. Parameter: the margin α.
 */
export const chen: DetectorFamily = {
  name: 'chen',
  source: 'NFD-E, Chen, Toueg, Aguilera 2002',
  parameter: alpha,
  sharesState: false,
  configs: [chenConfig('n=100', [100]), chenConfig('n=1000', [1000])],
};

/** The freshness point is the latest of the expectations over each window, plus α. */
export function chenConfig(name: string, windows: readonly number[]): DetectorConfig {
  return {
    name,
    namespace: (parameters) => ({
      user: ({ intervalMs }) => new ChenDetector({ parameters, windows, intervalMs }),
    }),
  };
}

class ChenDetector implements TraceDetector {
  readonly #parameters: Float64Array;
  readonly #intervalMs: number;
  readonly #eta: SendingInterval;
  readonly #expected: readonly ExpectedArrival[];
  #nowMs = 0;

  constructor(options: {
    readonly parameters: Float64Array;
    readonly windows: readonly number[];
    readonly intervalMs: number;
  }) {
    const { parameters, windows, intervalMs } = options;
    this.#parameters = parameters;
    this.#intervalMs = intervalMs;
    this.#eta = new SendingInterval(Math.max(...windows), intervalMs);
    this.#expected = windows.map((size) => new ExpectedArrival(size));
  }

  begin(arrival: ReplayArrival): void {
    this.#nowMs = arrival.atMs;
    this.#eta.begin(arrival);
    for (const expected of this.#expected) expected.begin(arrival);
  }

  arrive(arrival: ReplayArrival): void {
    this.#nowMs = arrival.atMs;
    if (arrival.sequenceGap <= 0) return;
    this.#eta.arrive(arrival);
    for (const expected of this.#expected) expected.arrive(arrival);
  }

  deadlinesMs(out: Float64Array): void {
    const etaMs = this.#eta.ms;
    let latestMs = Number.NEGATIVE_INFINITY;
    for (const expected of this.#expected) latestMs = Math.max(latestMs, expected.atMs(1, etaMs));
    const restMs = latestMs - this.#nowMs;
    for (let i = 0; i < this.#parameters.length; i++) {
      out[i] = restMs + (this.#parameters[i] as number) * this.#intervalMs;
    }
  }
}
