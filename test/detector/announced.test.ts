import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANNOUNCED_FLAGS, ArrivalFlag } from '../../src/detector/arrival.js';
import { Detector } from '../../src/detector/detector.js';
import { REFIT_BEATS, WATCH_PHI } from '../../src/detector/shape.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../../src/detector/status.js';
import { SurvivalTable } from '../../src/detector/survival-table.js';
import { crossingUs, recordHeartbeat, suspicionOf, type UserSuspicion } from '../../src/detector/user.js';
import { anyAdaptiveDetector, anyDetector, anyHistory, anyLongHistory, happen } from './history.js';
import { detectorOf, EPOCH_US, GIVEN_MODEL_NAMES, heartbeatOf, MODELS, Scenario } from './scenario.js';

const { LATE, EARLIER } = ArrivalFlag;

describe('trackers are told', () => {
  test.each(GIVEN_MODEL_NAMES)('%s: nothing, while a client keeps its rhythm', (name) => {
    // The pause keeps the usual gaps below φ = 1, which one in ten would cross.
    const scenario = new Scenario(detectorOf({ ...MODELS[name], acceptablePauseMs: 1000 }));
    scenario.beats(24, 10_000, {}, 400);
    for (const { flags } of scenario.beats(240, 10_000, {}, 400)) expect(flags & ANNOUNCED_FLAGS).toBe(0);
  });

  test('adaptive: of the latest heartbeats of a client that keeps its rhythm, and when its shape is fitted anew', () => {
    const scenario = new Scenario(detectorOf(MODELS.adaptive));
    scenario.beats(24, 10_000, {}, 400);
    const announced = scenario.beats(240, 10_000, {}, 400).filter(({ flags }) => flags & ANNOUNCED_FLAGS);
    const late = announced.filter(({ flags }) => flags & LATE);
    expect(late.length).toBeLessThan(240 / 3);
    expect(announced.length - late.length).toBeLessThanOrEqual(Math.ceil(240 / REFIT_BEATS));
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

  test('adaptive: that a silence crossed the threshold of its watch, to the µs', () => {
    const scenario = new Scenario(detectorOf(MODELS.adaptive));
    scenario.beats(48, 10_000, {}, 400);
    expect(scenario.beat(scenario.estimate().watchMs - 0.002).flags & LATE).toBe(0);
    expect(scenario.beat(scenario.estimate().watchMs + 0.002).flags & LATE).toBe(LATE);
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

  const lives = [
    ['any history', anyDetector, anyHistory],
    ['any long history of adaptive', anyAdaptiveDetector, anyLongHistory],
  ] as const;

  test.each(lives)(
    'for %s, a crossing that moves earlier at an arrival is announced',
    (_, anyOne, anyLife) => {
      let earlier = 0;
      let onLattice = 0;
      fc.assert(
        fc.property(anyOne, anyLife, (detector, history) => {
          const scenario = new Scenario(detector);
          const crossings = () => {
            const suspicion = suspicionOf(scenario.user, EPOCH_US, detector);
            return PHIS.map((phi) => suspicion && crossingUs(suspicion, phi, detector));
          };
          let before = crossings();
          for (const event of history) {
            const arrival = happen(scenario, event);
            const after = crossings();
            if (arrival && arrival.flags & ArrivalFlag.ON_LATTICE) onLattice++;
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
      if (anyLife === anyLongHistory) expect(onLattice).toBeGreaterThan(1000);
    },
  );

  test.each(lives)(
    'for %s, LATE begins no later than the lowest watchable threshold',
    (_, anyOne, anyLife) => {
      fc.assert(
        fc.property(anyOne, anyLife, (detector, history) => {
          const scenario = new Scenario(detector);
          for (const event of history) {
            happen(scenario, event);
            for (const { estimate } of suspicionOf(scenario.user, EPOCH_US, detector)?.sessions ?? []) {
              const lowestMs = detector.deadlineMs(WATCHABLE_PHI_MIN, estimate);
              const watchMs = Math.max(0, Math.min(estimate.watchMs, detector.settings.maxSilenceMs));
              expect(watchMs).toBeLessThanOrEqual(lowestMs);
              if (detector.settings.model !== 'adaptive') expect(watchMs).toBe(lowestMs);
            }
          }
        }),
        { numRuns: 100 },
      );
    },
  );

  test('for any history, EARLIER is not cried in vain: some watchable crossing of the session did move', () => {
    fc.assert(
      fc.property(anyDetector, anyHistory, (detector, history) => {
        const scenario = new Scenario(detector);
        for (const event of history) {
          const before = suspicionOf(scenario.user, EPOCH_US, detector);
          const arrival = happen(scenario, event);
          if (!arrival || (arrival.flags & EARLIER) === 0) continue;
          // A shape fitted anew may move any crossing, and nobody looks which.
          const session = scenario.session(event.sessionId);
          if (session.adaptive && session.adaptive.beats % REFIT_BEATS === 0) continue;
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
          const phis = [...PHIS, ...phiAtMaxSilence(before, event.sessionId)];
          if (session.adaptive) phis.push(WATCH_PHI);
          expect(Math.min(...phis.map(moved))).toBeLessThan(ROUNDING_US);
        }

        /** The threshold from which on max_silence is the session's deadline: the other place to look. */
        function phiAtMaxSilence(user: UserSuspicion | undefined, sessionId: string): number[] {
          const found = user?.sessions.find((s) => s.session.sessionId === sessionId);
          if (!found) return [];
          const phi = detector.phi(detector.settings.maxSilenceMs - 1e-6, found.estimate);
          return phi > WATCHABLE_PHI_MIN && phi < WATCHABLE_PHI_MAX ? [phi] : [];
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each(lives)(
    'for %s, a heartbeat is LATE exactly when the silence that could be seen had reached the watch',
    (_, anyOne, anyLife) => {
      let late = 0;
      fc.assert(
        fc.property(anyOne, anyLife, (detector, history) => {
          const { maxSilenceMs } = detector.settings;
          const scenario = new Scenario(detector);
          for (const event of history) {
            const atUs = scenario.nowUs + Math.round(event.afterMs * 1000);
            // What a reader could see until it was recorded, which is later than it arrived where it is old news.
            const before = suspicionOf(
              scenario.user,
              Math.max(atUs, scenario.nowUs),
              detector,
            )?.sessions.find((s) => s.session.sessionId === event.sessionId);
            const arrival = happen(scenario, event);
            if (!arrival || !before || before.phi === undefined || atUs < before.session.lastUs) continue;
            if (arrival.flags & ArrivalFlag.FIRST_SEEN) continue;
            const { elapsedMs, estimate, phi } = before;
            const isLate = elapsedMs >= estimate.watchMs || elapsedMs >= maxSilenceMs;
            expect(arrival.flags & LATE).toBe(isLate ? LATE : 0);
            // Whoever watches the lowest threshold hears of it; under the models that know their tail, nobody else does.
            if (phi >= WATCHABLE_PHI_MIN + 1e-9) expect(isLate).toBe(true);
            if (detector.settings.model !== 'adaptive' && phi <= WATCHABLE_PHI_MIN - 1e-9)
              expect(isLate).toBe(false);
            expect(arrival.silenceMs).toBe((atUs - before.session.lastUs) / 1000);
            if (arrival.flags & LATE) late++;
          }
        }),
        { numRuns: 300 },
      );
      expect(late).toBeGreaterThan(300);
    },
  );
});

test('LATE follows new tables of the fleet, also of a session that is not fitted anew yet', () => {
  const scenario = new Scenario(detectorOf(MODELS.adaptive));
  scenario.beats(20, 10_000, {}, 400);
  const { settings, tables } = scenario.detector;
  // A fleet that turned out to be twice as regular.
  const halved = new SurvivalTable(tables.plain.zs.map((z) => z / 2));
  const next = new Detector(settings, 3, { plain: halved, lattice: halved });
  const session = scenario.session();
  const crossingMs = next.deadlineMs(WATCHABLE_PHI_MIN, next.estimate(session));
  expect(crossingMs).toBeLessThan(scenario.detector.deadlineMs(WATCHABLE_PHI_MIN, scenario.estimate()));
  const atUs = session.lastUs + Math.ceil(crossingMs * 1000) + 1;
  const heartbeat = { ...heartbeatOf({}), sessionId: session.sessionId };
  expect(recordHeartbeat(scenario.user, heartbeat, { atUs, nowUs: atUs }, next).flags & LATE).toBe(LATE);
});
