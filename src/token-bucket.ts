/** What is as good as now, ms: sums of fractions come out a little short. */
const NOW_MS = 1e-6;

/**
 * So much a second, and what was not spent within some seconds besides. A large sum is lent: whoever has anything left may spend
 * it, and then nothing until it is paid. So none is too large to be spent ever, and the rate holds.
 */
export class TokenBucket {
  #perSecond: number;
  readonly #burstSeconds: number;
  #balance: number;
  #atMs: number;

  /** Who has spent nothing for `burstSeconds` may spend as much at once as in so long. */
  constructor(perSecond: number, burstSeconds: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burstSeconds = burstSeconds;
    this.#balance = perSecond * burstSeconds;
    this.#atMs = nowMs;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  /** Another rate from `nowMs` on; what was saved beyond what it allows is lost, what is owed stays. */
  change(perSecond: number, nowMs: number): void {
    this.#settle(nowMs);
    this.#perSecond = perSecond;
    this.#settle(nowMs);
  }

  spend(cost: number, nowMs: number): void {
    this.#settle(nowMs);
    this.#balance -= cost;
  }

  /** How long until something is left to be spent, ms; 0: there is. */
  waitMs(nowMs: number): number {
    this.#settle(nowMs);
    const waitMs = ((1 - this.#balance) * 1000) / this.#perSecond;
    return waitMs > NOW_MS ? waitMs : 0;
  }

  #settle(nowMs: number): void {
    const earned = ((nowMs - this.#atMs) * this.#perSecond) / 1000;
    this.#balance = Math.min(this.#balance + earned, this.#perSecond * this.#burstSeconds);
    this.#atMs = nowMs;
  }
}
