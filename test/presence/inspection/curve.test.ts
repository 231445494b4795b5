import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detector, Estimate } from '../../../src/detector/detector.js';
import { type CurvePoint, curveOf, densityOf } from '../../../src/presence/inspection/curve.js';
import { anyDetector, anyHistory, anyLongHistory, happen } from '../../detector/history.js';
import { detectorOf, MODELS, Scenario } from '../../detector/scenario.js';

const thresholds = { suspect: 3, offline: 5 };
const survival = (phi: number) => 10 ** -phi;

/** A session that beat every `intervalMs`, give or take `jitterMs` in turn. */
function estimated(detector: Detector, { intervalMs = 1_000, jitterMs = 0 } = {}): Estimate {
  const scenario = new Scenario(detector);
  for (let i = 0; i < 40; i++) scenario.beat(intervalMs + (i % 2 === 0 ? jitterMs : -jitterMs));
  return detector.estimate(scenario.session());
}

function areaOf(curve: readonly CurvePoint[], maxSilenceMs: number): number {
  return densityOf(curve, maxSilenceMs).reduce((area, { perMs }, i) => {
    const [from, to] = [curve[i], curve[i + 1]] as [CurvePoint, CurvePoint];
    return area + perMs * (to.silenceMs - from.silenceMs);
  }, 0);
}

it('a curve is what the detector says, ascending, through both crossings, at most 128 points, whatever the history', () => {
  const anyThresholds = fc.constantFrom(thresholds, { suspect: 1, offline: 1 }, { suspect: 8, offline: 300 });
  const anyLife = fc.oneof(anyHistory, anyLongHistory);
  fc.assert(
    fc.property(anyDetector, anyLife, anyThresholds, (detector, history, pair) => {
      const scenario = new Scenario(detector);
      for (const event of history) happen(scenario, event);
      const { maxSilenceMs } = detector.settings;
      for (const session of scenario.user.sessions) {
        const estimate = detector.estimate(session);
        const curve = curveOf(estimate, detector, pair);
        expect(curve.length).toBeLessThanOrEqual(128);
        expect(curve[0]?.silenceMs).toBe(0);
        for (const [i, { silenceMs, phi }] of curve.entries()) {
          expect(phi).toBe(detector.phi(silenceMs, estimate));
          expect(silenceMs).toBeLessThanOrEqual(maxSilenceMs);
          if (i === 0) continue;
          const before = curve[i - 1] as CurvePoint;
          expect(silenceMs).toBeGreaterThan(before.silenceMs);
          expect(phi).toBeGreaterThanOrEqual(before.phi);
        }
        for (const phi of [pair.suspect, pair.offline]) {
          const atMs = detector.deadlineMs(phi, estimate);
          expect(Math.min(...curve.map(({ silenceMs }) => Math.abs(silenceMs - atMs)))).toBeLessThan(1e-3);
        }
        const last = curve.at(-1) as CurvePoint;
        const offlineAtMs = detector.deadlineMs(pair.offline, estimate);
        if (last.silenceMs === maxSilenceMs) expect(last.phi).toBe(1_000);
        else expect(last.silenceMs).toBeGreaterThan(offlineAtMs);
        const density = densityOf(curve, maxSilenceMs);
        for (const { perMs } of density) expect(perMs >= 0 && Number.isFinite(perMs)).toBe(true);
        expect(areaOf(curve, maxSilenceMs)).toBeLessThanOrEqual(1 + 1e-9);
      }
    }),
    { numRuns: 150 },
  );
});

describe.each(['normal', 'exponential', 'adaptive'] as const)('under the model %s', (name) => {
  const detector = detectorOf({ ...MODELS[name], minStdDevMs: 5, maxSilenceMs: 3_600_000 });

  it.each([0, 30, 400])(
    'a straight line between points is as good as the curve (jitter of %d ms)',
    (jitterMs) => {
      const estimate = estimated(detector, { jitterMs });
      const curve = curveOf(estimate, detector, thresholds);
      for (let i = 1; i < curve.length; i++) {
        const [from, to] = [curve[i - 1], curve[i]] as [CurvePoint, CurvePoint];
        const phi = detector.phi((from.silenceMs + to.silenceMs) / 2, estimate);
        expect(Math.abs(survival(phi) - (survival(from.phi) + survival(to.phi)) / 2)).toBeLessThan(0.02);
        if (to.phi < 6) expect(Math.abs(phi - (from.phi + to.phi) / 2)).toBeLessThan(0.25);
      }
    },
  );

  it('the density is all of the probability up to the end of the curve', () => {
    const estimate = estimated(detector, { jitterMs: 30 });
    const curve = curveOf(estimate, detector, thresholds);
    const expected = survival(detector.phi(0, estimate)) - survival((curve.at(-1) as CurvePoint).phi);
    expect(areaOf(curve, detector.settings.maxSilenceMs)).toBeCloseTo(expected, 9);
  });
});

it('the density of an exponential interval is what the textbook says', () => {
  const detector = detectorOf({ ...MODELS.exponential, maxSilenceMs: 3_600_000 });
  const estimate = estimated(detector);
  const meanMs = estimate.scaleMs;
  for (const { intervalMs, perMs } of densityOf(curveOf(estimate, detector, thresholds), 3_600_000)) {
    const expected = Math.exp(-intervalMs / meanMs) / meanMs;
    expect(Math.abs(perMs - expected)).toBeLessThan(0.02 / meanMs);
  }
});

it('max_silence ends the curve with the largest φ, and what would come after it is in no density', () => {
  const detector = detectorOf({ ...MODELS.exponential, maxSilenceMs: 3_000 });
  const estimate = estimated(detector);
  const curve = curveOf(estimate, detector, thresholds);
  expect(curve.at(-1)).toEqual({ silenceMs: 3_000, phi: 1_000 });
  expect(curve.at(-2)?.phi).toBeCloseTo(3_000 / estimate.scaleMs / Math.LN10, 3);
  expect(curve.at(-2)?.silenceMs).toBeGreaterThan(2_999.9);
  expect(areaOf(curve, 3_000)).toBeCloseTo(1 - Math.exp(-3_000 / estimate.scaleMs), 3);
});
