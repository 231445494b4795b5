import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import { HYSTERESIS, PHI_MAX, type Status, statusOf } from '../../src/detector/status.js';
import { crossingUs, SESSIONS_MAX, statusOfUser, suspicionOf } from '../../src/detector/user.js';
import { uniform } from '../support/uniform.js';
import { detectorOf, EPOCH_US, MODEL_NAMES, MODELS, Scenario } from './scenario.js';

const sessionIds = (scenario: Scenario) => scenario.user.sessions.map(({ sessionId }) => sessionId);

describe('sessions', () => {
  test('a new one is announced and leaves the others alone', () => {
    const scenario = new Scenario();
    scenario.beats(5, 10_000, { sessionId: 'phone' });
    const phone = structuredClone(scenario.session('phone'));
    expect(scenario.beat(3000, { sessionId: 'desk' }).flags).toBe(ArrivalFlag.FIRST_SEEN);
    expect(sessionIds(scenario)).toEqual(['phone', 'desk']);
    expect(structuredClone(scenario.session('phone'))).toEqual(phone);
  });

  test('silent for max_silence are forgotten when a new one appears, not before', () => {
    const scenario = new Scenario();
    scenario.beat(0, { sessionId: 'dead' });
    scenario.beat(1, { sessionId: 'nearly dead' });
    scenario.beat(89_999, { sessionId: 'nearly dead' });
    expect(sessionIds(scenario)).toEqual(['dead', 'nearly dead']);
    scenario.beat(89_999, { sessionId: 'new' });
    expect(sessionIds(scenario)).toEqual(['nearly dead', 'new']);
  });

  test('that left are kept for max_silence since they left', () => {
    const scenario = new Scenario();
    scenario.beat(0, { sessionId: 'left' });
    scenario.leave(60_000, 'left');
    scenario.beat(89_999, { sessionId: 'a' });
    expect(sessionIds(scenario)).toEqual(['left', 'a']);
    scenario.beat(1, { sessionId: 'b' });
    expect(sessionIds(scenario)).toEqual(['a', 'b']);
  });

  test('beyond the most that are kept, the most suspicious makes room: not the one silent the longest, if it beats rarely', () => {
    const scenario = new Scenario(detectorOf({ sessionsMax: 3, minSamples: 3 }));
    scenario.beats(10, 60_000, { sessionId: 'rare' });
    for (let i = 0; i < 10; i++) {
      scenario.beat(1_000, { sessionId: 'dying' });
      scenario.beat(0, { sessionId: 'alive' });
    }
    for (let i = 0; i < 8; i++) scenario.beat(1_000, { sessionId: 'alive' });
    const silences = scenario
      .suspicion(0)
      .sessions.map(({ session, elapsedMs }) => [session.sessionId, elapsedMs]);
    expect(silences).toEqual([
      ['rare', 18_000],
      ['dying', 8_000],
      ['alive', 0],
    ]);
    expect(scenario.beat(0, { sessionId: 'new' }).flags).toBe(
      ArrivalFlag.FIRST_SEEN | ArrivalFlag.DISPLACING,
    );
    expect(sessionIds(scenario)).toEqual(['rare', 'alive', 'new']);
    scenario.leave(1, 'new');
    scenario.beat(1, { sessionId: 'newer' });
    expect(sessionIds(scenario)).toEqual(['rare', 'alive', 'newer']);
  });

  test('are fewer from the next new one on, where fewer are to be kept than before', () => {
    const scenario = new Scenario();
    for (let i = 0; i < 5; i++) scenario.beat(100, { sessionId: `s${i}` });
    scenario.detector = detectorOf({ sessionsMax: 2 });
    scenario.beat(100, { sessionId: 'new' });
    expect(sessionIds(scenario)).toEqual(['s4', 'new']);
  });

  test('beyond the most that are kept, of equally suspicious ones the one silent the longest makes room', () => {
    const scenario = new Scenario();
    for (let i = 0; i < SESSIONS_MAX; i++) scenario.beat(100, { sessionId: `s${i}` });
    scenario.beat(100, { sessionId: 's0' });
    scenario.beat(100, { sessionId: 'new' });
    expect(sessionIds(scenario)).toHaveLength(SESSIONS_MAX);
    expect(sessionIds(scenario)).toContain('s0');
    expect(sessionIds(scenario)).not.toContain('s1');
    expect(sessionIds(scenario).at(-1)).toBe('new');
  });

  test('one may leave; no name means all', () => {
    const scenario = new Scenario();
    for (const sessionId of ['a', 'b', 'c']) scenario.beat(100, { sessionId });
    const left = () => scenario.user.sessions.filter((session) => session.left).map((s) => s.sessionId);
    expect([scenario.leave(1, 'b'), left()]).toEqual([true, ['b']]);
    expect([scenario.leave(1, 'nobody'), left()]).toEqual([false, ['b']]);
    expect([scenario.leave(1), left()]).toEqual([true, ['a', 'b', 'c']]);
    expect(scenario.leave(1)).toBe(false);
  });
});

describe('the suspicion of a user', () => {
  test('is that of the liveliest session', () => {
    const scenario = new Scenario();
    scenario.beats(20, 10_000, { sessionId: 'phone' }, 400);
    scenario.beat(12_000, { sessionId: 'desk' });
    const { phi, liveliest, sessions } = scenario.suspicion(1000);
    expect(sessions.map((each) => each.session.sessionId)).toEqual(['phone', 'desk']);
    expect(phi).toBe(Math.min(...sessions.map((each) => each.phi as number)));
    expect(liveliest).toBe(sessions[1]);
    expect(sessions[0]?.phi).toBeGreaterThan(3);
  });

  test('crosses a threshold when the last session does', () => {
    const scenario = new Scenario();
    scenario.beats(20, 10_000, { sessionId: 'phone' }, 400);
    scenario.beat(12_000, { sessionId: 'desk' });
    const crossings = scenario
      .suspicion()
      .sessions.map(
        ({ session, estimate }) => session.lastUs + 1000 * scenario.detector.deadlineMs(3, estimate),
      );
    const atUs = crossingUs(scenario.suspicion(), 3, scenario.detector) as number;
    expect(atUs).toBe(Math.max(...crossings));
    expect(scenario.phi((atUs - scenario.nowUs) / 1000 - 0.01)).toBeLessThan(3);
    expect(scenario.phi((atUs - scenario.nowUs) / 1000 + 0.01)).toBeGreaterThanOrEqual(3);
  });

  test('has no φ and no crossing once all left; until then those who left do not count', () => {
    const scenario = new Scenario();
    scenario.beat(0, { sessionId: 'phone' });
    scenario.beat(5000, { sessionId: 'desk' });
    expect(scenario.suspicion().leftUs).toBe(0);
    scenario.leave(100, 'desk');
    const { phi, liveliest, leftUs } = scenario.suspicion(1000);
    expect(liveliest.session.sessionId).toBe('phone');
    expect(phi).toBe(liveliest.phi);
    expect(leftUs).toBe(EPOCH_US + 5_100_000);
    expect(crossingUs(scenario.suspicion(), 3, scenario.detector)).toBeLessThan(EPOCH_US + 20_000_000);
    scenario.leave(100);
    const gone = scenario.suspicion(1000);
    expect([gone.phi, gone.liveliest.session.sessionId]).toEqual([undefined, 'desk']);
    expect([gone.lastSeenUs, gone.leftUs]).toEqual([EPOCH_US + 5_000_000, EPOCH_US + 5_200_000]);
    expect(crossingUs(gone, 3, scenario.detector)).toBeUndefined();
  });

  test('stays what it was when the next heartbeat comes: an answer is no window on the record', () => {
    const scenario = new Scenario();
    scenario.beats(5, 10_000);
    const suspicion = scenario.suspicion(1000);
    const before = structuredClone(suspicion);
    scenario.beat(20_000, { declaredMs: 60_000, origin: 'eu', sequence: 4 });
    scenario.leave(1);
    expect(suspicion).toEqual(before);
    expect(suspicion.liveliest.session.samples).toBe(4);
  });

  test('of nobody is nothing', () => {
    expect(suspicionOf(undefined, EPOCH_US, detectorOf())).toBeUndefined();
    expect(suspicionOf({ sessions: [] }, EPOCH_US, detectorOf())).toBeUndefined();
  });

  test('before the last heartbeat, by a clock that is behind, is that of no silence', () => {
    const scenario = new Scenario();
    scenario.beat(0);
    expect(scenario.suspicion(-5000)).toEqual(scenario.suspicion(0));
    expect(scenario.suspicion(-5000).liveliest.elapsedMs).toBe(0);
  });

  test.each(MODEL_NAMES)('%s: reaches φ max at max_silence, and every threshold by then', (name) => {
    const scenario = new Scenario(detectorOf(MODELS[name]));
    scenario.beat(0, { declaredMs: 600_000 });
    for (const phi of [0.5, 1, 3, 5, 8, 50, 300, PHI_MAX]) {
      expect(crossingUs(scenario.suspicion(), phi, scenario.detector)).toBe(EPOCH_US + 90_000_000);
    }
    expect(scenario.phi(89_999.999)).toBeLessThan(1);
    expect(scenario.phi(90_000)).toBe(PHI_MAX);
    expect(scenario.phi(1e12)).toBe(PHI_MAX);
  });
});

describe('the status', () => {
  const thresholds = { suspect: 3, offline: 5 };
  test.each<[number, Status | undefined, Status]>([
    [0, undefined, 'ONLINE'],
    [2.999, undefined, 'ONLINE'],
    [3, undefined, 'SUSPECT'],
    [4.999, 'ONLINE', 'SUSPECT'],
    [5, 'ONLINE', 'OFFLINE'],
    [5, 'SUSPECT', 'OFFLINE'],
    [PHI_MAX, undefined, 'OFFLINE'],
    // Down only at 0.9 of the threshold that was crossed.
    [2.71, 'SUSPECT', 'SUSPECT'],
    [2.69, 'SUSPECT', 'ONLINE'],
    [4.51, 'OFFLINE', 'OFFLINE'],
    [4.49, 'OFFLINE', 'SUSPECT'],
    [2.71, 'OFFLINE', 'SUSPECT'],
    [2.69, 'OFFLINE', 'ONLINE'],
    // Hysteresis holds nobody up who was not there.
    [2.9, 'ONLINE', 'ONLINE'],
    [2.9, 'UNKNOWN', 'ONLINE'],
    [4.9, 'SUSPECT', 'SUSPECT'],
    [4.9, 'UNKNOWN', 'SUSPECT'],
  ])('φ %d after %s is %s', (phi, previous, expected) => {
    expect(statusOf(phi, thresholds, previous)).toBe(expected);
  });

  test('with equal thresholds is never SUSPECT', () => {
    for (const phi of [0, 4.49, 4.51, 4.99, 5, 6]) {
      for (const previous of [undefined, 'ONLINE', 'OFFLINE'] as const) {
        expect(statusOf(phi, { suspect: 5, offline: 5 }, previous)).not.toBe('SUSPECT');
      }
    }
  });

  const rank = { UNKNOWN: -1, ONLINE: 0, SUSPECT: 1, OFFLINE: 2 };
  const anyPhi = uniform(0, 12);
  const anyThresholds = fc
    .tuple(uniform(0.1, 10), uniform(1, 3))
    .map(([suspect, factor]) => ({ suspect, offline: suspect * factor }));
  const anyPrevious = fc.constantFrom(undefined, 'UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE');

  test('does not fall while φ rises, whatever it was before', () => {
    fc.assert(
      fc.property(anyPhi, anyPhi, anyThresholds, anyPrevious, (a, b, pair, previous) => {
        const low = rank[statusOf(Math.min(a, b), pair, previous)];
        expect(rank[statusOf(Math.max(a, b), pair, previous)]).toBeGreaterThanOrEqual(low);
      }),
    );
  });

  test('settles: a φ that wobbles within the hysteresis changes it once at most', () => {
    const wobble = fc.array(uniform(0, 1), { minLength: 2 });
    fc.assert(
      fc.property(wobble, uniform(1.2, 10), (wobbles, suspect) => {
        let previous: Status | undefined;
        let changes = 0;
        for (const share of wobbles) {
          const phi = suspect * (HYSTERESIS + 0.0001 + share * 0.15);
          const status = statusOf(phi, { suspect, offline: 2 * suspect }, previous);
          if (previous && status !== previous) changes++;
          previous = status;
        }
        expect(changes).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('of a user: UNKNOWN when never seen, OFFLINE once all left, else by φ', () => {
    const scenario = new Scenario();
    expect(statusOfUser(undefined, thresholds, 'OFFLINE')).toBe('UNKNOWN');
    scenario.beat(0);
    expect(statusOfUser(scenario.suspicion(5000), thresholds)).toBe('ONLINE');
    const suspectMs = scenario.detector.deadlineMs(3, scenario.estimate());
    expect(statusOfUser(scenario.suspicion(suspectMs + 1), thresholds)).toBe('SUSPECT');
    expect(statusOfUser(scenario.suspicion(90_000), thresholds)).toBe('OFFLINE');
    expect(statusOfUser(scenario.suspicion(suspectMs - 100), thresholds, 'SUSPECT')).toBe('SUSPECT');
    scenario.leave(1);
    expect(statusOfUser(scenario.suspicion(), thresholds, 'ONLINE')).toBe('OFFLINE');
  });
});
