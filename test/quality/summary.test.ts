import { expect, test } from 'vitest';
import type { Entry, EntryCell } from '../../src/quality/replay.js';
import { SummaryOf } from '../../src/quality/summary.js';

/** An entry in which each detector makes so many mistakes, and is wrong for as long. */
function entryOf(user: string, mistakes: Readonly<Record<string, number | undefined>>): Entry {
  const cells: EntryCell[] = [];
  const missing: { budget: number; detector: string; config: string }[] = [];
  for (const [detector, n] of Object.entries(mistakes)) {
    const where = { budget: 2, detector, config: 'c' };
    if (n === undefined) missing.push(where);
    else {
      const times = { suspected: n, time: 1_000, tdMean: 2, tdP50: 2, tdP99: 5 };
      cells.push({ ...where, parameter: 1, mistakes: n, ...times });
    }
  }
  const points = [
    { phi: 1, achieved: 0.9, exceedances: 126 },
    { phi: 2, achieved: 2.5, exceedances: 3 },
    { phi: 3, achieved: undefined, exceedances: 0 },
    { phi: 4, achieved: undefined, exceedances: 0 },
  ];
  return {
    configs: Object.keys(mistakes).map((detector) => ({ detector, config: 'c' })),
    ...{ trace: 't', user, users: 1, isWholeTrace: true, heartbeats: 1_101, gaps: 1_000, intervalMs: 1 },
    calibrations: [{ detector: 'phid', config: 'c', gaps: 1_000, points }],
    ...{ pooledCalibrations: [], cells, missing },
  };
}

test('geometric means, with half a mistake added to both', () => {
  const summary = new SummaryOf(['phid', 'fixed', 'other', 'rare']);
  summary.add(entryOf('a', { phid: 0, fixed: 4, other: 1, rare: 0 }));
  summary.add(entryOf('b', { phid: 7, fixed: 2, other: 2, rare: undefined }));
  const { comparisons, bestPublished, worstAgainstFixed, p99OverBudgetMax } = summary.summary;
  const ratios = Object.fromEntries(comparisons.map((c) => [c.detector, c]));
  expect(ratios.phid).toMatchObject({ cells: 2, missing: 0, mistakesRatio: 1, oneMinusPaRatio: 1 });
  expect(ratios.fixed?.mistakesRatio).toBeCloseTo(Math.sqrt((0.5 / 4.5) * (7.5 / 2.5)), 12);
  expect(ratios.fixed?.oneMinusPaRatio).toBeCloseTo(Math.sqrt((0.5 / 4.5) * (7.5 / 2.5)), 12);
  expect(ratios.rare).toMatchObject({ cells: 1, missing: 1, mistakesRatio: 1 });
  // It makes fewer mistakes where it counts, and reaches too little to be called the best.
  expect(bestPublished?.detector).toBe('other');
  expect(worstAgainstFixed).toEqual({
    ...{ trace: 't', user: 'b', budget: 2, mistakes: 7, mistakesFixed: 2, ratio: 3 },
  });
  expect(p99OverBudgetMax?.value).toBe(2.5);
});

test('calibration counts where chance does not decide', () => {
  const summary = new SummaryOf(['phid']);
  summary.add(entryOf('a', { phid: 1 }));
  const [one, two, three, four] = summary.summary.calibrationError;
  expect(one?.decades).toBeCloseTo(Math.abs(-Math.log10(0.126) - 1), 12);
  expect(two?.decades).toBeCloseTo(-Math.log10(0.003) - 2, 12);
  expect([three, four]).toEqual([
    { phi: 3, decades: undefined, entries: 0 },
    { phi: 4, decades: undefined, entries: 0 },
  ]);
});

test('without phid the others are compared with the fixed timeout, else with the first', () => {
  expect(new SummaryOf(['chen', 'fixed']).summary.reference).toBe('fixed');
  expect(new SummaryOf(['chen', 'phi']).summary.reference).toBe('chen');
});
