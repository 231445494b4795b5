import type { Random } from './random.js';

interface SpellOptions {
  /** From the end of one to the start of the next, on average. */
  readonly everyMs: number;
  readonly lengthMs: (random: Random) => number;
}

/** Bad times of a link, one after another: an alternating renewal process, made as far as it is asked for. */
export class Spells {
  readonly #random: Random;
  readonly #options: SpellOptions;
  #startMs = 0;
  #endMs = 0;

  constructor(random: Random, options: SpellOptions) {
    this.#random = random;
    this.#options = options;
  }

  covers(atMs: number): boolean {
    return this.endMs(atMs) > atMs;
  }

  /** End of the spell that covers this time; the time itself when none does. Times never fall from call to call. */
  endMs(atMs: number): number {
    while (this.#endMs <= atMs) {
      this.#startMs = this.#endMs + this.#random.about(this.#options.everyMs);
      this.#endMs = this.#startMs + this.#options.lengthMs(this.#random);
    }
    return this.#startMs <= atMs ? this.#endMs : atMs;
  }
}
