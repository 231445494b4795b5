import { expect, test } from 'vitest';
import { BudgetSearch, gridOf } from '../../src/quality/budget-search.js';

const parameter = { name: 'p', meaning: '', min: 1e-3, max: 1e5, isPhi: false };

/** Searches a function; returns what was found and how many passes it took. */
function search(budget: number, tdMeanOf: (parameter: number) => number) {
  const searching = new BudgetSearch(budget);
  let passes = 0;
  for (let values = gridOf(parameter); values.length > 0; values = searching.next()) {
    passes += 1;
    for (const value of values) searching.observe(value, tdMeanOf(value));
  }
  const { found } = searching;
  return { passes, found, tdMean: found === undefined ? undefined : tdMeanOf(found) };
}

test.each([
  ['a line', (p: number) => 0.9 + 0.3 * p],
  ['a line that was clipped', (p: number) => Math.max(0, 40 * p - 20)],
  ['a root', (p: number) => 1 + 0.02 * Math.sqrt(p)],
  ['a cubic root', (p: number) => Math.cbrt(p) / 5],
  ['a power', (p: number) => p ** 2.5],
  ['a logarithm', (p: number) => 1 + 0.4 * Math.log10(1 + p)],
  ['a sum of bends', (p: number) => 1 + Math.min(p, 0.3) + 0.01 * Math.max(0, p - 10)],
])('%s: the budget is hit in few passes', (_, tdMeanOf) => {
  for (const budget of [1.25, 1.5, 2, 2.5]) {
    const { tdMean, passes } = search(budget, tdMeanOf);
    expect(Math.abs((tdMean as number) / budget - 1)).toBeLessThanOrEqual(5e-4);
    expect(passes).toBeLessThanOrEqual(6);
  }
});

test('a jump over the budget: the largest parameter below it', () => {
  const { found, tdMean } = search(2, (p) => (p < 7 ? 1.2 : 3));
  expect(tdMean).toBe(1.2);
  expect(found).toBeGreaterThan(6.99);
});

test('a jump that exceeds the budget by next to nothing is no jump', () => {
  expect(search(2, (p) => (p < 7 ? 1.2 : p < 9 ? 2.003 : 5)).tdMean).toBe(2.003);
});

test('a budget out of reach: below all, above all', () => {
  expect(search(2, (p) => 2.1 + p).found).toBeUndefined();
  expect(search(2, (p) => 1 + Math.min(p, 0.5)).found).toBeUndefined();
});
