import { describe, expect, test } from 'vitest';
import { Random } from '../../src/fleet/random.js';
import { detectorOf, MODELS, Scenario } from './scenario.js';

const LEARNED = 5000;
/** Fifty of them are expected beyond φ = 3: their number is known to 0.06 decades. */
const MEASURED = 50_000;

/**
 * Of a client whose lateness is log-normal: what each φ turned out to be, by the share of its heartbeats that came later
 * than the deadline; Infinity where none did.
 */
function delivered(
  { medianMs, sigma }: { medianMs: number; sigma: number },
  phis: readonly number[],
): number[] {
  const random = new Random(20_240_917);
  const scenario = new Scenario(detectorOf({ ...MODELS.adaptive, maxSilenceMs: 86_400_000 }));
  const beyond = phis.map(() => 0);
  for (let i = 0; i < LEARNED + MEASURED; i++) {
    const gapMs = 10_000 - medianMs + random.logNormal(medianMs, sigma);
    if (i >= LEARNED) {
      const estimate = scenario.estimate();
      for (const [j, phi] of phis.entries()) {
        if (gapMs > scenario.detector.deadlineMs(phi, estimate)) beyond[j] = (beyond[j] as number) + 1;
      }
    }
    scenario.beat(gapMs);
  }
  return beyond.map((count) => -Math.log10(count / MEASURED));
}

describe('a client whose lateness is distributed otherwise than its fleet', () => {
  test.each([20, 100])(
    'with a heavy tail (median %d ms): is as often later than its deadline as φ says',
    (medianMs) => {
      const [one, two, three] = delivered({ medianMs, sigma: 2 }, [1, 2, 3]) as [number, number, number];
      expect(Math.abs(one - 1)).toBeLessThan(0.1);
      expect(Math.abs(two - 2)).toBeLessThan(0.15);
      expect(Math.abs(three - 3)).toBeLessThan(0.3);
    },
  );

  // What it never did in the two thousand heartbeats that are counted, only the fleet's tail can say.
  test.each([
    [50, 0.3],
    [50, 0.6],
    [1000, 0.6],
    [200, 1],
  ])(
    'with a lighter tail than it (median %d ms, σ %d): too, and at φ = 3 no more often',
    (medianMs, sigma) => {
      const [one, two, three] = delivered({ medianMs, sigma }, [1, 2, 3]) as [number, number, number];
      expect(Math.abs(one - 1)).toBeLessThan(0.1);
      expect(Math.abs(two - 2)).toBeLessThan(0.15);
      expect(three).toBeGreaterThan(2.7);
    },
  );
});
