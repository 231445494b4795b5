const WARM_UP_DRAWS = 12;

/**
 * Random numbers, always the same ones for a seed. `fork` gives a stream of its own to everybody who draws, so that
 * what one of them draws changes nothing for the others.
 *
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and its 128 bits of state keep a thousand forks
 * apart; a generator of 32 bits has one cycle, and all its streams are stretches of it.
 */
export class Random {
  readonly #seed: number;
  readonly #path: string;
  #a: number;
  #b = 0x9e3779b9;
  #c: number;
  #counter = 1;

  /** `seed`: a whole number; its lower 53 bits count. */
  constructor(seed: number, path = '') {
    this.#seed = seed;
    this.#path = path;
    this.#a = seed | 0;
    this.#c = Math.floor(seed / 2 ** 32) | 0;
    for (const character of path) {
      this.#c ^= character.codePointAt(0) as number;
      this.#next();
    }
    for (let i = 0; i < WARM_UP_DRAWS; i++) this.#next();
  }

  /** The stream of this name: depends on seed and names alone, not on what was drawn before. */
  fork(name: string): Random {
    return new Random(this.#seed, `${this.#path}/${name}`);
  }

  /** From `min` (included) to `max` (excluded), evenly. */
  uniform(min: number, max: number): number {
    return min + (max - min) * this.#next();
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** One of them. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.#next() * choices.length)] as T;
  }

  /** Standard normal (Box and Muller 1958; its second number is thrown away). */
  normal(): number {
    // 1 - u: the logarithm of 0 must not come up.
    return Math.sqrt(-2 * Math.log(1 - this.#next())) * Math.cos(2 * Math.PI * this.#next());
  }

  /** Time to the next event of a Poisson process: the inverse of its distribution function (Devroye 1986, II.2). */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#next());
  }

  /** e^(σ·normal) times the median: what a delay is that many small things multiply. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** At least `min`; P(X > x) = (min / x)^shape, by inversion (Devroye 1986, II.2). Its mean is infinite to shape 1. */
  pareto(min: number, shape: number): number {
    return min * (1 - this.#next()) ** (-1 / shape);
  }

  /** From half to one and a half of it, evenly: how long a spell is that a person ends. */
  about(mean: number): number {
    return mean * this.uniform(0.5, 1.5);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }
}
