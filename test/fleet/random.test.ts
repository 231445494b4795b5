import { expect, test } from 'vitest';
import { Random } from '../../src/fleet/random.js';
import { seeded } from '../support/replay.js';

const { seed } = seeded();

/** Sorted draws. */
const draws = (draw: (random: Random) => number, count = 40_000) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => draw(random)).sort((a, b) => a - b);
};
const median = (sorted: readonly number[]) => sorted[sorted.length >> 1] as number;
const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const shareAbove = (numbers: readonly number[], limit: number) =>
  numbers.filter((x) => x > limit).length / numbers.length;

// Bounds are six or more standard errors wide: a seed that fails is a fault.
test(`distributions have the moments and quantiles that they should (SEED=${seed})`, () => {
  const uniform = draws((random) => random.uniform(2, 4));
  expect(uniform[0]).toBeGreaterThanOrEqual(2);
  expect(uniform.at(-1)).toBeLessThan(4);
  expect(mean(uniform)).toBeCloseTo(3, 1);

  const normal = draws((random) => random.normal());
  expect(Math.abs(mean(normal))).toBeLessThan(0.04);
  expect(Math.abs(shareAbove(normal, 1.96) - 0.025)).toBeLessThan(0.006);

  const exponential = draws((random) => random.exponential(10));
  expect(Math.abs(mean(exponential) - 10)).toBeLessThan(0.4);
  expect(Math.abs(shareAbove(exponential, 30) - Math.exp(-3))).toBeLessThan(0.008);

  expect(Math.abs(median(draws((random) => random.logNormal(50, 0.5))) - 50)).toBeLessThan(1.2);
  expect(
    Math.abs(
      shareAbove(
        draws((random) => random.pareto(100, 1.5)),
        400,
      ) - 0.125,
    ),
  ).toBeLessThan(0.012);
});

test('a fork depends on seed and name, not on what was drawn', () => {
  const numbers = (random: Random) => Array.from({ length: 20 }, () => random.uniform(0, 1));
  const drawn = new Random(seed);
  numbers(drawn);
  const fork = numbers(new Random(seed).fork('a').fork('b'));
  expect(numbers(drawn.fork('a').fork('b'))).toEqual(fork);
  const others = [
    new Random(seed),
    new Random(seed).fork('a'),
    new Random(seed).fork('b').fork('a'),
    new Random(seed + 1).fork('a').fork('b'),
    new Random(seed + 2 ** 32).fork('a').fork('b'),
  ];
  for (const other of others) expect(numbers(other)).not.toEqual(fork);
});

test('forks of names that differ in one character are not correlated', () => {
  const numbers = (name: string) => {
    const random = new Random(seed).fork(name);
    return Array.from({ length: 10_000 }, () => random.uniform(-1, 1));
  };
  const [a, b] = [numbers('steady-1'), numbers('steady-2')];
  // Of uniform numbers from -1 to 1: variance 1/3, so the standard error of the correlation is 0.01.
  expect(Math.abs(3 * mean(a.map((x, i) => x * (b[i] as number))))).toBeLessThan(0.06);
});
