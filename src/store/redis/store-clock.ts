import type { Clocks } from '../store.js';

/** How much faster than a server's clock this node's may go, µs a ms. NTP slews by at most half a thousandth. */
const DRIFT_US = 0.5;
/** What the server said longer ago than this is not relied on, ms. */
const FRESH_MS = 10_000;

/**
 * A server's clock between two of its answers, reckoned by this node's. Every answer carries the server's time,
 * which was read before the answer arrived: so the reckoned time is never ahead of the server's, and behind by the
 * quickest answer's way, a fraction of a millisecond (one half of Cristian's algorithm: F. Cristian, Probabilistic clock
 * synchronization, 1989). A clock that was set is found out by record.lua.
 */
export class StoreClock {
  #aheadUs: number | undefined;
  #heardMs = Number.NEGATIVE_INFINITY;

  /** How far it is ahead of this node's clock, µs; undefined when the server was never heard. */
  get aheadUs(): number | undefined {
    return this.#aheadUs;
  }

  /** An answer that says `nowUs` has arrived at `nowMs`. */
  hear({ nowUs, nowMs }: Clocks): void {
    const aheadUs = nowUs - 1000 * nowMs;
    const knownUs = this.#aheadUs ?? aheadUs;
    const sinceMs = nowMs - this.#heardMs;
    // Of several answers the quickest one is right, and for as long as the clocks go alike.
    this.#aheadUs = sinceMs < FRESH_MS ? Math.max(aheadUs, knownUs - DRIFT_US * sinceMs) : aheadUs;
    this.#heardMs = nowMs;
  }

  /** The server's clock was set: what was heard before says nothing. */
  reset(): void {
    this.#heardMs = Number.NEGATIVE_INFINITY;
  }

  /** Both clocks at `nowMs`; undefined when the server has to be asked. */
  at(nowMs: number): Clocks | undefined {
    return nowMs - this.#heardMs < FRESH_MS ? this.about(nowMs) : undefined;
  }

  /** As far as is known, however long ago the server was heard; undefined when it never was. */
  about(nowMs: number): Clocks | undefined {
    return this.#aheadUs === undefined
      ? undefined
      : { nowUs: Math.round(this.#aheadUs + 1000 * nowMs), nowMs };
  }
}
