import { expect, it } from 'vitest';
import { Distribution } from '../src/distribution.js';

it('counts values up to each bound, and those above all', () => {
  const distribution = new Distribution([1, 2, 5]);
  for (const value of [0, 1, 1.5, 2, 5, 5.1, 100]) distribution.add(value);
  expect(distribution.counts).toEqual([2, 2, 1, 2]);
  expect(distribution).toMatchObject({ count: 7, sum: 114.6 });
});
