/** The longest time between two successes, from `begin` to `end`. Times are ms of one clock, in order. */
export class Longest {
  #lastMs = Number.NaN;
  #longestMs = 0;
  #isCounting = false;

  begin(nowMs: number): void {
    this.#lastMs = nowMs;
    this.#isCounting = true;
  }

  succeeded(nowMs: number): void {
    if (!this.#isCounting) return;
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  /** From now on silence is wanted, until `begin`. */
  end(nowMs: number): void {
    this.succeeded(nowMs);
    this.#isCounting = false;
  }

  /** ms; what has not ended yet does not count. */
  get longestMs(): number {
    return this.#longestMs;
  }
}
