import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priorTables } from '../../src/detector/prior.js';
import {
  CURVE_KNOTS,
  crossingMs,
  FLEET_SHAPE,
  fitShape,
  type Placement,
  phiOf,
  REFIT_BEATS,
  type Shape,
  watchMs,
} from '../../src/detector/shape.js';
import { WATCHABLE_PHI_MIN } from '../../src/detector/status.js';
import { Random } from '../../src/fleet/random.js';
import { uniform } from '../support/uniform.js';
import { detectorOf, MODELS, Scenario } from './scenario.js';

const { plain, lattice } = priorTables;

/** Counts that a session can come to: of the silences beyond a knot, some are beyond the next. */
const anyCounts = fc
  .record({
    beats: fc.integer({ min: 32, max: 59_999 }),
    lossShare: fc.constantFrom(0, 0.0005, 0.005, 0.05, 0.14),
    runs: uniform(0, 3),
    judged: fc.integer({ min: 0, max: 1999 }),
    shares: fc.array(fc.oneof(uniform(0, 1), fc.constantFrom(0, 1)), { minLength: 6, maxLength: 6 }),
  })
  .map(({ beats, lossShare, runs, judged, shares }) => {
    const losses = Math.ceil(lossShare * beats);
    const extra = Math.floor(losses * runs);
    const beyond: number[] = [];
    for (const share of shares) beyond.push(Math.floor((beyond.at(-1) ?? judged) * share));
    return { beats, losses, lost: losses + extra, extra, judged, beyond };
  });

const anyShape = fc
  .tuple(anyCounts, fc.constantFrom(0.001, 0.01, 0.04, 0.2))
  .map(([counts, dispersion]) => fitShape(counts, dispersion));
const anyLatticeShape = anyShape.filter(({ onLattice }) => onLattice);

const anyPlacement: fc.Arbitrary<Placement> = fc
  .record({
    intervalMs: fc.constantFrom(100, 1000, 10_000, 60_000),
    mean: uniform(0.8, 1.2),
    spread: fc.oneof(uniform(0.001, 0.1), uniform(0.1, 1)),
  })
  .map(({ intervalMs, mean, spread }) => ({
    intervalMs,
    locationMs: mean * intervalMs,
    scaleMs: spread * intervalMs,
  }));

const tableOf = ({ onLattice }: Shape) => (onLattice ? lattice : plain);
const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const anyPhis = fc.array(fc.oneof(uniform(0.01, 3), uniform(0.01, 12), uniform(0.01, 300)), { minLength: 5 });

describe('a shape', () => {
  test('has levels that increase, whatever was counted', () => {
    fc.assert(
      fc.property(anyShape, ({ levels, loss, lossAgain }) => {
        expect(levels).toHaveLength(CURVE_KNOTS.length);
        for (const [j, level] of levels.entries()) expect(level).toBeGreaterThan(levels[j - 1] ?? 0);
        for (const share of [loss, lossAgain]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThan(65_536);
        }
      }),
    );
  });

  test('of a session of which nothing is known is the table of the fleet', () => {
    const placement = { locationMs: 10_000, scaleMs: 300, intervalMs: 10_000 };
    for (const phi of [0.3, 1, 2.2, 3, 5, 12, 100]) {
      expect(crossingMs(FLEET_SHAPE, plain, placement, phi)).toBeCloseTo(10_000 + 300 * plain.z(phi), 4);
    }
  });

  test('begins to watch no later than the lowest watchable threshold is crossed', () => {
    fc.assert(
      fc.property(anyShape, anyPlacement, (shape, placement) => {
        const crossing = crossingMs(shape, tableOf(shape), placement, WATCHABLE_PHI_MIN);
        const watchZ = tableOf(shape).z(shape.watchPhi);
        expect(watchMs(shape, watchZ, placement)).toBeLessThanOrEqual(crossing);
      }),
    );
  });

  test('has deadlines that increase with φ', () => {
    fc.assert(
      fc.property(anyShape, anyPlacement, anyPhis, (shape, placement, phis) => {
        const deadlines = ascending(phis).map((phi) => crossingMs(shape, tableOf(shape), placement, phi));
        expect(deadlines.every(Number.isFinite)).toBe(true);
        expect(deadlines).toEqual(ascending(deadlines));
      }),
      { numRuns: 1000 },
    );
  });

  test('has a φ that does not fall while silence grows', () => {
    fc.assert(
      fc.property(anyShape, anyPlacement, uniform(0, 1), (shape, placement, start) => {
        let before = 0;
        for (let i = 0; i < 2000; i++) {
          const silenceMs = placement.intervalMs * (0.5 + (i + start) / 400);
          const phi = phiOf(shape, tableOf(shape), placement, silenceMs);
          if (!(phi >= before)) expect({ silenceMs, phi }).toEqual({ silenceMs, phi: before });
          before = phi;
        }
        expect(Number.isFinite(before)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('off the lattice: φ of the deadline of x is x', () => {
    fc.assert(
      fc.property(anyShape, anyPlacement, anyPhis, (shape, placement, phis) => {
        const offLattice = { ...shape, onLattice: false };
        for (const phi of phis) {
          const deadlineMs = crossingMs(offLattice, plain, placement, phi);
          const error = Math.abs(phiOf(offLattice, plain, placement, deadlineMs) - phi);
          expect(error).toBeLessThanOrEqual(1e-9 * Math.max(1, phi));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('on the lattice: φ a µs after the deadline of x is x at least', () => {
    fc.assert(
      // More than a hundred lost in a row are not told apart: as improbable as the end of the table.
      fc.property(anyLatticeShape, anyPlacement, fc.array(uniform(0.01, 12)), (shape, placement, phis) => {
        for (const phi of phis) {
          const deadlineMs = crossingMs(shape, lattice, placement, phi);
          const reached = phiOf(shape, lattice, placement, deadlineMs + 0.001);
          if (!(reached >= phi - 1e-9)) expect({ phi, reached }).toEqual({ phi, reached: phi });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a client of which one heartbeat in 200 is lost', () => {
  const lived = (seed: number, beats: number) => {
    const random = new Random(seed);
    const scenario = new Scenario(detectorOf(MODELS.adaptive));
    let sequence = 0;
    const shapes = new Set<unknown>();
    for (let i = 0; i < beats; i++) {
      let intervals = 1;
      while (random.chance(0.005)) intervals += 1;
      sequence += intervals;
      scenario.beat(10_000 * intervals + random.uniform(-20, 20), { sequence });
      shapes.add(scenario.estimate().shape);
    }
    return { scenario, shapes: shapes.size };
  };

  test.each([1, 2, 3, 4, 5])(
    'is on the lattice after 2,000: suspected when two are missing, not when one is (seed %d)',
    (seed) => {
      const { scenario } = lived(seed, 2000);
      const estimate = scenario.estimate();
      const deadlineMs = (phi: number) => scenario.detector.deadlineMs(phi, estimate);
      expect(estimate.shape?.onLattice).toBe(true);
      expect(deadlineMs(3)).toBeGreaterThanOrEqual(20_000);
      expect(deadlineMs(3)).toBeLessThan(22_000);
      expect(deadlineMs(1.5)).toBeGreaterThan(10_000);
      expect(deadlineMs(1.5)).toBeLessThan(11_000);
    },
  );

  test('is fitted anew every so many heartbeats, and its shape is the same one between', () => {
    expect(lived(1, REFIT_BEATS * 3).shapes).toBe(3);
    expect(lived(1, REFIT_BEATS * 3 + 1).shapes).toBe(4);
  });
});
