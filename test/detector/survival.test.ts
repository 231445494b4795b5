import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentialTail, logisticTail, normalTail, type Survival } from '../../src/detector/survival.js';
import { uniform } from '../support/uniform.js';

const SURVIVALS: readonly (readonly [string, Survival])[] = [
  ['normal', normalTail],
  ['logistic', logisticTail],
  ['exponential', exponentialTail],
];

/**
 * -log10 P(Z > z) of the standard normal distribution, rounded to doubles: -log10(erfc(z / sqrt(2)) / 2) in
 * mpmath 1.3 at 400 digits (the left tail is 1 minus as little as 1e-300).
 */
const NORMAL: readonly (readonly [number, number])[] = [
  [-37, 2.4865839876864793e-300],
  [-20, 1.1958837599463928e-89],
  [-8, 2.7017288495439214e-16],
  [-5, 1.2449121373882918e-7],
  [-3, 0.0005866493137900667],
  [-2.999, 0.0005885795406518173],
  [-1, 0.07502601295781802],
  [-0.1, 0.2677447239586644],
  [-1e-9, 0.3010299953174643],
  [0, 0.3010299956639812],
  [1e-9, 0.30102999601049807],
  [0.1, 0.3370796567266235],
  [0.5, 0.5106919892652407],
  [1, 0.7995455414919705],
  [1.5, 1.1751767216148163],
  [2, 1.643016080140937],
  [2.5, 2.206931805795301],
  [2.9, 2.7291318153963524],
  [2.999999, 2.8696976100979414],
  [3, 2.869699035929369],
  [3.000001, 2.8697004617612003],
  [3.1, 3.0143026981019267],
  [4, 4.499334907556479],
  [5, 6.5426456723906545],
  [6, 9.005864327476704],
  [8, 15.206142551017155],
  [8.3, 16.283531730414627],
  [10, 23.118053405486076],
  [15, 50.43521961427551],
  [20, 88.56009534307559],
  [37, 299.24218117860994],
  [38.5, 323.8513410684794],
  [100, 2173.8715428690343],
  [1000, 217150.6400419944],
  [1e6, 217147240958.025],
];

/** The z of a φ: the same expression bisected at 120 digits. */
const NORMAL_INVERSE: readonly (readonly [number, number])[] = [
  [0.01, -1.9997658101835845],
  [0.1, -0.8215316028830921],
  [0.3, -0.002975957771382327],
  [0.31, 0.025623504006575915],
  [1, 1.2815515655446004],
  [2, 2.326347874040841],
  [3, 3.0902323061678136],
  [5, 4.264890793922825],
  [8, 5.612001244174789],
  [12, 7.034483825301132],
  [16, 8.222082216130435],
  [50, 14.933337534788489],
  [100, 21.273453560965326],
  [300, 37.0470962993612],
  [1000, 67.78568559660262],
];

/** log(1 + exp(u)) / log(10), u = z (1.5976 + 0.070566 z²) with the coefficients as doubles, likewise. */
const LOGISTIC: readonly (readonly [number, number])[] = [
  [-10, 1.1299813052103725e-38],
  [-3, 0.0005352745494572883],
  [-1, 0.07503303214093988],
  [0, 0.3010299956639812],
  [0.5, 0.5108888257993721],
  [1, 0.7995083208395598],
  [3, 2.909475326484954],
  [4, 4.736694582705181],
  [10, 37.58471305287122],
  [21.594842, 323.6072728442535],
  [30, 848.2683249982506],
  [1000, 30647118.23884916],
];

const relativeError = (actual: number, exact: number) => Math.abs(actual - exact) / Math.abs(exact);

describe('reference values', () => {
  test.each(NORMAL)('exact normal tail at z = %d', (z, phi) => {
    expect(relativeError(normalTail.phi(z), phi)).toBeLessThanOrEqual(1e-12);
  });

  test.each(NORMAL_INVERSE)('exact normal tail, inverse at φ = %d', (phi, z) => {
    expect(relativeError(normalTail.z(phi), z)).toBeLessThanOrEqual(1e-12);
  });

  test.each(LOGISTIC)("Akka's logistic tail at z = %d", (z, phi) => {
    expect(relativeError(logisticTail.phi(z), phi)).toBeLessThanOrEqual(1e-12);
  });

  test('exponential tail: one decade each ln 10 means, none before the last heartbeat', () => {
    expect(exponentialTail.phi(Math.LN10)).toBe(1);
    expect(exponentialTail.phi(3 * Math.LN10)).toBeCloseTo(3, 14);
    expect(exponentialTail.phi(-1)).toBe(0);
  });

  test('the exact tail is between the bounds that Gordon proved, at every z', () => {
    // pdf(z) z / (z² + 1) < P(Z > z) < pdf(z) / z for z > 0 (Gordon 1941): an oracle independent of both expansions.
    const logPdf = (z: number) => (0.5 * z * z + 0.5 * Math.log(2 * Math.PI)) / Math.LN10;
    fc.assert(
      fc.property(fc.oneof(uniform(0.01, 50), fc.double({ min: 0.01, max: 1000, noNaN: true })), (z) => {
        const phi = normalTail.phi(z);
        const slack = 1e-12 * phi;
        expect(phi).toBeGreaterThanOrEqual(logPdf(z) + Math.log10(z) - slack);
        expect(phi).toBeLessThanOrEqual(logPdf(z) + Math.log10(z + 1 / z) + slack);
      }),
    );
  });
});

describe.each(SURVIVALS)('%s', (name, survival) => {
  /** Everything a session can produce, and far more; |z| beyond 1e100 would take a scale below any that exists. */
  const anyZ = fc.oneof(
    fc.double({ min: -1e100, max: 1e100, noNaN: true }),
    uniform(-50, 50),
    fc.double({ min: -1e-6, max: 1e-6, noNaN: true }),
    fc.double({ min: 2.999999, max: 3.000001, noNaN: true }),
    fc.constantFrom(0, -0, 3, -3, Number.MIN_VALUE, -Number.MIN_VALUE, 1e100, -1e100),
  );

  test('φ is finite, never negative, never -0', () => {
    fc.assert(
      fc.property(anyZ, (z) => {
        const phi = survival.phi(z);
        expect(Number.isFinite(phi)).toBe(true);
        expect(phi).toBeGreaterThanOrEqual(0);
        expect(Object.is(phi, -0)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  /**
   * Silence is counted in µs and the scale is below 2.1e6 ms, so a session never asks for two z closer than 4e-10.
   * Neighbouring doubles need not be in order: at z = 3 the series has lost three of their sixteen digits.
   */
  const STEP_Z_MIN = 4e-10;

  const increases = (z: number, stepZ: number) => {
    const from = survival.phi(z);
    const to = survival.phi(z + stepZ);
    // The exponential is 0 up to 0; the logistic tail is the first to vanish below the smallest double.
    const flat = name === 'exponential' ? z + stepZ <= 0 : z + stepZ < -21;
    if (flat) expect(to).toBeGreaterThanOrEqual(from);
    else expect(to).toBeGreaterThan(from);
  };

  test('φ grows with every step of z that a session can make', () => {
    const step = fc.oneof(
      fc.double({ min: STEP_Z_MIN, max: 1e-6, noNaN: true }),
      fc.double({ min: 1e-6, max: 10, noNaN: true }),
    );
    fc.assert(fc.property(fc.oneof(uniform(-25, 40), uniform(-50, 1e5)), step, increases), {
      numRuns: 3000,
    });
  });

  test.each([
    ['the seam of the two expansions', 3],
    ['their mirrored seam', -3],
    ['the mean', 0],
  ])('φ grows in the smallest steps across %s', (_, centre) => {
    for (let i = -2000; i < 2000; i++) increases(centre + i * STEP_Z_MIN, STEP_Z_MIN);
  });

  test('z is the inverse of φ', () => {
    const anyPhi = fc.oneof(
      uniform(0.01, 300),
      fc.double({ min: 0.01, max: 3, noNaN: true }),
      fc.double({ min: Math.log10(2) - 1e-9, max: Math.log10(2) + 1e-9, noNaN: true }),
      fc.double({ min: normalTail.phi(3) - 1e-9, max: normalTail.phi(3) + 1e-9, noNaN: true }),
    );
    fc.assert(
      fc.property(anyPhi, (phi) => {
        // Absolutely where φ is above 1, relatively below.
        expect(Math.abs(survival.phi(survival.z(phi)) - phi)).toBeLessThanOrEqual(1e-9 * Math.min(1, phi));
      }),
      { numRuns: 3000 },
    );
  });

  test('z is the inverse of φ at every double around log10 2, where the tail is mirrored', () => {
    const centre = Math.log10(2);
    for (let ulps = -1000; ulps <= 1000; ulps++) {
      const phi = centre + ulps * 2 ** -54;
      expect(Math.abs(survival.phi(survival.z(phi)) - phi)).toBeLessThanOrEqual(1e-15);
    }
  });

  test('φ is the inverse of z', () => {
    fc.assert(
      fc.property(uniform(name === 'exponential' ? 0 : -5, 37), (z) => {
        expect(Math.abs(survival.z(survival.phi(z)) - z)).toBeLessThanOrEqual(1e-9);
      }),
      { numRuns: 1000 },
    );
  });
});
