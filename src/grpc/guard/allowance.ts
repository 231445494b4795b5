/** How many of something somebody may still do: `perSecond` in the long run, and as many at once as in a second. */
export class Allowance {
  readonly #perSecond: number;
  #left: number;
  #sinceMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#sinceMs = nowMs;
  }

  /** Takes one; returns whether there was one. */
  take(nowMs: number): boolean {
    const more = ((nowMs - this.#sinceMs) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#perSecond, this.#left + more);
    this.#sinceMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
