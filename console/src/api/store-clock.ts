/** An estimate that is off by more than this is no late message: another server answers, or a clock was set. */
const JUMP_MS = 2_000;

/** The store's clock as a page knows it: what messages say, carried on by the monotonic clock. */
export class StoreClock {
  #offsetMs: number | undefined;

  /** `nowMs`: the store's time in a message that has just arrived at `receivedMs` of the monotonic clock. */
  observe(nowMs: number, receivedMs: number): void {
    const offsetMs = nowMs - receivedMs;
    // The quickest message tells most: all of them are late by their way here.
    const known = this.#offsetMs ?? offsetMs;
    this.#offsetMs = Math.abs(offsetMs - known) > JUMP_MS ? offsetMs : Math.max(known, offsetMs);
  }

  /** The store's time was at least `pastMs` when a message arrived: a time in it that is not that of the message. */
  observePast(pastMs: number, receivedMs: number): void {
    this.#offsetMs = Math.max(this.#offsetMs ?? Number.NEGATIVE_INFINITY, pastMs - receivedMs);
  }

  /** ms since the epoch at `monotonicMs`; undefined before the first message. */
  at(monotonicMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : monotonicMs + this.#offsetMs;
  }
}

/** The one of this page. */
export const storeClock = new StoreClock();

/** ms since the epoch by the store's clock; by that of this machine while nothing was heard of it. */
export const storeNowMs = (): number => storeClock.at(performance.now()) ?? Date.now();
