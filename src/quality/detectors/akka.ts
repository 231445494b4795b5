import { logisticTail } from '../../detector/survival.js';
import type { DetectorConfig, DetectorFamily, ReplayArrival, TraceDetector } from './family.js';

const WINDOW = 1000;
/** Akka: 100 ms with heartbeats every 1 s. */
const MIN_STD_DEV = 0.1;
/** The first heartbeat enters two samples, the estimate less and plus a quarter of it. */
const FIRST_ESTIMATE_SPREAD = 1 / 4;

/**
 * Akka's (and Pekko's) PhiAccrualFailureDetector: a logistic approximation of the normal tail around the mean plus the
 * acceptable pause; deviation at least 0.1 intervals. An interval that ended a suspicion is not learned
 * (`if (isAvailable) history :+ interval`), so each threshold has a history of its own. Parameter: the threshold φ.
 */
export const akka: DetectorFamily = {
  name: 'akka',
  source: 'Akka and Pekko, logistic approximation',
  parameter: { name: 'phi', meaning: 'threshold', min: 1e-3, max: 1e12, isPhi: true },
  sharesState: false,
  configs: [config(0), config(0.5)],
};

function config(pause: number): DetectorConfig {
  return {
    name: `pause=${pause}`,
    namespace(parameters) {
      const z = parameters.map((phi) => logisticTail.z(phi));
      // One user after the other, as nothing is shared: the histories of all of them may lie in the same place.
      const offsets = new Float64Array(z.length * WINDOW);
      return { user: ({ intervalMs }) => new AkkaDetector({ z, pause, intervalMs, offsets }) };
    },
  };
}

/**
 * The histories of all thresholds in one block: as windows of their own they would be most of a replay's memory. Sums are
 * of offsets from the mean interval, and taken anew with every turn of a ring, as in GapWindow.
 */
class AkkaDetector implements TraceDetector {
  readonly #z: Float64Array;
  readonly #intervalMs: number;
  readonly #pauseMs: number;
  readonly #minStdDevMs: number;
  readonly #offsets: Float64Array;
  readonly #counts: Uint32Array;
  readonly #nexts: Uint32Array;
  readonly #sums: Float64Array;
  readonly #sumsOfSquares: Float64Array;
  readonly #deadlinesMs: Float64Array;

  constructor(options: {
    readonly z: Float64Array;
    readonly pause: number;
    readonly intervalMs: number;
    readonly offsets: Float64Array;
  }) {
    const { z, pause, intervalMs, offsets } = options;
    this.#z = z;
    this.#intervalMs = intervalMs;
    this.#pauseMs = pause * intervalMs;
    this.#minStdDevMs = MIN_STD_DEV * intervalMs;
    this.#offsets = offsets;
    this.#counts = new Uint32Array(z.length);
    this.#nexts = new Uint32Array(z.length);
    this.#sums = new Float64Array(z.length);
    this.#sumsOfSquares = new Float64Array(z.length);
    this.#deadlinesMs = new Float64Array(z.length);
    for (let i = 0; i < z.length; i++) {
      this.#learn(i, -FIRST_ESTIMATE_SPREAD * intervalMs);
      this.#learn(i, FIRST_ESTIMATE_SPREAD * intervalMs);
    }
  }

  begin(): void {}

  arrive({ intervalMs }: ReplayArrival): void {
    for (let i = 0; i < this.#z.length; i++) {
      if (intervalMs < (this.#deadlinesMs[i] as number)) this.#learn(i, intervalMs - this.#intervalMs);
    }
  }

  deadlinesMs(out: Float64Array): void {
    out.set(this.#deadlinesMs);
  }

  #learn(i: number, offset: number): void {
    const start = i * WINDOW;
    const next = this.#nexts[i] as number;
    let n = this.#counts[i] as number;
    let sum = (this.#sums[i] as number) + offset;
    let sumOfSquares = (this.#sumsOfSquares[i] as number) + offset * offset;
    if (n === WINDOW) {
      const oldest = this.#offsets[start + next] as number;
      sum -= oldest;
      sumOfSquares -= oldest * oldest;
    } else {
      n += 1;
      this.#counts[i] = n;
    }
    this.#offsets[start + next] = offset;
    this.#nexts[i] = (next + 1) % WINDOW;
    if (next + 1 === WINDOW) {
      sum = 0;
      sumOfSquares = 0;
      for (let at = start; at < start + WINDOW; at++) {
        const value = this.#offsets[at] as number;
        sum += value;
        sumOfSquares += value * value;
      }
    }
    this.#sums[i] = sum;
    this.#sumsOfSquares[i] = sumOfSquares;
    const mean = sum / n;
    const stdDevMs = Math.sqrt(Math.max(0, sumOfSquares / n - mean * mean));
    this.#deadlinesMs[i] =
      this.#intervalMs +
      mean +
      this.#pauseMs +
      Math.max(stdDevMs, this.#minStdDevMs) * (this.#z[i] as number);
  }
}
