import type { ReplayArrival } from './family.js';
import { GapWindow } from './gap-window.js';

/**
 * The sending interval η, estimated as in practice from what arrived: time passed by numbers passed, over the last
 * `size` arrivals in order. Sessions follow one another in it: the rhythm of a sender outlives a connection.
 */
export class SendingInterval {
  readonly #fallbackMs: number;
  readonly #times: GapWindow;
  readonly #steps: GapWindow;
  #lastMs = 0;

  constructor(size: number, fallbackMs: number) {
    this.#fallbackMs = fallbackMs;
    this.#times = new GapWindow(size, fallbackMs);
    this.#steps = new GapWindow(size, 1);
  }

  begin({ atMs }: ReplayArrival): void {
    this.#lastMs = atMs;
  }

  /** Of an arrival in order. */
  arrive({ atMs, sequenceGap }: ReplayArrival): void {
    this.#times.push(atMs - this.#lastMs);
    this.#steps.push(sequenceGap);
    this.#lastMs = atMs;
  }

  /** ms; the fallback until two heartbeats arrived. */
  get ms(): number {
    return this.#times.count === 0 ? this.#fallbackMs : this.#times.mean / this.#steps.mean;
  }
}

/**
 * The expected arrival time of NFD-E: Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors", IEEE
 * Trans. Computers 51(5), 2002, section 6.3. Over the last n heartbeats i with numbers s_i and arrival times A_i:
 *
 *   EA(l+1) = 1/n Σ (A_i - η s_i) + (l+1) η        l: the largest number received
 *
 * A session has a clock and a numbering of its own, so the window begins anew with it. Heartbeats that come with an old
 * number do not move l, and are left out. Where nothing is numbered, arrivals are counted.
 */
export class ExpectedArrival {
  readonly #size: number;
  /** Arrival times and numbers since the first heartbeat of the session, so that sums keep their precision. */
  #times: GapWindow;
  #numbers: GapWindow;
  #firstMs = 0;
  /** Of the largest number, since the first one of the session. */
  #largest = 0;

  constructor(size: number) {
    this.#size = size;
    this.#times = new GapWindow(size, 0);
    this.#numbers = new GapWindow(size, 0);
  }

  begin({ atMs }: ReplayArrival): void {
    this.#times = new GapWindow(this.#size, 0);
    this.#numbers = new GapWindow(this.#size, 0);
    this.#firstMs = atMs;
    this.#largest = 0;
    this.#times.push(0);
    this.#numbers.push(0);
  }

  /** Of an arrival in order. */
  arrive({ atMs, sequenceGap }: ReplayArrival): void {
    this.#largest += sequenceGap;
    this.#times.push(atMs - this.#firstMs);
    this.#numbers.push(this.#largest);
  }

  /** When the heartbeat `steps` after the largest number is expected, on the clock of the session. */
  atMs(steps: number, etaMs: number): number {
    return this.#firstMs + this.#times.mean + etaMs * (this.#largest + steps - this.#numbers.mean);
  }
}
