/** What was seen longer ago than this counts little, ms: clients beat every minute or so, and come and go within some. */
const MEMORY_MS = 300_000;

/**
 * How many sessions are there: time that sessions were there, which all nodes count together, against time that has passed.
 * Sessions that beat more rarely than MEMORY_MS make it fluctuate.
 */
export class LiveSessions {
  readonly #halfLifeMs: number;
  #last: { readonly silenceMs: number; readonly atMs: number } | undefined;
  #sessionMs = 0;
  #passedMs = 0;

  /** `halfLifeMs`: by which what all nodes counted decays. */
  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs;
  }

  /** 0 as long as two observations have not said. */
  get sessions(): number {
    return this.#passedMs > 0 ? this.#sessionMs / this.#passedMs : 0;
  }

  /** `silenceMs`: what all nodes have counted by now, `atMs` on the node's clock. */
  observe(silenceMs: number, atMs: number): void {
    const last = this.#last;
    this.#last = { silenceMs, atMs };
    if (!last) return;
    const passedMs = atMs - last.atMs;
    const added = silenceMs - last.silenceMs * 2 ** (-passedMs / this.#halfLifeMs);
    const kept = Math.exp(-passedMs / MEMORY_MS);
    // A store that has lost its data begins with less.
    this.#sessionMs = kept * this.#sessionMs + Math.max(0, added);
    this.#passedMs = kept * this.#passedMs + passedMs;
  }
}
