import { expect, it } from 'vitest';
import { Distribution, totalOf } from '../src/distribution.js';

it('counts values up to each bound, and those above all', () => {
  const distribution = new Distribution([1, 2, 5]);
  for (const value of [0, 1, 1.5, 2, 5, 5.1, 100]) distribution.add(value);
  expect(distribution.counts).toEqual([2, 2, 1, 2]);
  expect(distribution).toMatchObject({ count: 7, sum: 114.6 });
});

it('a total has the values of all its parts, which stay as they are', () => {
  const parts = [new Distribution([1, 2]), new Distribution([1, 2])] as const;
  parts[0].add(0.5);
  parts[1].add(0.5);
  parts[1].add(7);
  const { counts, sum } = totalOf(parts);
  expect([counts, sum]).toEqual([[2, 0, 1], 8]);
  expect(parts.map(({ count }) => count)).toEqual([1, 2]);
});
