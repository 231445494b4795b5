import { describe, expect, test } from 'vitest';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import type { Heartbeat } from '../../src/detector/session.js';
import { detectorOf, GIVEN_MODEL_NAMES, jitter, MODEL_NAMES, MODELS, Scenario } from './scenario.js';

const { LATE, BURST, EARLIER } = ArrivalFlag;

describe('bursts', () => {
  const learned = () => {
    const scenario = new Scenario();
    scenario.beats(40, 10_000, {}, 400);
    return scenario;
  };

  test('heartbeats that a gap held back and a queue releases at once are no samples', () => {
    const quiet = learned();
    quiet.beat(52_000);
    quiet.beat(10_000);
    const queued = learned();
    queued.beat(52_000);
    for (const { flags } of queued.beats(4, 5)) expect(flags & BURST).toBe(BURST);
    queued.beat(10_000);
    expect(queued.estimate().stdDevMs).toBe(quiet.estimate().stdDevMs);
    expect(queued.samplesMs()).toEqual(quiet.samplesMs());
  });

  test('a gap of five intervals held back four, not five', () => {
    const scenario = learned();
    scenario.beat(52_000);
    scenario.beats(4, 5);
    const before = scenario.samplesMs().length;
    expect(scenario.beat(5).flags & BURST).toBe(0);
    expect(scenario.samplesMs().slice(before)).toEqual([5]);
  });

  test('without a gap before them, quick heartbeats are a faster client', () => {
    const scenario = learned();
    for (const { flags } of scenario.beats(3, 1000)) expect(flags & BURST).toBe(0);
    expect(scenario.samplesMs().slice(-3)).toEqual([1000, 1000, 1000]);
  });

  test('a regular interval after the gap cancels what the gap held back', () => {
    const scenario = learned();
    scenario.beat(52_000);
    scenario.beat(10_000);
    expect(scenario.session().owed).toBe(0);
    expect(scenario.beat(5).flags & BURST).toBe(0);
  });

  test('a restarted client has nothing queued', () => {
    const scenario = new Scenario();
    for (let sequence = 1; sequence <= 30; sequence++) scenario.beat(10_000, { sequence });
    scenario.beat(52_000, { sequence: 31 });
    scenario.beat(100, { sequence: 1 });
    expect(scenario.beat(100, { sequence: 2 }).flags & BURST).toBe(0);
    expect(scenario.samplesMs().at(-1)).toBe(100);
  });
});

describe('a gap that ended a suspicion', () => {
  test.each(MODEL_NAMES)('%s: counts as the gap at which it was suspected', (name) => {
    const scenario = new Scenario(detectorOf({ ...MODELS[name], maxSilenceMs: 86_400_000 }));
    scenario.beats(40, 10_000, {}, 400);
    // Under adaptive the fleet's, not the session's own: what it learned of its outages must not raise the cap.
    const suspectedMs = ({ locationMs, scaleMs } = scenario.estimate()) =>
      locationMs + scaleMs * scenario.detector.zOutage;
    const limitMs = suspectedMs();
    if (name !== 'adaptive') expect(limitMs).toBe(scenario.detector.deadlineMs(3, scenario.estimate()));
    scenario.beat(limitMs - 100);
    expect(rounding(scenario, limitMs - 100)).toBeLessThanOrEqual(1);
    const cappedMs = suspectedMs();
    expect(scenario.beat(3_600_000).flags & LATE).toBe(LATE);
    expect(rounding(scenario, cappedMs)).toBeLessThanOrEqual(1);
  });

  /** How far the last sample is from one of `sampleMs`, in halves of the step that a sample is rounded to. */
  function rounding(scenario: Scenario, sampleMs: number): number {
    return Math.abs((scenario.samplesMs().at(-1) as number) - sampleMs) / (sampleMs / 4096);
  }

  test('while warming: as up to three intervals, so that a wrong prior costs one mistake', () => {
    const scenario = new Scenario();
    scenario.beat(0);
    scenario.beat(29_000);
    scenario.beat(80_000);
    // The second is judged by the first: it expects 11.9 s.
    expect(scenario.samplesMs()).toEqual([29_000, 3 * 11_900 - 4]);
  });

  test('never counts as more than max_silence', () => {
    const scenario = new Scenario(detectorOf({ maxSilenceMs: 20_000 }));
    scenario.beat(0);
    scenario.beat(60_000);
    expect(scenario.samplesMs()).toEqual([20_000]);
  });

  test.each(GIVEN_MODEL_NAMES)('%s: does not blind the detector to the next outage', (name) => {
    const scenario = new Scenario(detectorOf({ ...MODELS[name], maxSilenceMs: 86_400_000 }));
    scenario.beats(120, 10_000, {}, 400);
    const beforeMs = scenario.detector.deadlineMs(3, scenario.estimate());
    for (const outageMs of [1_800_000, 300_000, 7_200_000]) {
      scenario.beat(outageMs);
      scenario.beats(5, 10_000, {}, 400);
    }
    const afterMs = scenario.detector.deadlineMs(3, scenario.estimate());
    expect(afterMs / beforeMs).toBeLessThan(1.2);
  });
});

describe('a client that slows down to a third without saying so', () => {
  test.each(MODEL_NAMES)('%s: is learned within ten heartbeats, and not within a window', (name) => {
    const scenario = new Scenario(detectorOf({ ...MODELS[name], acceptablePauseMs: 3000 }));
    scenario.beats(100, 10_000, {}, 100);
    let suspected = 0;
    for (let i = 0; i < 100; i++) {
      if (scenario.phi(30_000 + 100 * jitter(i)) >= 3) suspected++;
      scenario.beat(30_000 + 100 * jitter(i));
    }
    expect(suspected).toBeLessThanOrEqual(10);
  });
});

describe('a declared interval', () => {
  test('makes samples of what the client is late or early against it', () => {
    const scenario = new Scenario();
    scenario.beat(0, { declaredMs: 10_000 });
    scenario.beat(10_300, { declaredMs: 60_000 });
    scenario.beat(59_200, { declaredMs: 60_000 });
    expect(scenario.samplesMs()).toEqual([300, -800]);
  });

  test('is the word of a habitually early client: not late before it', () => {
    const scenario = new Scenario();
    scenario.beats(30, 8000, { declaredMs: 10_000 });
    expect(scenario.estimate().expectedMs).toBe(10_000);
    scenario.beats(200, 11_000, { declaredMs: 10_000 });
    expect(scenario.estimate().expectedMs).toBe(11_000);
  });

  test('has early heartbeats, before half of it, that are no samples', () => {
    const scenario = new Scenario();
    scenario.beat(0, { declaredMs: 10_000 });
    expect(scenario.beat(4999, { declaredMs: 10_000 }).flags & BURST).toBe(BURST);
    expect(scenario.samplesMs()).toEqual([]);
    expect(scenario.beat(5000, { declaredMs: 10_000 }).flags & BURST).toBe(0);
    expect(scenario.samplesMs()).toEqual([-5000]);
  });

  describe.each(MODEL_NAMES)('%s', (name) => {
    /** An exponentially weighted mean follows the last few intervals; that of a window does not. */
    const driftMs = name === 'adaptive' ? 100 : 0;
    const learned = (heartbeat: Partial<Heartbeat>) => {
      const scenario = new Scenario(detectorOf({ ...MODELS[name], maxSilenceMs: 86_400_000 }));
      scenario.beats(48, heartbeat.declaredMs || 10_000, heartbeat, 400);
      return scenario;
    };

    test('declared for the first time: not suspected before it, and the learned deviation stays', () => {
      const scenario = learned({});
      const { stdDevMs } = scenario.estimate();
      // 10.1 s after the last, as ever, and says that the next comes in 60 s.
      expect(scenario.beat(10_100, { declaredMs: 60_000 }).flags & EARLIER).toBe(0);
      expect(Math.abs(scenario.estimate().expectedMs - 60_000)).toBeLessThanOrEqual(driftMs || 1);
      expect(scenario.estimate().warming).toBe(false);
      expect(scenario.estimate().stdDevMs).toBeCloseTo(stdDevMs, -1);
      expect(scenario.phi(59_000)).toBeLessThan(1);
      expect(scenario.suspicion().liveliest.session.samples).toBe(48);
      for (let i = 0; i < 24; i++) {
        expect(scenario.phi(60_000 + 400 * jitter(i))).toBeLessThan(3);
        scenario.beat(60_000 + 400 * jitter(i), { declaredMs: 60_000 });
      }
      expect(Math.abs(scenario.estimate().stdDevMs - stdDevMs)).toBeLessThan(0.1 * stdDevMs);
    });

    test('no longer declared: the rhythm from before is expected again, with the learned deviation', () => {
      const scenario = learned({});
      const { expectedMs, stdDevMs } = scenario.estimate();
      scenario.beat(10_000, { declaredMs: 60_000 });
      scenario.beats(24, 60_000, { declaredMs: 60_000 }, 400);
      scenario.beat(60_000);
      expect(Math.abs(scenario.estimate().expectedMs - expectedMs)).toBeLessThanOrEqual(driftMs || 20);
      expect(Math.abs(scenario.estimate().stdDevMs - stdDevMs)).toBeLessThan(0.1 * stdDevMs);
      for (let i = 0; i < 24; i++) {
        expect(scenario.phi(10_000 + 400 * jitter(i))).toBeLessThan(3);
        scenario.beat(10_000 + 400 * jitter(i));
      }
      expect(scenario.samplesMs().every((sampleMs) => Math.abs(sampleMs - 10_000) < 500)).toBe(true);
    });

    test('no longer declared by a client that always did: the prior is expected', () => {
      const scenario = learned({ declaredMs: 60_000 });
      scenario.beat(60_000);
      expect(Math.abs(scenario.estimate().expectedMs - 10_000)).toBeLessThanOrEqual(driftMs || 20);
      expect(scenario.estimate().warming).toBe(false);
    });

    test('shortened, then no longer declared: what was early against the longer one is no interval below zero', () => {
      const scenario = learned({});
      scenario.beat(10_000, { declaredMs: 60_000 });
      scenario.beats(99, 40_000, { declaredMs: 60_000 });
      scenario.beat(40_000, { declaredMs: 10_000 });
      scenario.beat(10_000);
      // -20 s against 60 s would be -10 s; it counts as half the interval from before.
      expect(Math.abs(Math.min(...scenario.samplesMs()) - 5000)).toBeLessThan(50);
      expect(scenario.phi()).toBeLessThan(1);
      expect(scenario.phi(4000)).toBeLessThan(1);
    });
  });
});
