import { describe, expect, test } from 'vitest';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import { FLEET_SHAPE } from '../../src/detector/shape.js';
import { detectorOf, jitter, MODEL_NAMES, MODELS, Scenario } from './scenario.js';

const { FIRST_SEEN, DUPLICATE, STALE, EARLIER } = ArrivalFlag;

describe('the first heartbeat', () => {
  test('is announced, is no sample, and leaves the session to the prior', () => {
    const scenario = new Scenario();
    expect(scenario.beat(0, { sequence: 7 })).toMatchObject({
      flags: FIRST_SEEN,
      z: 0,
      scaleMs: 0,
      silenceMs: 0,
      lost: 0,
      lateAtUs: Number.POSITIVE_INFINITY,
    });
    expect(scenario.samplesMs()).toEqual([]);
    const prior = { expectedMs: 10_000, stdDevMs: 2500, locationMs: 10_000, scaleMs: 2500, warming: true };
    expect(scenario.estimate()).toMatchObject(prior);
  });

  test('that declares its interval is the prior itself', () => {
    const scenario = new Scenario();
    scenario.beat(0, { declaredMs: 60_000 });
    expect(scenario.estimate()).toMatchObject({ expectedMs: 60_000, stdDevMs: 15_000, warming: true });
  });

  test('under the exponential model: the scale is the expected interval', () => {
    const scenario = new Scenario(detectorOf(MODELS.exponential));
    scenario.beat(0);
    expect(scenario.estimate()).toMatchObject({ expectedMs: 10_000, locationMs: 0, scaleMs: 10_000 });
  });

  test('under the adaptive model: the expected interval, the scale of the prior and the shape of the fleet', () => {
    const scenario = new Scenario(detectorOf(MODELS.adaptive));
    scenario.beat(0);
    const { priorScaleMs: scaleMs } = scenario.detector;
    const prior = {
      expectedMs: 10_000,
      locationMs: 10_000,
      intervalMs: 10_000,
      scaleMs,
      shape: FLEET_SHAPE,
      warming: true,
    };
    expect(scenario.estimate()).toMatchObject(prior);
  });

  test('the acceptable pause is added to the location, not to the expected interval', () => {
    const scenario = new Scenario(detectorOf({ acceptablePauseMs: 3000 }));
    scenario.beat(0);
    expect(scenario.estimate()).toMatchObject({ expectedMs: 10_000, locationMs: 13_000 });
  });
});

describe('warming', () => {
  test('ends at min_samples, not before', () => {
    const scenario = new Scenario();
    scenario.beat(0);
    for (let samples = 1; samples <= 12; samples++) {
      scenario.beat(8000);
      expect([samples, scenario.estimate().warming]).toEqual([samples, samples < 10]);
    }
    expect(scenario.estimate()).toMatchObject({ expectedMs: 8000, stdDevMs: 0, scaleMs: 100 });
  });

  test('mixes the samples with a prior that stands for the missing ones', () => {
    const scenario = new Scenario();
    scenario.beats(6, 20_000);
    // Five of ten: means 20 s and 10 s in halves; variances 0 and 2.5² in halves; between them (20 - 10)² / 4.
    expect(scenario.samplesMs()).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
    const { expectedMs, stdDevMs } = scenario.estimate();
    expect(expectedMs).toBeCloseTo(15_000, 6);
    expect(stdDevMs).toBeCloseTo(Math.sqrt(0.5 * 2500 ** 2 + 0.25 * 10_000 ** 2), 6);
  });

  const clients = MODEL_NAMES.flatMap((name) => [0, 500, 1000].map((jitterMs) => ({ name, jitterMs })));

  test.each(clients)(
    '$name: a client three times slower than the prior is suspected at most once (± $jitterMs ms)',
    (client) => {
      const scenario = new Scenario(detectorOf(MODELS[client.name]));
      scenario.beat(0);
      let suspected = 0;
      for (let i = 0; i < 300; i++) {
        const afterMs = 30_000 + client.jitterMs * jitter(i);
        if (scenario.phi(afterMs) >= 3) suspected++;
        scenario.beat(afterMs);
      }
      expect(suspected).toBeLessThanOrEqual(1);
      expect(scenario.estimate().expectedMs).toBeCloseTo(30_000, -3);
    },
  );
});

describe('sequence numbers', () => {
  // What was seen; what comes 10 s later; and what that is.
  test.each([
    ['in order', [1, 2], 3, { flags: 0, lost: 0, isSample: true, sequence: 3 }],
    ['after lost ones', [1, 2], 6, { flags: 0, lost: 3, isSample: true, sequence: 6 }],
    [
      'after more lost ones than are counted',
      [1, 2],
      1e12,
      { flags: 0, lost: 65_535, isSample: true, sequence: 1e12 },
    ],
    ['the same again', [1, 2], 2, { flags: DUPLICATE, lost: 0, isSample: false, sequence: 2 }],
    ['an older one', [1, 2, 5], 4, { flags: DUPLICATE, lost: 0, isSample: false, sequence: 5 }],
    ['a restart at 1', [7, 8], 1, { flags: 0, lost: 0, isSample: false, sequence: 1 }],
    ['1 again after 1', [1], 1, { flags: DUPLICATE, lost: 0, isSample: false, sequence: 1 }],
    ['none after numbered ones', [4, 5], 0, { flags: 0, lost: 0, isSample: true, sequence: 5 }],
    ['the first number', [0, 0], 9, { flags: 0, lost: 0, isSample: true, sequence: 9 }],
  ] as const)('%s', (_, seen, next, expected) => {
    const scenario = new Scenario();
    for (const sequence of seen) scenario.beat(10_000, { sequence });
    const before = scenario.samplesMs();
    const { flags, lost, silenceMs } = scenario.beat(10_000, { sequence: next });
    const isSample = scenario.samplesMs().length > before.length;
    // Warming moves crossings both ways; that is another test's matter.
    expect({ flags: flags & ~EARLIER, lost, isSample, sequence: scenario.session().sequence }).toEqual(
      expected,
    );
    expect(silenceMs).toBe(10_000);
    expect(scenario.session().lastUs).toBe(scenario.nowUs);
  });

  test('a duplicate proves life, and the next interval is measured over it', () => {
    const scenario = new Scenario();
    scenario.beat(0, { sequence: 1 });
    scenario.beat(10_000, { sequence: 2 });
    scenario.beat(4000, { sequence: 2, declaredMs: 1 });
    expect(scenario.suspicion(1000).liveliest.elapsedMs).toBe(1000);
    expect(scenario.session().declaredMs).toBe(0);
    expect(scenario.beat(6000, { sequence: 3 }).silenceMs).toBe(6000);
    expect(scenario.samplesMs()).toEqual([10_000, 10_000]);
  });

  test('the time before a restart is no sample, the time after it is', () => {
    const scenario = new Scenario();
    scenario.beat(0, { sequence: 41 });
    scenario.beat(25_000, { sequence: 1 });
    expect(scenario.samplesMs()).toEqual([]);
    scenario.beat(9000, { sequence: 2 });
    expect(scenario.samplesMs()).toEqual([9000]);
  });
});

describe('stale arrivals', () => {
  test('change nothing', () => {
    const scenario = new Scenario();
    scenario.beats(5, 10_000, { sequence: 0, origin: 'eu' });
    const before = structuredClone(scenario.session());
    expect(scenario.beat(-1, { declaredMs: 60_000, origin: 'us', activity: 2, sequence: 9 })).toMatchObject({
      flags: STALE,
      scaleMs: 0,
      z: 0,
      silenceMs: 0,
      lost: 0,
      lateAtUs: Number.POSITIVE_INFINITY,
    });
    expect(structuredClone(scenario.session())).toEqual(before);
  });

  test('are none where the record lies in the future, because the clock was set back: begins anew', () => {
    const scenario = new Scenario();
    scenario.beats(5, 10_000, { sequence: 0 });
    const samplesMs = scenario.samplesMs();
    scenario.nowUs -= 3_600e6;
    expect(scenario.beat(0).flags).toBe(FIRST_SEEN);
    expect(scenario.session().lastUs).toBe(scenario.nowUs);
    expect(scenario.beat(10_000).flags).toBe(0);
    expect(scenario.samplesMs()).toEqual([...samplesMs, 10_000]);
  });

  test('an arrival at the same instant is not stale', () => {
    const scenario = new Scenario();
    scenario.beat(0);
    expect(scenario.beat(0).flags & STALE).toBe(0);
    expect(scenario.samplesMs()).toEqual([0]);
  });
});

describe('leaving', () => {
  test('and returning: seen anew, what was learned stays, the absence is no sample', () => {
    const scenario = new Scenario();
    scenario.beats(30, 10_000, { sequence: 0 }, 400);
    scenario.beat(52_000);
    const before = scenario.samplesMs();
    expect(scenario.session().owed).toBe(4);
    expect(scenario.leave(5000)).toBe(true);
    expect(scenario.beat(40_000, { sequence: 6 })).toMatchObject({
      flags: FIRST_SEEN,
      z: 0,
      scaleMs: 0,
      silenceMs: 0,
      lost: 0,
      lateAtUs: Number.POSITIVE_INFINITY,
    });
    expect(scenario.session()).toMatchObject({ left: false, sequence: 6, owed: 0 });
    expect(scenario.samplesMs()).toEqual(before);
    scenario.beat(9000, { sequence: 7 });
    expect(scenario.samplesMs()).toEqual([...before, 9000]);
  });

  test('counts once', () => {
    const scenario = new Scenario();
    scenario.beat(0);
    expect([scenario.leave(10), scenario.leave(10)]).toEqual([true, false]);
  });

  test('outlives heartbeats sent before it and recorded after it', () => {
    const scenario = new Scenario();
    scenario.beat(0);
    scenario.leave(5000);
    expect(scenario.beat(-1).flags).toBe(STALE);
    expect(scenario.session().left).toBe(true);
    expect(scenario.beat(1).flags).toBe(FIRST_SEEN);
    expect(scenario.session().left).toBe(false);
  });
});
