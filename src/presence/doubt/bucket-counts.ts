/** Counts that are gathered before they go to the map, by the low bits of their bucket. A power of two. */
const GATHERED = 64;

/**
 * Counts by bucket, a whole number of any size. Changes come to few buckets at a time, so they are gathered in an array first:
 * a change is a few instructions, and one in dozens touches the map. Buckets that come to nothing are not kept.
 */
export class BucketCounts {
  readonly #counts = new Map<number, number>();
  readonly #buckets = new Float64Array(GATHERED).fill(Number.NaN);
  readonly #changes = new Int32Array(GATHERED);

  add(bucket: number, change: number): void {
    const slot = bucket & (GATHERED - 1);
    if (this.#buckets[slot] !== bucket) {
      this.#settle(slot);
      this.#buckets[slot] = bucket;
    }
    this.#changes[slot] = (this.#changes[slot] as number) + change;
  }

  /** Those that are not 0, in no order. */
  entries(): Iterable<[bucket: number, count: number]> {
    return this.#settled().entries();
  }

  get(bucket: number): number {
    return this.#settled().get(bucket) ?? 0;
  }

  /** How many buckets are not 0. */
  get size(): number {
    return this.#settled().size;
  }

  deleteBefore(bucket: number): void {
    for (const each of this.#settled().keys()) if (each < bucket) this.#counts.delete(each);
  }

  #settled(): Map<number, number> {
    for (let slot = 0; slot < GATHERED; slot++) this.#settle(slot);
    return this.#counts;
  }

  #settle(slot: number): void {
    const change = this.#changes[slot] as number;
    if (change === 0) return;
    const bucket = this.#buckets[slot] as number;
    const count = (this.#counts.get(bucket) ?? 0) + change;
    if (count === 0) this.#counts.delete(bucket);
    else this.#counts.set(bucket, count);
    this.#changes[slot] = 0;
  }
}
