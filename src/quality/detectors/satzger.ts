import type { DetectorConfig, DetectorFamily, ReplayArrival, TraceDetector } from './family.js';

const WINDOW = 1000;

/**
 * Satzger, Pietzowski, Trumler, Ungerer, "A New Adaptive Accrual Failure Detector for Dependable Distributed Systems", SAC
 * 2007. The suspicion of a silence t is the share of the last W intervals x with α x <= t: their empirical distribution,
 * stretched by the scaling factor α. Parameter: the threshold, written as φ = -log10(1 - share), as in the other detectors.
 *
 * Two things are added, so that every mean detection time can be reached: between two intervals the share is interpolated
 * (the k-th of n is exceeded with probability 1 - k / (n + 1)), and beyond the longest one (φ = log10(n + 1)) each further
 * decade costs one more longest interval.
 */
export const satzger: DetectorFamily = {
  name: 'satzger',
  source: 'Satzger et al. 2007, empirical distribution',
  parameter: {
    name: 'phi',
    meaning: '-log10(1 - threshold)',
    min: 1e-4,
    max: 1e3,
    isPhi: true,
  },
  sharesState: false,
  configs: [config(1), config(1.5)],
};

function config(alpha: number): DetectorConfig {
  return {
    name: `alpha=${alpha}`,
    namespace(parameters) {
      const tails = parameters.map((phi) => 10 ** -phi);
      return {
        user: ({ intervalMs }) => new SatzgerDetector({ parameters, tails, alpha, intervalMs }),
      };
    },
  };
}

class SatzgerDetector implements TraceDetector {
  readonly #parameters: Float64Array;
  readonly #tails: Float64Array;
  readonly #alpha: number;
  readonly #intervalMs: number;
  /** The intervals in order of arrival (a ring), and in order of length. */
  readonly #ring = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #count = 0;
  #next = 0;

  constructor(options: {
    readonly parameters: Float64Array;
    readonly tails: Float64Array;
    readonly alpha: number;
    readonly intervalMs: number;
  }) {
    this.#parameters = options.parameters;
    this.#tails = options.tails;
    this.#alpha = options.alpha;
    this.#intervalMs = options.intervalMs;
  }

  begin(): void {}

  arrive({ intervalMs }: ReplayArrival): void {
    if (this.#count === WINDOW) this.#remove(this.#ring[this.#next] as number);
    this.#ring[this.#next] = intervalMs;
    this.#next = (this.#next + 1) % WINDOW;
    const at = this.#rank(intervalMs);
    this.#sorted.copyWithin(at + 1, at, this.#count);
    this.#sorted[at] = intervalMs;
    this.#count += 1;
  }

  deadlinesMs(out: Float64Array): void {
    const n = this.#count;
    if (n === 0) {
      out.fill(this.#intervalMs);
      return;
    }
    const longestMs = this.#sorted[n - 1] as number;
    const decadesMax = Math.log10(n + 1);
    for (let i = 0; i < out.length; i++) {
      const decadesBeyond = (this.#parameters[i] as number) - decadesMax;
      if (decadesBeyond >= 0) out[i] = this.#alpha * longestMs * (1 + decadesBeyond);
      else out[i] = this.#alpha * this.#quantileMs((n + 1) * (1 - (this.#tails[i] as number)));
    }
  }

  /** The interval of a rank, 0 < rank <= n: between the two whose ranks it lies between, the 0th being 0. */
  #quantileMs(rank: number): number {
    const below = Math.min(Math.floor(rank), this.#count - 1);
    const lower = below === 0 ? 0 : (this.#sorted[below - 1] as number);
    return lower + (rank - below) * ((this.#sorted[below] as number) - lower);
  }

  /** How many intervals are shorter. */
  #rank(intervalMs: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as number) < intervalMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #remove(intervalMs: number): void {
    const at = this.#rank(intervalMs);
    this.#sorted.copyWithin(at, at + 1, this.#count);
    this.#count -= 1;
  }
}
