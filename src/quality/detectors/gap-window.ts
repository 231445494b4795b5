/**
 * The last `size` values with their mean and variance, for the published detectors (the product has its own window of
 * 16-bit samples). Values are kept as offsets from a pivot near their mean, so that the variance does not cancel, and
 * the sums are taken anew with every turn of the ring, so that rounding does not pile up.
 */
export class GapWindow {
  count = 0;
  readonly #size: number;
  readonly #pivot: number;
  #offsets: Float64Array;
  #next = 0;
  #sum = 0;
  #sumSquares = 0;

  constructor(size: number, pivot: number) {
    this.#size = size;
    this.#pivot = pivot;
    this.#offsets = new Float64Array(Math.min(size, 64));
  }

  push(value: number): void {
    const offset = value - this.#pivot;
    if (this.count === this.#size) {
      const oldest = this.#offsets[this.#next] as number;
      this.#sum -= oldest;
      this.#sumSquares -= oldest * oldest;
    } else {
      this.count += 1;
      if (this.count > this.#offsets.length) this.#grow();
    }
    this.#offsets[this.#next] = offset;
    this.#sum += offset;
    this.#sumSquares += offset * offset;
    this.#next += 1;
    if (this.#next === this.#size) this.#turn();
  }

  /** Mean of the values; the pivot when there are none. */
  get mean(): number {
    return this.#pivot + (this.count === 0 ? 0 : this.#sum / this.count);
  }

  /** Population standard deviation; 0 when empty. */
  get stdDev(): number {
    const n = this.count;
    if (n === 0) return 0;
    const offset = this.#sum / n;
    return Math.sqrt(Math.max(0, this.#sumSquares / n - offset * offset));
  }

  #turn(): void {
    this.#next = 0;
    this.#sum = 0;
    this.#sumSquares = 0;
    for (const offset of this.#offsets) {
      this.#sum += offset;
      this.#sumSquares += offset * offset;
    }
  }

  #grow(): void {
    const grown = new Float64Array(Math.min(this.#size, this.#offsets.length * 2));
    grown.set(this.#offsets);
    this.#offsets = grown;
  }
}
