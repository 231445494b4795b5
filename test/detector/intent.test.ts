import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Detector, type DetectorSettings, type ModelName } from '../../src/detector/detector.js';
import { derivePhi, deriveThresholds, fleetOf, meaningOf } from '../../src/detector/intent.js';
import { SampleWindow } from '../../src/detector/window.js';
import { storeNamespace } from '../support/settings.js';

const models: readonly ModelName[] = ['adaptive', 'normal', 'exponential'];

/** A fleet that beats every ten seconds, before anything is learned. */
function fleet(overrides: Partial<DetectorSettings> = {}) {
  const { detector } = storeNamespace({
    model: 'adaptive',
    expectedIntervalMs: 10_000,
    maxSilenceMs: 86_400_000,
    ...overrides,
  });
  return fleetOf(detector, undefined);
}

const learnt = (typical = { locationMs: 20_000, scaleMs: 500 }) =>
  fleetOf(new Detector(storeNamespace({ model: 'adaptive' }).detector.settings, 3), typical);

describe('the fleet before anything is learned', () => {
  it.each([
    ['adaptive', 10_000, 10_000],
    ['normal', 10_000, 13_000],
    ['exponential', 10_000, 0],
  ] as const)('%s: sessions of which nothing is known', (model, intervalMs, locationMs) => {
    expect(fleet({ model, acceptablePauseMs: 3_000 })).toMatchObject({ intervalMs, locationMs });
  });

  it('has the scale of the prior', () => {
    const { detector } = storeNamespace({ model: 'adaptive', expectedIntervalMs: 10_000 });
    expect(fleetOf(detector, undefined).scaleMs).toBe(detector.priorScaleMs);
    expect(fleet({ model: 'normal' }).scaleMs).toBe(2_500);
  });
});

describe('a threshold', () => {
  it('is crossed wrongly by as many gaps of a day as its φ says', () => {
    // 8,640 gaps of ten seconds a day.
    expect(meaningOf(3, fleet()).falseAlarmsPerUserDay).toBeCloseTo(8.64, 9);
    expect(meaningOf(5, fleet()).falseAlarmsPerUserDay).toBeCloseTo(0.0864, 9);
    expect(meaningOf(3, learnt()).falseAlarmsPerUserDay).toBeCloseTo(4.32, 9);
  });

  it.each(models)('%s: is crossed where the detector crosses it', (model) => {
    const { detector } = storeNamespace({ model });
    const unknown = detector.estimate({ window: new SampleWindow(), declaredMs: 0 });
    const { detectionTimeMs } = meaningOf(2, fleetOf(detector, undefined));
    expect(detectionTimeMs).toBeCloseTo(detector.deadlineMs(2, unknown), 9);
  });

  it('is crossed at max_silence at the latest, and then that decides the false alarms', () => {
    const capped = fleet({ maxSilenceMs: 60_000 });
    const meaning = meaningOf(9, capped);
    expect(meaning).toMatchObject({ phi: 9, detectionTimeMs: 60_000 });
    const deliveredPhi = derivePhi({ detectionTimeMs: 60_000 }, capped);
    expect(deliveredPhi).toBeLessThan(9);
    expect(meaning.falseAlarmsPerUserDay).toBeCloseTo(8_640 * 10 ** -deliveredPhi, 9);
  });
});

describe('an intent', () => {
  it.each(models)('%s: any of the three ways of saying a threshold gives the same φ', (model) => {
    const of = fleet({ model });
    fc.assert(
      fc.property(fc.double({ min: 1, max: 11, noNaN: true }), (phi) => {
        const { falseAlarmsPerUserDay, detectionTimeMs } = meaningOf(phi, of);
        expect(derivePhi({ phi }, of)).toBe(phi);
        // Where max_silence cuts the detection time off, it cannot be told from a longer one.
        if (detectionTimeMs >= of.maxSilenceMs) return;
        expect(derivePhi({ falseAlarmsPerUserDay }, of)).toBeCloseTo(phi, 6);
        expect(derivePhi({ detectionTimeMs }, of)).toBeCloseTo(phi, 6);
      }),
    );
  });

  it.each(models)('%s: φ falls with the false alarms allowed and rises with the time allowed', (model) => {
    const of = fleet({ model });
    const positive = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const byAlarms = (falseAlarmsPerUserDay: number) => derivePhi({ falseAlarmsPerUserDay }, of);
        const byTime = (seconds: number) => derivePhi({ detectionTimeMs: seconds * 1000 }, of);
        expect(byAlarms(less)).toBeGreaterThanOrEqual(byAlarms(more));
        expect(byTime(less)).toBeLessThanOrEqual(byTime(more));
      }),
    );
  });

  it('that cannot be had gets the nearest φ that a stream may watch', () => {
    expect(derivePhi({ detectionTimeMs: 1 }, fleet())).toBe(1);
    expect(derivePhi({ falseAlarmsPerUserDay: 1e6 }, fleet())).toBe(1);
    expect(derivePhi({ falseAlarmsPerUserDay: 1e-300 }, fleet())).toBe(300);
    expect(derivePhi({ detectionTimeMs: 86_400_000 }, fleet({ model: 'normal' }))).toBe(300);
  });

  it('one false OFFLINE a user and week is φ 4.8 with heartbeats every ten seconds', () => {
    expect(derivePhi({ falseAlarmsPerUserDay: 1 / 7 }, fleet())).toBeCloseTo(4.78, 2);
  });

  it('for OFFLINE never puts it below SUSPECT', () => {
    const intents = { suspect: { phi: 4 }, offline: { falseAlarmsPerUserDay: 100 } };
    expect(deriveThresholds(intents, fleet())).toEqual({ suspect: 4, offline: 4 });
    const usual = { suspect: { detectionTimeMs: 20_000 }, offline: { falseAlarmsPerUserDay: 1 / 7 } };
    const { suspect, offline } = deriveThresholds(usual, fleet());
    expect(suspect).toBeLessThan(offline);
    expect(offline).toBe(4.78);
  });

  it('that is a φ is taken as it is; a derived one to two decimals', () => {
    const intents = { suspect: { phi: 3.4567 }, offline: { falseAlarmsPerUserDay: 0.5 } };
    expect(deriveThresholds(intents, fleet())).toEqual({ suspect: 3.4567, offline: 4.24 });
  });
});
