import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANNOUNCED_FLAGS, ArrivalFlag } from '../../src/detector/session.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../../src/detector/status.js';
import { crossingUs, suspicionOf, type UserSuspicion } from '../../src/detector/user.js';
import { anyDetector, anyHistory, happen } from './history.js';
import { detectorOf, EPOCH_US, MODEL_NAMES, MODELS, Scenario } from './scenario.js';

const { LATE, EARLIER } = ArrivalFlag;

describe('trackers are told', () => {
  test.each(MODEL_NAMES)('%s: nothing, while a client keeps its rhythm', (name) => {
    // The pause keeps the usual gaps below φ = 1, which one in ten would cross.
    const scenario = new Scenario(detectorOf({ ...MODELS[name], acceptablePauseMs: 1000 }));
    scenario.beats(24, 10_000, {}, 400);
    for (const { flags } of scenario.beats(240, 10_000, {}, 400)) expect(flags & ANNOUNCED_FLAGS).toBe(0);
  });

  test('that an interval shorter than the last is declared', () => {
    const scenario = new Scenario();
    scenario.beats(3, 60_000, { declaredMs: 60_000 });
    expect(scenario.beat(30_000, { declaredMs: 60_000 }).flags & ANNOUNCED_FLAGS).toBe(0);
    expect(scenario.beat(30_000, { declaredMs: 10_000 }).flags & EARLIER).toBe(EARLIER);
  });

  test('that the scale shrank, though only the highest thresholds are crossed earlier', () => {
    // A window of three, which the one long gap leaves.
    const scenario = new Scenario(detectorOf({ window: 3, minSamples: 1, maxSilenceMs: 86_400_000 }, 300));
    scenario.beat(0);
    scenario.beat(10_000);
    scenario.beat(12_000);
    scenario.beats(2, 10_000);
    const crossing = (phi: number) => crossingUs(scenario.suspicion(), phi, scenario.detector) as number;
    const before = { lowest: crossing(WATCHABLE_PHI_MIN), highest: crossing(WATCHABLE_PHI_MAX) };
    expect(scenario.beat(10_000).flags & EARLIER).toBe(EARLIER);
    expect(crossing(WATCHABLE_PHI_MIN)).toBeGreaterThan(before.lowest);
    expect(crossing(WATCHABLE_PHI_MAX)).toBeLessThan(before.highest);
  });

  test('that a silence crossed the lowest watchable threshold, to the µs', () => {
    const scenario = new Scenario();
    scenario.beats(48, 10_000, {}, 400);
    const beforeMs = scenario.detector.deadlineMs(WATCHABLE_PHI_MIN, scenario.estimate());
    expect(scenario.beat(beforeMs - 0.002).flags & LATE).toBe(0);
    const afterMs = scenario.detector.deadlineMs(WATCHABLE_PHI_MIN, scenario.estimate());
    expect(scenario.beat(afterMs + 0.002).flags & LATE).toBe(LATE);
  });

  test('that max_silence was reached, whatever the model says', () => {
    const scenario = new Scenario();
    scenario.beat(0, { declaredMs: 600_000 });
    expect(scenario.beat(89_999, { declaredMs: 600_000 }).flags & LATE).toBe(0);
    expect(scenario.beat(90_000, { declaredMs: 600_000 }).flags & LATE).toBe(LATE);
  });
});

describe('a tracker may sleep until the crossing it knows', () => {
  const PHIS = [WATCHABLE_PHI_MIN, 1.3, 2, 3, 4, 5, 8, 12, 20, 50, 100, 200, WATCHABLE_PHI_MAX];

  /** Today's date in µs has a resolution of 1/4 µs, and a crossing is a sum of such. */
  const ROUNDING_US = 1;

  test('for any history, a crossing that moves earlier at an arrival is announced', () => {
    let earlier = 0;
    fc.assert(
      fc.property(anyDetector, anyHistory, (detector, history) => {
        const scenario = new Scenario(detector);
        const crossings = () => {
          const suspicion = suspicionOf(scenario.user, EPOCH_US, detector);
          return PHIS.map((phi) => suspicion && crossingUs(suspicion, phi, detector));
        };
        let before = crossings();
        for (const event of history) {
          const arrival = happen(scenario, event);
          const after = crossings();
          if (arrival && (arrival.flags & ANNOUNCED_FLAGS) === 0) {
            for (const [i, phi] of PHIS.entries()) {
              // Who left has no crossing: a return out of that is a crossing that appears.
              const known = before[i] ?? Number.POSITIVE_INFINITY;
              const now = after[i] ?? Number.POSITIVE_INFINITY;
              expect({ phi, movedUs: now < known - ROUNDING_US ? now - known : 0 }).toEqual({
                phi,
                movedUs: 0,
              });
            }
          } else if (arrival && after.some((now, i) => now !== undefined && now < (before[i] ?? 0)))
            earlier++;
          before = after;
        }
      }),
      { numRuns: 500 },
    );
    // The histories are such that it happens all the time.
    expect(earlier).toBeGreaterThan(300);
  });

  test('for any history, EARLIER is not cried in vain: some watchable crossing of the session did move', () => {
    fc.assert(
      fc.property(anyDetector, anyHistory, (detector, history) => {
        const scenario = new Scenario(detector);
        for (const event of history) {
          const before = suspicionOf(scenario.user, EPOCH_US, detector);
          const arrival = happen(scenario, event);
          if (!arrival || (arrival.flags & EARLIER) === 0) continue;
          const after = suspicionOf(scenario.user, EPOCH_US, detector);
          const moved = (phi: number) => {
            const known = sessionCrossingUs(before, event.sessionId, phi);
            const now = sessionCrossingUs(after, event.sessionId, phi);
            return now - known;
          };
          const sessionCrossingUs = (user: UserSuspicion | undefined, sessionId: string, phi: number) => {
            const found = user?.sessions.find((s) => s.session.sessionId === sessionId);
            if (!found) throw new Error('EARLIER without a session before it');
            return found.session.lastUs + 1000 * detector.deadlineMs(phi, found.estimate);
          };
          expect(Math.min(...[...PHIS, ...phiAtMaxSilence(before, event.sessionId)].map(moved))).toBeLessThan(
            ROUNDING_US,
          );
        }

        /** The threshold from which on max_silence is the session's deadline: the other place to look. */
        function phiAtMaxSilence(user: UserSuspicion | undefined, sessionId: string): number[] {
          const found = user?.sessions.find((s) => s.session.sessionId === sessionId);
          if (!found) return [];
          const z = (detector.settings.maxSilenceMs - found.estimate.locationMs) / found.estimate.scaleMs;
          const phi = detector.survival.phi(z);
          return phi > WATCHABLE_PHI_MIN && phi < WATCHABLE_PHI_MAX ? [phi] : [];
        }
      }),
      { numRuns: 300 },
    );
  });

  test('for any history, a heartbeat is LATE exactly when the silence that could be seen had crossed the lowest threshold', () => {
    let late = 0;
    fc.assert(
      fc.property(anyDetector, anyHistory, (detector, history) => {
        const scenario = new Scenario(detector);
        for (const event of history) {
          const atUs = scenario.nowUs + Math.round(event.afterMs * 1000);
          // What a reader could see until it was recorded, which is later than it arrived where it is old news.
          const before = suspicionOf(scenario.user, Math.max(atUs, scenario.nowUs), detector)?.sessions.find(
            (s) => s.session.sessionId === event.sessionId,
          );
          const arrival = happen(scenario, event);
          if (!arrival || !before || before.phi === undefined || atUs < before.session.lastUs) continue;
          if (arrival.flags & ArrivalFlag.FIRST_SEEN) continue;
          if (before.phi >= WATCHABLE_PHI_MIN + 1e-9) expect(arrival.flags & LATE).toBe(LATE);
          if (before.phi <= WATCHABLE_PHI_MIN - 1e-9) expect(arrival.flags & LATE).toBe(0);
          expect(arrival.silenceMs).toBe((atUs - before.session.lastUs) / 1000);
          if (arrival.flags & LATE) late++;
        }
      }),
      { numRuns: 300 },
    );
    expect(late).toBeGreaterThan(300);
  });
});
