import type { Clock } from '../../clock.js';

/** So often the event loop is to show that it turns, as a share of the stall that is looked for. */
const TICKS_PER_STALL = 10;

/**
 * Notices when this process stood still: its event loop was kept from turning, or the process or the machine was stopped.
 * What was due then is late, and what was sent then has not been read: nothing may be judged by the clock alone.
 */
export class Stalls {
  /** For /metrics. */
  readonly counts = { stalls: 0, longestMs: 0 };
  readonly #clock: Clock;
  readonly #leastMs: number;
  readonly #stalled: (fromMs: number, toMs: number) => void;
  #tickMs: number;
  #cancelNext = () => {};
  #closed = false;

  /** `stalled` hears of every time of at least `leastMs` in which nothing happened here. */
  constructor(clock: Clock, leastMs: number, stalled: (fromMs: number, toMs: number) => void) {
    this.#clock = clock;
    this.#leastMs = leastMs;
    this.#stalled = stalled;
    this.#tickMs = clock.nowMs();
    this.#schedule();
  }

  /** Looks at the clock now: whoever is about to judge may run before the tick that is due. */
  check(): void {
    const nowMs = this.#clock.nowMs();
    const lengthMs = nowMs - this.#tickMs;
    if (lengthMs < this.#leastMs || this.#closed) return;
    const fromMs = this.#tickMs;
    this.#tickMs = nowMs;
    this.counts.stalls += 1;
    this.counts.longestMs = Math.max(this.counts.longestMs, lengthMs);
    this.#stalled(fromMs, nowMs);
  }

  close(): void {
    this.#closed = true;
    this.#cancelNext();
  }

  #schedule(): void {
    this.#cancelNext = this.#clock.after(this.#leastMs / TICKS_PER_STALL, () => {
      this.check();
      this.#tickMs = this.#clock.nowMs();
      this.#schedule();
    });
  }
}
