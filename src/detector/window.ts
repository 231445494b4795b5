/**
 * The sliding window: the last W inter-arrival samples of a session, with exact mean and variance.
 *
 * A sample is a whole number of milliseconds kept in 16 bits: sign, 4 bits exponent, 11 bits mantissa behind a hidden
 * bit. It is exact below 4,096 ms, has a relative step of 1/2,048 or less above, and is capped at 2,096,640 ms (35 min).
 * The sums are of what the *decoded* samples say, so they never drift, however often samples are added and subtracted:
 * with |sample| < 2²¹ and at most 1,024 samples both stay below 2⁵³ and are exact integers.
 *
 *   bit  15    14..11      10..0
 *        sign  exponent e  mantissa m       |sample| = e = 0: m;  e > 0: (2,048 + m) 2^(e-1)
 */

/** Largest sample (and smallest, negated), in ms. */
export const SAMPLE_MS_MAX = 4095 * 512;
/** Largest window that keeps both sums exact. */
export const WINDOW_MAX = 1000;

/** The 16-bit code of a sample, rounded to the nearest representable value. */
export function encodeSample(sampleMs: number): number {
  const sign = sampleMs < 0 ? 0x8000 : 0;
  const magnitude = Math.min(Math.floor(Math.abs(sampleMs) + 0.5), SAMPLE_MS_MAX);
  if (magnitude < 2048) return magnitude === 0 ? 0 : sign + magnitude;
  const exponent = 21 - Math.clz32(magnitude);
  // A mantissa that is rounded up to 2,048 carries into the exponent, as it should.
  const mantissa = Math.floor(magnitude / 2 ** (exponent - 1) + 0.5) - 2048;
  return sign + exponent * 2048 + mantissa;
}

/** The sample of a 16-bit code, ms. */
export function decodeSample(code: number): number {
  const exponent = (code >> 11) & 15;
  const mantissa = code & 2047;
  const magnitude = exponent === 0 ? mantissa : (2048 + mantissa) << (exponent - 1);
  return code >= 0x8000 ? -magnitude : magnitude;
}

const NO_CODES = new Uint16Array(0);

export class SampleWindow {
  /** Samples held, oldest first in `codes[0 .. count)`. */
  count = 0;
  codes: Uint16Array;
  #sum = 0;
  #sumSquares = 0;
  /** The sums are those of the samples. Most heartbeats need none: they are made when somebody asks. */
  #summed = true;

  constructor(codes: Uint16Array = NO_CODES) {
    this.codes = codes;
  }

  /** Begins anew with `count` samples, whose codes the caller puts into what is returned. */
  open(count: number): Uint16Array {
    if (this.codes.length < count) this.codes = new Uint16Array(count);
    this.count = count;
    this.#summed = false;
    return this.codes;
  }

  /** The same samples in a window of their own. */
  copy(): SampleWindow {
    const copy = new SampleWindow();
    copy.open(this.count).set(this.codes.subarray(0, this.count));
    return copy;
  }

  /** Adds a sample and drops the oldest beyond `size` (a setting that may have changed since). O(size) bytes moved. */
  push(sampleMs: number, size: number): void {
    const excess = this.count - size + 1;
    if (excess > 0) this.#drop(excess);
    if (this.count === this.codes.length) this.#grow(size);
    const code = encodeSample(sampleMs);
    this.codes[this.count++] = code;
    if (this.#summed) this.#add(decodeSample(code), 1);
  }

  /**
   * Adds `offsetMs` to every sample, and lets none become less than `leastMs`: a session that begins or ceases to
   * declare its interval keeps what was learned.
   */
  shift(offsetMs: number, leastMs: number = -SAMPLE_MS_MAX): void {
    for (let i = 0; i < this.count; i++) {
      this.codes[i] = encodeSample(Math.max(decodeSample(this.codes[i] as number) + offsetMs, leastMs));
    }
    this.#summed = false;
  }

  /** Sum of the decoded samples, ms. */
  get sum(): number {
    if (!this.#summed) this.#sumUp();
    return this.#sum;
  }

  /** Sum of their squares, ms². */
  get sumSquares(): number {
    if (!this.#summed) this.#sumUp();
    return this.#sumSquares;
  }

  /** Mean of the samples, ms; 0 when empty. */
  get meanMs(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /**
   * Population variance, ms²; 0 when empty. Never negative, as sum(x²)/n - mean² can be (for ten samples of 1,000.1):
   * both products are of exact integers, and rounding keeps their order.
   */
  get variance(): number {
    const n = this.count;
    return n === 0 ? 0 : (n * this.sumSquares - this.sum * this.sum) / (n * n);
  }

  /** The samples, oldest first, ms. */
  samplesMs(): number[] {
    return Array.from(this.codes.subarray(0, this.count), decodeSample);
  }

  #sumUp(): void {
    const { codes, count } = this;
    let sum = 0;
    let sumSquares = 0;
    for (let i = 0; i < count; i++) {
      const sample = decodeSample(codes[i] as number);
      sum += sample;
      sumSquares += sample * sample;
    }
    this.#sum = sum;
    this.#sumSquares = sumSquares;
    this.#summed = true;
  }

  #add(sample: number, sign: 1 | -1): void {
    this.#sum += sign * sample;
    this.#sumSquares += sign * sample * sample;
  }

  #drop(n: number): void {
    if (this.#summed) for (let i = 0; i < n; i++) this.#add(decodeSample(this.codes[i] as number), -1);
    this.codes.copyWithin(0, n, this.count);
    this.count -= n;
  }

  #grow(size: number): void {
    const grown = new Uint16Array(
      Math.min(Math.max(this.codes.length * 2, 8), Math.max(size, this.count + 1)),
    );
    grown.set(this.codes.subarray(0, this.count));
    this.codes = grown;
  }
}
