import type { Figure, Spread } from './bench.js';

/** Median and quartiles, between neighbours where they fall there. NaN of nothing. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), q1: quantile(sorted, 0.25), q3: quantile(sorted, 0.75) };
}

export function medianOf(values: readonly number[]): number {
  return spreadOf(values).median;
}

/** The value that a figure is compared by. */
export function magnitudeOf(figure: Figure): number {
  return typeof figure === 'number' ? figure : figure.median;
}

/** The value below which `share` of `sorted` (ascending) lies. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
