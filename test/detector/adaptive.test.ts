import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AdaptiveState,
  JUDGED_MAX,
  judge,
  LEARNED_MAX,
  learn,
  newAdaptiveState,
  STRETCH_MAX,
  STRETCH_MIN,
} from '../../src/detector/adaptive.js';
import { priorTables } from '../../src/detector/prior.js';
import { Random } from '../../src/fleet/random.js';
import { anyAdaptiveDetector, anyHistory, anyLongHistory, happen } from './history.js';
import { detectorOf, jitter, MODELS, Scenario } from './scenario.js';

const U16_MAX = 65_535;
const newState = () => newAdaptiveState(10_000, 10_000);
const adaptiveOf = (scenario: Scenario) => scenario.session().adaptive as AdaptiveState;
const newScenario = (settings = {}) =>
  new Scenario(detectorOf({ ...MODELS.adaptive, maxSilenceMs: 86_400_000, ...settings }));

describe('what is learned of a session', () => {
  test('stays in its ranges, for any history', () => {
    const anyLife = fc.oneof(anyHistory, anyLongHistory);
    fc.assert(
      fc.property(anyAdaptiveDetector, anyLife, (detector, history) => {
        const scenario = new Scenario(detector);
        for (const event of history) {
          happen(scenario, event);
          for (const { adaptive } of scenario.user.sessions) expectInRange(adaptive as AdaptiveState);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('keeps the shares of what it judged when their sum is full', () => {
    const state = newState();
    let fullest = 0;
    for (let i = 0; i < 3 * JUDGED_MAX; i++) {
      const before = { judged: state.judged, beyond: [...state.beyond] };
      judge(state, i % 3 === 0 ? 1e9 : -1, priorTables.plain);
      fullest = Math.max(fullest, before.judged);
      if (state.judged > before.judged) continue;
      expect(state.judged).toBe(JUDGED_MAX / 2);
      for (const [j, count] of state.beyond.entries()) {
        expect(Math.abs(count - (before.beyond[j] as number) / 2)).toBeLessThanOrEqual(1);
      }
    }
    expect(fullest).toBe(JUDGED_MAX - 1);
    expect(state.beyond[5] as number).toBeCloseTo(state.judged / 3, -1);
  });

  test('keeps the shares of what was lost when their sum is full, before a u16 is', () => {
    const state = newState();
    const gap = {
      gapMs: 30_000,
      declaredMs: 10_000,
      warming: false,
      scaleMs: 1000,
      zOutage: 20,
      isNewRhythm: false,
    };
    let halved = 0;
    for (let i = 0; i < 2 * U16_MAX; i++) {
      const { beats, losses, lost, extra } = state;
      learn(state, { ...gap, lost: i % 4 === 0 ? 2 : 0 });
      expect(state.beats).toBeLessThan(U16_MAX);
      if (state.beats > beats) continue;
      halved++;
      for (const [now, before] of [
        [state.beats, beats],
        [state.losses, losses],
        [state.lost, lost],
        [state.extra, extra],
      ] as const) {
        expect(Math.abs(now - before / 2)).toBeLessThanOrEqual(1);
      }
    }
    expect(halved).toBeGreaterThan(1);
    expect(state.losses / state.beats).toBeCloseTo(1 / 4, 3);
    expect(state.extra / state.lost).toBeCloseTo(1 / 2, 3);
  });

  test('stops to count at what a u16 holds, though a client loses all it can', () => {
    const state = newState();
    const gap = {
      gapMs: 1e9,
      lost: U16_MAX,
      declaredMs: 10_000,
      warming: false,
      scaleMs: 1000,
      zOutage: 20,
      isNewRhythm: false,
    };
    for (let i = 0; i < U16_MAX; i++) learn(state, gap);
    expectInRange(state);
  });

  function expectInRange(state: AdaptiveState): void {
    const { losses, beats, lost, extra, judged, learned, beyond, shape } = state;
    const counts = [learned, beats, losses, lost, extra, judged, ...beyond];
    for (const count of [...counts, shape.loss, shape.lossAgain, ...shape.levels]) {
      if (!(Number.isInteger(count) && count >= 0 && count <= U16_MAX)) expect(state).toBe('of u16');
    }
    expect(learned).toBeLessThanOrEqual(LEARNED_MAX);
    expect(judged).toBeLessThan(JUDGED_MAX);
    expect(losses).toBeLessThanOrEqual(beats);
    for (const [j, count] of beyond.entries()) {
      expect(count).toBeLessThanOrEqual(j === 0 ? judged : (beyond[j - 1] as number));
    }
    expect(shape.watchLosses).toBeLessThanOrEqual(255);
    expect(Number.isFinite(shape.watchPhi)).toBe(true);
    expect(state.stretch).toBeGreaterThanOrEqual(STRETCH_MIN);
    expect(state.stretch).toBeLessThanOrEqual(STRETCH_MAX);
    expect(Math.min(state.meanMs, state.slowMs)).toBeGreaterThanOrEqual(1);
    for (const ms of [state.fastMs, state.shortMs, state.longMs, state.shortRegularMs, state.longRegularMs]) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  }
});

describe('a burst of heartbeats that were held back', () => {
  const clients = [20, 200, 2500].flatMap((known) =>
    [0, 10_000].flatMap((declaredMs) => [4, 8].map((queued) => ({ known, declaredMs, queued }))),
  );

  test.each(clients)(
    '$queued of them, after $known, $declaredMs ms declared: the next ones in time are not suspected',
    (client) => {
      const { known, declaredMs, queued } = client;
      const scenario = newScenario();
      scenario.beats(known, 10_000, { declaredMs }, 400);
      scenario.beat(10_000 * (queued + 1), { declaredMs });
      scenario.beats(queued, 5, { declaredMs });
      expect(adaptiveOf(scenario).meanMs).toBeGreaterThan(5000);
      for (let i = 0; i < 40; i++) {
        expect(scenario.phi(9990 + 400 * jitter(i))).toBeLessThan(3);
        scenario.beat(10_000 + 400 * jitter(i), { declaredMs });
      }
    },
  );
});

describe('an outage', () => {
  const deadlineMs = (scenario: Scenario) => scenario.detector.deadlineMs(3, scenario.estimate());

  test.each([500, 2500])('after %d heartbeats does not blind the detector to the next one', (known) => {
    const scenario = newScenario();
    scenario.beats(known, 10_000, {}, 400);
    const beforeMs = deadlineMs(scenario);
    scenario.beat(1_800_000);
    expect(deadlineMs(scenario) / beforeMs).toBeLessThan(4);
    scenario.beats(96, 10_000, {}, 400);
    expect(deadlineMs(scenario) / beforeMs).toBeLessThan(1.35);
  });

  test('of a client that numbers what it could not send: two more lost heartbeats are waited for, and not all', () => {
    const scenario = newScenario();
    let sequence = 0;
    for (let i = 0; i < 500; i++) scenario.beat(10_000 + 400 * jitter(i), { sequence: ++sequence });
    sequence += 179;
    for (let i = 0; i < 200; i++) {
      scenario.beat(i === 0 ? 1_800_000 : 10_000 + 400 * jitter(i), { sequence: ++sequence });
      expect(deadlineMs(scenario)).toBeLessThan(40_000);
    }
  });
});

describe('sequence numbers', () => {
  /** A client that beats every 10 s, numbered or not, with lost heartbeats as `loss` says. */
  function lived({
    numberOf,
    loss = 0,
    beats = 400,
  }: {
    numberOf: (i: number) => number;
    loss?: number;
    beats?: number;
  }) {
    const random = new Random(17);
    const scenario = newScenario();
    let sent = 0;
    for (let i = 0; i < beats; i++) {
      let intervals = 1;
      while (random.chance(loss)) intervals += 1;
      sent += intervals;
      scenario.beat(10_000 * intervals + random.uniform(-20, 20), { sequence: numberOf(sent) });
    }
    return scenario;
  }

  test.each([
    ['seconds', 10],
    ['milliseconds', 10_000],
    ['microseconds', 10_000_000],
  ])('that are a time in %s lose nothing and do no harm', (_, perInterval) => {
    const asTime = lived({ numberOf: (i) => 1_000_000 + perInterval * i, beats: 1000 });
    const unnumbered = lived({ numberOf: () => 0, beats: 1000 });
    for (const phi of [1, 3]) {
      const [timeMs, plainMs] = [asTime, unnumbered].map((s) => s.detector.deadlineMs(phi, s.estimate()));
      expect((timeMs as number) / (plainMs as number)).toBeLessThan(1.25);
    }
    expect(adaptiveOf(asTime).losses).toBe(0);
  });

  test('explain a gap: the mean and the regular dispersion stay, as nobody can know who does not number', () => {
    const numbered = adaptiveOf(lived({ numberOf: (i) => i, loss: 0.05 }));
    const unnumbered = adaptiveOf(lived({ numberOf: () => 0, loss: 0.05 }));
    for (const ms of [numbered.meanMs, numbered.slowMs]) expect(Math.abs(ms - 10_000)).toBeLessThan(30);
    expect(numbered.shortRegularMs).toBeLessThan(50);
    expect(numbered.shortMs).toBeGreaterThan(100);
    expect(unnumbered.slowMs).toBeGreaterThan(10_200);
    expect(unnumbered.shortRegularMs).toBe(unnumbered.shortMs);
  });

  test('count what was lost: how often, and how often another one after it', () => {
    const { beats, losses, lost, extra } = adaptiveOf(lived({ numberOf: (i) => i, loss: 0.1, beats: 4000 }));
    expect(losses / beats).toBeCloseTo(0.1, 1);
    expect(extra / lost).toBeCloseTo(0.1, 1);
    expect(lost - extra).toBe(losses);
  });
});
