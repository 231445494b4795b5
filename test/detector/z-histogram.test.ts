import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priorTables } from '../../src/detector/prior.js';
import { TABLE_POINTS, TABLE_STEP } from '../../src/detector/survival-table.js';
import { survivalTable, Z_BUCKETS, Z_EDGES, zBucket } from '../../src/detector/z-histogram.js';
import { Random } from '../../src/fleet/random.js';
import { uniform } from '../support/uniform.js';

const prior = priorTables.plain;
const LAST = Z_BUCKETS - 1;
const nothing = () => new Float64Array(Z_BUCKETS);

const anyZ = fc.oneof(
  uniform(-10, 10),
  uniform(-1 / 8, 1 / 4),
  uniform(0, 3000),
  fc.double({ min: -1e300, max: 1e300, noNaN: true }),
  fc.nat(LAST).map((bucket) => Z_EDGES[bucket] as number),
);

describe('the bucket of a z', () => {
  test('is a bucket, whatever the z', () => {
    fc.assert(
      fc.property(anyZ, (z) => {
        const bucket = zBucket(z);
        expect(Number.isInteger(bucket)).toBe(true);
        expect(bucket).toBeGreaterThanOrEqual(0);
        expect(bucket).toBeLessThanOrEqual(LAST);
      }),
    );
  });

  test('does not fall while z grows', () => {
    fc.assert(
      fc.property(anyZ, anyZ, (a, b) => {
        expect(zBucket(Math.min(a, b))).toBeLessThanOrEqual(zBucket(Math.max(a, b)));
      }),
    );
  });

  test('lies between the edges of the bucket', () => {
    fc.assert(
      fc.property(anyZ, (z) => {
        const bucket = zBucket(z);
        // Which side of an edge the edge itself is on says the logarithm's last bit.
        const slack = 1e-12 * Math.abs(z);
        if (bucket > 0) expect(z).toBeGreaterThanOrEqual((Z_EDGES[bucket - 1] as number) - slack);
        if (bucket < LAST) expect(z).toBeLessThanOrEqual((Z_EDGES[bucket] as number) + slack);
      }),
    );
  });

  test('has edges that increase, and one of them is 0', () => {
    for (let b = 1; b < Z_BUCKETS; b++)
      expect(Z_EDGES[b] as number).toBeGreaterThan(Z_EDGES[b - 1] as number);
    expect(Z_EDGES).toContain(0);
  });

  test('is entered just beyond its lower edge and left just beyond its upper one', () => {
    for (let b = 0; b < LAST; b++) {
      const edge = Z_EDGES[b] as number;
      const hair = Math.max(1e-9, 1e-9 * Math.abs(edge));
      expect([b, zBucket(edge - hair)]).toEqual([b, b]);
      expect([b, zBucket(edge + hair)]).toEqual([b, b + 1]);
    }
  });

  test('is the first or the last one at the extremes, infinity included', () => {
    expect([-Number.MAX_VALUE, Number.NEGATIVE_INFINITY].map(zBucket)).toEqual([0, 0]);
    expect([Number.MAX_VALUE, Number.POSITIVE_INFINITY].map(zBucket)).toEqual([LAST, LAST]);
    expect(zBucket(-0)).toBe(zBucket(0));
  });
});

describe('the survival table of a histogram', () => {
  /** At φ = 3 there are 400 beyond, and their number is known to 5 %: 0.02 decades. */
  const COUNT = 400_000;
  const SEED = 20_240_917;

  test('of nothing is the prior', () => {
    const table = survivalTable(nothing(), prior);
    // Within a bucket it is linear and the prior is not; where fewer lie beyond than are believed it is extrapolated.
    for (let phi = 0.25; phi <= 0.75; phi += TABLE_STEP) {
      expect(Math.abs(prior.phi(table.z(phi)) - phi)).toBeLessThan(0.05);
    }
    for (let phi = 1; phi <= 3; phi += TABLE_STEP) {
      expect(Math.abs(prior.phi(table.z(phi)) - phi)).toBeLessThan(1);
    }
  });

  const distributions: readonly (readonly [string, (random: Random) => number, (phi: number) => number])[] = [
    ['exponential', (random) => random.exponential(1), (phi) => phi * Math.LN10],
    ['Pareto', (random) => random.pareto(1, 2), (phi) => 10 ** (phi / 2)],
    ['narrow exponential', (random) => random.exponential(0.2), (phi) => 0.2 * phi * Math.LN10],
    // P(Z > z) = 10^-φ by bisection is not worth it: z of the normal tail at φ = 1, 2, 3, 4.
    ['normal', (random) => random.normal(), (phi) => [0, 1.28155, 2.32635, 3.09023, 3.71902][phi] as number],
  ];

  test.each(distributions)('of 400,000 from an %s distribution is that distribution', (_, draw, zAt) => {
    const table = tableOf(draw);
    for (const phi of [1, 2, 3]) expect(Math.abs(table.phi(zAt(phi)) - phi)).toBeLessThan(0.05);
    expect(Math.abs(table.phi(zAt(4)) - 4)).toBeLessThan(0.3);
  });

  test('goes on beyond the data with the exponent of their tail', () => {
    for (const shape of [1, 2, 4]) {
      const table = tableOf((random) => random.pareto(1, shape));
      const decadesOfZ = Math.log10(table.z(8) / table.z(6));
      expect(Math.abs(decadesOfZ - 2 / shape)).toBeLessThan(0.5 / shape);
    }
  });

  test('of one silence beyond everything is finite and increases', () => {
    const counts = nothing();
    counts[LAST] = 1;
    expectIncreasing(survivalTable(counts, prior).zs);
  });

  test('of silences that are all alike has nearly all of them in their bucket', () => {
    for (const bucket of [0, zBucket(-0.5), zBucket(0), zBucket(0.05), zBucket(3), LAST]) {
      const counts = nothing();
      counts[bucket] = COUNT;
      const { zs } = survivalTable(counts, prior);
      expectIncreasing(zs);
      if (bucket > 0) expect(zs[8] as number).toBeGreaterThanOrEqual((Z_EDGES[bucket - 1] as number) - 1e-9);
      // The last bucket with anything in it is where the tail begins.
      if (bucket > 0 && bucket < LAST) {
        expect(zs[8] as number).toBeLessThanOrEqual(1.2 * Math.max(0.1, Z_EDGES[bucket] as number));
      }
    }
  });

  test('of any counts, decayed ones too, is finite and increases', () => {
    const anyCount = fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: uniform(0, 1) },
      { weight: 1, arbitrary: uniform(0, 1e9) },
    );
    fc.assert(
      fc.property(fc.array(anyCount, { minLength: Z_BUCKETS, maxLength: Z_BUCKETS }), (counts) => {
        expectIncreasing(survivalTable(Float64Array.from(counts), prior).zs);
      }),
    );
  });

  test('moves from the prior to the data as these become more', () => {
    const errors = [0, 100, 1000, 100_000].map((count) => {
      const table = tableOf((random) => random.exponential(0.05), count);
      return Math.abs(table.z(2) - 0.05 * 2 * Math.LN10);
    });
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  });

  function tableOf(draw: (random: Random) => number, count = COUNT) {
    const random = new Random(SEED);
    const counts = nothing();
    for (let i = 0; i < count; i++) {
      const bucket = zBucket(draw(random));
      counts[bucket] = (counts[bucket] as number) + 1;
    }
    return survivalTable(counts, prior);
  }

  function expectIncreasing(zs: Float64Array): void {
    expect(zs).toHaveLength(TABLE_POINTS);
    for (let i = 0; i < TABLE_POINTS; i++) {
      expect(Number.isFinite(zs[i])).toBe(true);
      if (i > 0) expect(zs[i] as number).toBeGreaterThan(zs[i - 1] as number);
    }
  }
});
