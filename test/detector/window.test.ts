import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeSample,
  encodeSample,
  SAMPLE_MS_MAX,
  SampleWindow,
  WINDOW_MAX,
} from '../../src/detector/window.js';
import { uniform } from '../support/uniform.js';

const kept = (sampleMs: number) => decodeSample(encodeSample(sampleMs));

/** Samples as gaps and residuals bring them, and beyond both ends. */
const anySampleMs = fc.oneof(
  fc.integer({ min: -4096, max: 4096 }),
  uniform(-4e6, 4e6),
  fc.constantFrom(0, -0, 0.4, -0.4, SAMPLE_MS_MAX, -SAMPLE_MS_MAX, 1e12, -1e12),
);

describe('a sample in 16 bits', () => {
  test('is exact to 4,096 ms', () => {
    for (let sampleMs = -4096; sampleMs <= 4096; sampleMs++) {
      // + 0: the loop passes through 0, and no sample is -0.
      expect(kept(sampleMs)).toBe(sampleMs + 0);
    }
  });

  test('is the nearest that there is, within 1/4,096 of the sample, for every whole ms', () => {
    let previous = -1;
    for (let sampleMs = 0; sampleMs <= SAMPLE_MS_MAX; sampleMs++) {
      const code = encodeSample(sampleMs);
      const errorMs = Math.abs(decodeSample(code) - sampleMs);
      const right =
        errorMs <= sampleMs / 4096 &&
        errorMs <= Math.abs(decodeSample(code + 1) - sampleMs) &&
        (code === 0 || errorMs <= Math.abs(decodeSample(code - 1) - sampleMs)) &&
        decodeSample(code) >= previous;
      // Two million calls of expect() would take a minute.
      if (!right) expect({ sampleMs, code, errorMs, previous }).toBe('nearest and in order');
      previous = decodeSample(code);
    }
  });

  test('is rounded to a whole ms, halves away from zero', () => {
    expect([0.49, 0.5, 1.49, 1000.5, -0.5, -1000.5, -1000.49].map(kept)).toEqual([
      0, 1, 1, 1001, -1, -1001, -1000,
    ]);
  });

  test('is capped at 35 minutes either way', () => {
    for (const sampleMs of [SAMPLE_MS_MAX, SAMPLE_MS_MAX + 1, 2 ** 31, 2 ** 40, Number.MAX_VALUE, Infinity]) {
      expect(kept(sampleMs)).toBe(SAMPLE_MS_MAX);
      expect(kept(-sampleMs)).toBe(-SAMPLE_MS_MAX);
    }
  });

  test('keeps its sign, and zero has none', () => {
    fc.assert(
      fc.property(anySampleMs, (sampleMs) => {
        expect(kept(-sampleMs) + kept(sampleMs)).toBe(0);
        expect(encodeSample(sampleMs)).toBeLessThan(0x10000);
        expect(encodeSample(sampleMs)).not.toBe(0x8000);
        expect(Object.is(kept(sampleMs), -0)).toBe(false);
        if (Math.abs(sampleMs) >= 0.5) expect(Math.sign(kept(sampleMs))).toBe(Math.sign(sampleMs));
      }),
    );
  });

  test('does not change when it is read and written again', () => {
    const largest = encodeSample(SAMPLE_MS_MAX);
    for (let code = 0; code <= largest; code++) {
      expect(encodeSample(decodeSample(code))).toBe(code);
      if (code > 0) expect(encodeSample(decodeSample(0x8000 + code))).toBe(0x8000 + code);
    }
  });
});

type Step =
  | { readonly sampleMs: number; readonly size: number }
  | { readonly offsetMs: number; readonly leastMs: number | undefined };

const anySize = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: WINDOW_MAX }));
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ sampleMs: anySampleMs, size: anySize }) },
  {
    weight: 1,
    arbitrary: fc.record({
      offsetMs: fc.integer({ min: -200_000, max: 200_000 }),
      leastMs: fc.option(uniform(-1000, 60_000), { nil: undefined }),
    }),
  },
);

/** What the window must hold after one step, from plain arrays. */
function naiveStep(samplesMs: number[], step: Step): number[] {
  if ('size' in step) return [...samplesMs, kept(step.sampleMs)].slice(-step.size);
  return samplesMs.map((sampleMs) => kept(Math.max(sampleMs + step.offsetMs, step.leastMs ?? -Infinity)));
}

/** Everything that a window answers, recomputed in whole numbers of any length. */
function expectExact(window: SampleWindow, samplesMs: readonly number[]): void {
  expect(window.samplesMs()).toEqual(samplesMs);
  const n = BigInt(samplesMs.length);
  let sum = 0n;
  let sumSquares = 0n;
  for (const sampleMs of samplesMs) {
    sum += BigInt(sampleMs);
    sumSquares += BigInt(sampleMs) ** 2n;
  }
  expect(BigInt(window.sum)).toBe(sum);
  expect(BigInt(window.sumSquares)).toBe(sumSquares);
  expect(window.count).toBe(samplesMs.length);
  if (n === 0n) {
    expect([window.meanMs, window.variance]).toEqual([0, 0]);
    return;
  }
  expect(window.meanMs).toBe(Number(sum) / Number(n));
  const variance = Number(n * sumSquares - sum * sum) / Number(n * n);
  // Exact while the products are below 2^53; beyond, half a unit in the last place of each.
  const isExact = n * sumSquares <= BigInt(Number.MAX_SAFE_INTEGER);
  const roundingMs2 = isExact ? 0 : 2 ** -52 * (Number(sumSquares) / Number(n)) + 1e-15 * variance;
  expect(Math.abs(window.variance - variance)).toBeLessThanOrEqual(roundingMs2);
  expect(window.variance).toBeGreaterThanOrEqual(0);
}

describe('the window', () => {
  test('equals its recomputation after any pushes and shifts, of sizes that grow and shrink', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 150, size: 'max' }), (steps) => {
        const window = new SampleWindow();
        let samplesMs: number[] = [];
        for (const step of steps) {
          if ('size' in step) window.push(step.sampleMs, step.size);
          else window.shift(step.offsetMs, step.leastMs);
          samplesMs = naiveStep(samplesMs, step);
          expect(window.count).toBe(samplesMs.length);
        }
        expectExact(window, samplesMs);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps every sample up to the largest size, and both sums exact there', () => {
    for (const sign of [(_: number) => 1, (_: number) => -1, (i: number) => (i % 2 ? 1 : -1)]) {
      const window = new SampleWindow();
      const samplesMs = Array.from(
        { length: WINDOW_MAX },
        (_, i) => sign(i) * (SAMPLE_MS_MAX - 512 * (i % 3)),
      );
      for (const sampleMs of samplesMs) window.push(sampleMs, WINDOW_MAX);
      expect(Number.isSafeInteger(window.sumSquares)).toBe(true);
      expectExact(window, samplesMs);
    }
  });

  test('has drifted by nothing after a million heartbeats', () => {
    const window = new SampleWindow();
    const last: number[] = [];
    // Park and Miller's generator: the same million on every machine.
    let seed = 20_011;
    for (let i = 0; i < 1_000_000; i++) {
      seed = (seed * 16_807) % 2_147_483_647;
      // Whole and fractional, small and huge, so that every addition would round in a sum of plain doubles.
      const sampleMs = (seed % 7 === 0 ? 2_000_000 : 10_000) * (seed / 2_147_483_647) + 0.1;
      window.push(sampleMs, WINDOW_MAX);
      if (i >= 1_000_000 - WINDOW_MAX) last.push(kept(sampleMs));
    }
    expectExact(window, last);
  });

  test('equal samples have a variance of exactly 0, whatever they are and however many', () => {
    fc.assert(
      fc.property(anySampleMs, fc.integer({ min: 1, max: WINDOW_MAX }), (sampleMs, count) => {
        const window = new SampleWindow();
        for (let i = 0; i < count; i++) window.push(sampleMs, WINDOW_MAX);
        expect(window.variance).toBe(0);
        expect(window.meanMs).toBe(kept(sampleMs));
      }),
      { numRuns: 200 },
    );
  });

  test('zero intervals have mean 0 and variance 0', () => {
    const window = new SampleWindow();
    for (let i = 0; i < 50; i++) window.push(0, 20);
    expect([window.count, window.meanMs, window.variance]).toEqual([20, 0, 0]);
  });

  test('nearly equal samples have a variance that is not negative', () => {
    const nearly = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(anySampleMs, nearly, (sampleMs, offsetsMs) => {
        const window = new SampleWindow();
        for (const offsetMs of offsetsMs) window.push(sampleMs + offsetMs, WINDOW_MAX);
        expect(window.variance).toBeGreaterThanOrEqual(0);
        expectExact(window, window.samplesMs());
      }),
      { numRuns: 300 },
    );
  });

  test('a shift moves the mean and leaves the deviation', () => {
    const window = new SampleWindow();
    for (const sampleMs of [900, 1000, 1100, 1050]) window.push(sampleMs, 10);
    const { variance } = window;
    window.shift(-1013);
    expect(window.samplesMs()).toEqual([-113, -13, 87, 37]);
    expect(window.variance).toBe(variance);
    window.shift(1013);
    expect(window.samplesMs()).toEqual([900, 1000, 1100, 1050]);
  });

  test('a shift lets no sample become less than asked', () => {
    const window = new SampleWindow();
    for (const sampleMs of [-5000, -100, 0, 700]) window.push(sampleMs, 10);
    window.shift(1000, 500);
    expectExact(window, [500, 900, 1000, 1700]);
  });
});
