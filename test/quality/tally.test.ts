import { describe, expect, test } from 'vitest';
import { LogHistogram, Tally } from '../../src/quality/tally.js';
import { randomNumbers, seeded } from '../support/replay.js';

describe('mistakes', () => {
  /** Counts gaps against deadlines, as they follow one another. */
  function tallyOf(gaps: readonly (readonly [gap: number, deadline: number])[]) {
    const tally = new Tally();
    let suspecting = false;
    for (const [gap, deadline] of gaps) suspecting = tally.count(gap, deadline, suspecting);
    return tally.quality;
  }

  test('a gap within its deadline is none, one beyond it is one, for the time beyond', () => {
    expect(
      tallyOf([
        [1, 2],
        [2, 2],
        [5, 2],
        [1, 2],
        [3, 2],
      ]),
    ).toMatchObject({ mistakes: 2, suspected: 4, time: 12, tdMean: 2 });
  });

  test('a suspicion that no heartbeat ends is one mistake, however many arrive', () => {
    expect(
      tallyOf([
        [5, 2],
        [1, -1],
        [1, 0],
        [1, -0.5],
      ]),
    ).toMatchObject({ mistakes: 1, suspected: 6, time: 8, tdMean: 0.5 });
  });

  test('after it has trusted again, the next suspicion is a new one', () => {
    expect(
      tallyOf([
        [1, -1],
        [1, 2],
        [1, -1],
        [3, 2],
        [3, 2],
      ]),
    ).toMatchObject({ mistakes: 4, suspected: 4 });
  });
});

describe('quantiles', () => {
  test('are within half a percent, over twelve decades', () => {
    const { seed } = seeded();
    const random = randomNumbers(seed);
    const values = Array.from({ length: 20_001 }, () => 10 ** (9 * random() - 4)).sort((a, b) => a - b);
    const histogram = new LogHistogram();
    for (const value of values) histogram.add(value);
    for (const share of [0.001, 0.25, 0.5, 0.9, 0.99, 0.9999]) {
      const exact = values[Math.ceil(share * values.length) - 1] as number;
      expect(Math.abs(histogram.quantile(share) / exact - 1), `seed ${seed}`).toBeLessThan(0.005);
    }
  });

  test('never leave the range of the values', () => {
    const histogram = new LogHistogram();
    for (const value of [1.5, 1.5, 1.5]) histogram.add(value);
    expect([histogram.quantile(0.5), histogram.quantile(0.99)]).toEqual([1.5, 1.5]);
  });

  test('of zeros, of nothing and of enormous values', () => {
    const histogram = new LogHistogram();
    expect(histogram.quantile(0.5)).toBe(0);
    histogram.add(0);
    expect(histogram.quantile(0.99)).toBe(0);
    histogram.add(1e300);
    expect(histogram.quantile(0.5)).toBe(0);
    expect(histogram.quantile(0.99)).toBeGreaterThan(1e6);
  });
});
