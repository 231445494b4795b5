import { describe, expect, test } from 'vitest';
import { recordHeartbeat } from '../../src/detector/user.js';
import { detectorOf, MODELS, Scenario } from './scenario.js';

const phone = { sessionId: 'phone' };
const again = { sessionId: 'phone again' };

describe('a new session of a user under the adaptive model', () => {
  const learned = (declaredMs = 0) => {
    const scenario = new Scenario(detectorOf(MODELS.adaptive));
    scenario.beats(100, declaredMs || 6000, { ...phone, declaredMs }, 200);
    return scenario;
  };

  test('after the last one fell silent goes on with what was learned of it', () => {
    const scenario = learned();
    const before = scenario.estimate('phone');
    scenario.beat(9000, again);
    expect(scenario.estimate(again.sessionId)).toMatchObject({
      warming: false,
      locationMs: before.locationMs,
      scaleMs: before.scaleMs,
      shape: before.shape,
    });
  });

  test('does not share what it learns with the one it took over from', () => {
    const scenario = learned();
    const before = structuredClone(scenario.session('phone').adaptive);
    scenario.beat(9000, again);
    scenario.beats(40, 12_000, again);
    scenario.beat(0, phone);
    scenario.beats(5, 3000, again);
    expect(before?.beyond).not.toBe(scenario.session(again.sessionId).adaptive?.beyond);
    expect(scenario.session(again.sessionId).adaptive?.meanMs).toBeGreaterThan(6500);
  });

  test('after the last one left goes on with what was learned of it, however soon', () => {
    const scenario = learned();
    const { locationMs } = scenario.estimate('phone');
    scenario.leave(100, 'phone');
    scenario.beat(100, again);
    expect(scenario.estimate(again.sessionId)).toMatchObject({ warming: false, locationMs });
  });

  test('beside one that beats is a second device: it begins with nothing', () => {
    const scenario = learned();
    scenario.beat(3000, { sessionId: 'desk' });
    expect(scenario.estimate('desk')).toMatchObject({ warming: true, locationMs: 10_000 });
    expect(scenario.session('desk').adaptive).toMatchObject({ learned: 0, beats: 0 });
  });

  test('is the rhythm of the one heard last, when there were several', () => {
    const scenario = learned();
    scenario.beats(50, 1000, { sessionId: 'desk' });
    // The phone is 50 s overdue, the desk two.
    scenario.beat(3000, again);
    expect(scenario.estimate(again.sessionId).locationMs).toBeCloseTo(1000, -2);
  });

  test('that declares another interval expects that one, by the same lateness', () => {
    const scenario = learned(10_000);
    const before = scenario.estimate('phone');
    scenario.beat(20_000, { ...again, declaredMs: 30_000 });
    const after = scenario.estimate(again.sessionId);
    expect(after.warming).toBe(false);
    expect(after.locationMs - 30_000).toBeCloseTo(before.locationMs - 10_000, 6);
  });
});

describe('the model of a namespace', () => {
  /** The records of one detector go on under another. */
  const switched = (from: Scenario, to: keyof typeof MODELS) => {
    const scenario = new Scenario(detectorOf(MODELS[to]));
    scenario.user.sessions.push(...from.user.sessions);
    scenario.nowUs = from.nowUs;
    return scenario;
  };
  const known = (declaredMs: number) => {
    const scenario = new Scenario(detectorOf(MODELS.normal));
    scenario.beats(40, 4000, { declaredMs }, 200);
    return scenario;
  };

  test('switched to adaptive: begins with the mean of the window', () => {
    const before = known(0);
    expect(before.session().adaptive).toBeUndefined();
    const scenario = switched(before, 'adaptive');
    const meanMs = before.session().window.meanMs;
    scenario.beat(4000);
    const { adaptive } = scenario.session();
    expect(adaptive?.meanMs).toBeCloseTo(meanMs, -2);
    expect(adaptive?.slowMs).toBeCloseTo(meanMs, -2);
  });

  test('switched to adaptive while an interval is declared: expects that, and the prior when it is no longer', () => {
    const scenario = switched(known(4000), 'adaptive');
    scenario.beat(4000, { declaredMs: 4000 });
    expect(scenario.session().adaptive?.meanMs).toBeCloseTo(4000, -2);
    expect(scenario.session().adaptive?.slowMs).toBe(10_000);
  });

  test('switched to adaptive while an interval is declared: and the rhythm from before, where there was one', () => {
    const before = known(0);
    before.beat(4000, { declaredMs: 30_000 });
    const scenario = switched(before, 'adaptive');
    scenario.beat(30_000, { declaredMs: 30_000 });
    expect(scenario.session().adaptive?.slowMs).toBeCloseTo(4000, -2);
  });

  test('switched to adaptive: may be asked about before the next heartbeat, and that changes no record', () => {
    const scenario = switched(known(0), 'adaptive');
    expect(scenario.suspicion(1000).liveliest.estimate.expectedMs).toBeGreaterThan(0);
    expect(scenario.session().adaptive).toBeUndefined();
  });

  test('switched away from adaptive: what it learned is dropped with the next heartbeat', () => {
    const from = new Scenario(detectorOf(MODELS.adaptive));
    from.beats(40, 4000);
    const scenario = switched(from, 'normal');
    expect(scenario.session().adaptive).toBeDefined();
    const time = { atUs: scenario.nowUs + 4e6, nowUs: scenario.nowUs + 4e6 };
    const heartbeat = { userId: 'u', sessionId: 's', sequence: 0, declaredMs: 0, activity: 0, origin: '' };
    recordHeartbeat(scenario.user, heartbeat, time, scenario.detector);
    expect(scenario.session().adaptive).toBeUndefined();
  });
});
