interface Bins {
  /** Left edge of each bin, ms, ascending. */
  readonly edgesMs: number[];
  readonly counts: number[];
  readonly widthMs: number;
}

/** Widths that people read easily, as multiples of a power of ten. */
const ROUND = [1, 2, 5, 10];

/** Intervals (ms) in about `n` bins of a round width; no bins for no intervals. */
export function binsOf(intervalsMs: readonly number[], n: number): Bins {
  if (intervalsMs.length === 0) return { edgesMs: [], counts: [], widthMs: 0 };
  const least = Math.min(...intervalsMs);
  const most = Math.max(...intervalsMs);
  const widthMs = roundUp(Math.max(1, (most - least) / n));
  const first = Math.floor(least / widthMs);
  const counts = new Array<number>(Math.floor(most / widthMs) - first + 1).fill(0);
  for (const intervalMs of intervalsMs) {
    const bin = Math.floor(intervalMs / widthMs) - first;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edgesMs: counts.map((_, i) => (first + i) * widthMs), counts, widthMs };
}

function roundUp(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * (ROUND.find((factor) => factor * power >= width) ?? 10);
}
