/** How values are spread: a histogram of given bounds. Plain numbers, which /metrics reads when it is asked. */
export class Distribution {
  /** Increasing. */
  readonly bounds: readonly number[];
  /** Values up to each bound and above the one before; at last those above all. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  get count(): number {
    let count = 0;
    for (const each of this.counts) count += each;
    return count;
  }

  /** O(bounds): for what happens once a batch, not once a heartbeat. */
  add(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] as number)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += value;
  }
}

/** The values of all of these together, which have the same bounds; at least one there must be. */
export function totalOf(distributions: readonly [Distribution, ...Distribution[]]): Distribution {
  const total = new Distribution(distributions[0].bounds);
  for (const { counts, sum } of distributions) {
    for (const [i, inBucket] of counts.entries()) total.counts[i] = (total.counts[i] as number) + inBucket;
    total.sum += sum;
  }
  return total;
}
