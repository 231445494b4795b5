import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SurvivalTable, TABLE_POINTS, TABLE_STEP } from '../../src/detector/survival-table.js';
import { uniform } from '../support/uniform.js';

const LAST_PHI = (TABLE_POINTS - 1) * TABLE_STEP;

/** Increasing by anything from less than a step can be to a thousandfold. */
const anyZs = fc
  .tuple(
    uniform(-8, 8),
    fc.array(
      fc.oneof(uniform(0.001, 1), uniform(0.001, 1000), fc.double({ min: 1e-5, max: 1e-3, noNaN: true })),
      {
        minLength: TABLE_POINTS - 1,
        maxLength: TABLE_POINTS - 1,
      },
    ),
  )
  .map(([first, steps]) => {
    const zs = [first];
    for (const step of steps) zs.push((zs.at(-1) as number) + step);
    return zs;
  });

/** Any numbers at all, in any order. */
const anyNumbers = fc.array(fc.oneof(uniform(-10, 10), uniform(-1e9, 1e9), fc.constantFrom(0, 1, 1)), {
  minLength: TABLE_POINTS,
  maxLength: TABLE_POINTS,
});

const anyPhi = fc.oneof(
  uniform(0, LAST_PHI),
  uniform(0, 1000),
  fc.constantFrom(0, TABLE_STEP, LAST_PHI, 300),
);
const anyZ = fc.oneof(uniform(-20, 20), uniform(0, 1e5), fc.double({ min: -1e12, max: 1e12, noNaN: true }));

const doublesToTwenty = Array.from({ length: TABLE_POINTS }, (_, i) => 2 * i);

describe('a survival table', () => {
  test('has at each of its points the φ of that point', () => {
    fc.assert(
      fc.property(anyZs, fc.nat(TABLE_POINTS - 1), (zs, i) => {
        const table = new SurvivalTable(zs);
        expect(table.z(i * TABLE_STEP)).toBeCloseTo(zs[i] as number, 6);
        expect(table.phi(zs[i] as number)).toBeCloseTo(i * TABLE_STEP, 9);
      }),
    );
  });

  test('is linear between them', () => {
    const table = new SurvivalTable(doublesToTwenty);
    expect(table.z(TABLE_STEP * 1.5)).toBeCloseTo(3, 12);
    expect(table.phi(3)).toBeCloseTo(TABLE_STEP * 1.5, 12);
  });

  test('φ and z undo each other, inside the table and beyond it', () => {
    fc.assert(
      fc.property(anyZs, anyPhi, (zs, phi) => {
        const table = new SurvivalTable(zs);
        const z = table.z(phi);
        // Where the table is steep, the digits that a large z has lost are worth more.
        const digitsLost = 1 + Math.abs(z);
        expect(Math.abs(table.phi(z) - phi)).toBeLessThanOrEqual(1e-10 * Math.max(1, phi) * digitsLost);
      }),
    );
  });

  test('is finite and does not fall, whatever it is made of', () => {
    fc.assert(
      fc.property(anyNumbers, fc.array(anyZ), fc.array(anyPhi), (zs, someZs, phis) => {
        const table = new SurvivalTable(zs);
        const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);
        for (const values of [
          ascending(someZs).map((z) => table.phi(z)),
          ascending(phis).map((p) => table.z(p)),
        ]) {
          expect(values.every(Number.isFinite)).toBe(true);
          expect(values).toEqual(ascending(values));
        }
        for (const z of someZs) expect(table.phi(z)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('is 0 up to its first point, and no φ below 0 has another z', () => {
    const table = new SurvivalTable(doublesToTwenty.map((z) => z - 8));
    expect([-1e12, -9, -8].map((z) => table.phi(z))).toEqual([0, 0, 0]);
    expect(table.phi(-7.999)).toBeGreaterThan(0);
    expect(table.z(-1)).toBe(-8);
  });

  test('goes on beyond its last point at the last slope', () => {
    const zs = doublesToTwenty.slice();
    zs[TABLE_POINTS - 1] = (zs[TABLE_POINTS - 2] as number) + 10;
    const table = new SurvivalTable(zs);
    const lastZ = zs[TABLE_POINTS - 1] as number;
    expect(table.z(LAST_PHI + 1)).toBeCloseTo(lastZ + 10 / TABLE_STEP, 9);
    expect(table.phi(lastZ + 40)).toBeCloseTo(LAST_PHI + 4 * TABLE_STEP, 9);
  });

  test('raises points that do not increase, and leaves the others alone', () => {
    const zs = doublesToTwenty.slice();
    zs[5] = zs[4] as number;
    zs[6] = 3;
    const table = new SurvivalTable(zs);
    for (let i = 1; i < TABLE_POINTS; i++) {
      expect(table.zs[i] as number).toBeGreaterThan(table.zs[i - 1] as number);
      if (i !== 5 && i !== 6) expect(table.zs[i]).toBe(zs[i]);
    }
    expect(table.z(6 * TABLE_STEP)).toBeCloseTo(8, 4);
    expect(zs[6]).toBe(3);
  });
});
