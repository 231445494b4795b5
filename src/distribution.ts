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
