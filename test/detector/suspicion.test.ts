import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import type { Detector } from '../../src/detector/detector.js';
import { PHI_MAX } from '../../src/detector/status.js';
import { crossingUs, suspicionOf } from '../../src/detector/user.js';
import { uniform } from '../support/uniform.js';
import { anyDetector, anyHistory, type Event, happen } from './history.js';
import { EPOCH_US, Scenario } from './scenario.js';

function lived(detector: Detector, history: readonly Event[]): Scenario {
  const scenario = new Scenario(detector);
  for (const event of history) happen(scenario, event);
  return scenario;
}

const anySilenceMs = fc.oneof(
  uniform(0, 100_000),
  uniform(0, 1e9),
  fc.constantFrom(0, 0.001, 90_000, Number.MAX_VALUE),
);

describe('for any history', () => {
  test('φ is finite, from 0 to φ max, and does not fall while silence grows', () => {
    fc.assert(
      fc.property(
        anyDetector,
        anyHistory,
        fc.array(anySilenceMs, { minLength: 2 }),
        (detector, history, silences) => {
          const { sessions } = suspicionOf(lived(detector, history).user, EPOCH_US, detector) ?? {
            sessions: [],
          };
          for (const { estimate } of sessions) {
            let previous = 0;
            for (const silenceMs of silences.toSorted((a, b) => a - b)) {
              const phi = detector.phi(silenceMs, estimate);
              expect(phi).toBeGreaterThanOrEqual(previous);
              expect(phi).toBeLessThanOrEqual(PHI_MAX);
              previous = phi;
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('φ at the deadline of x is x, where nothing caps the deadline', () => {
    let capped = 0;
    let exact = 0;
    const anyPhi = fc.oneof(uniform(0.01, 10), uniform(0.01, 300));
    fc.assert(
      fc.property(anyDetector, anyHistory, fc.array(anyPhi, { minLength: 5 }), (detector, history, phis) => {
        const { sessions } = suspicionOf(lived(detector, history).user, EPOCH_US, detector) ?? {
          sessions: [],
        };
        for (const { estimate } of sessions) {
          for (const phi of phis) {
            const deadlineMs = detector.deadlineMs(phi, estimate);
            expect(deadlineMs).toBeGreaterThanOrEqual(0);
            expect(deadlineMs).toBeLessThanOrEqual(detector.settings.maxSilenceMs);
            if (deadlineMs === detector.settings.maxSilenceMs || deadlineMs === 0) {
              expect(detector.phi(deadlineMs, estimate)).toBeGreaterThanOrEqual(phi);
              capped++;
            } else {
              // A location of 1e6 scales takes that many of the sixteen digits of z.
              const digitsLost = 1 + (estimate.locationMs / estimate.scaleMs) * 1e-6;
              const error = Math.abs(detector.phi(deadlineMs, estimate) - phi);
              expect(error).toBeLessThanOrEqual(1e-9 * Math.max(1, phi / 10) * digitsLost);
              exact++;
            }
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(capped, exact)).toBeGreaterThan(1000);
  });

  test('the user crosses a threshold at the crossing, not before it', () => {
    fc.assert(
      fc.property(anyDetector, anyHistory, uniform(1, 300), (detector, history, phi) => {
        const { user } = lived(detector, history);
        const suspicion = suspicionOf(user, EPOCH_US, detector);
        const atUs = suspicion && crossingUs(suspicion, phi, detector);
        if (atUs === undefined) return;
        const phiAt = (nowUs: number) => suspicionOf(user, nowUs, detector)?.phi as number;
        expect(phiAt(atUs + 1)).toBeGreaterThanOrEqual(phi * (1 - 1e-9));
        const lastUs = Math.max(...user.sessions.filter((s) => !s.left).map((s) => s.lastUs));
        if (atUs - 1 > lastUs) expect(phiAt(atUs - 1)).toBeLessThan(phi * (1 + 1e-9));
      }),
      { numRuns: 500 },
    );
  });

  test('a record stays in its ranges', () => {
    fc.assert(
      fc.property(anyDetector, anyHistory, (detector, history) => {
        const scenario = new Scenario(detector);
        for (const event of history) {
          const before = new Map(scenario.user.sessions.map((s) => [s.sessionId, s.lastUs]));
          const arrival = happen(scenario, event);
          for (const session of scenario.user.sessions) {
            const { window, owed, sequence, lastUs } = session;
            expect(lastUs).toBeGreaterThanOrEqual(before.get(session.sessionId) ?? 0);
            expect(owed).toBeGreaterThanOrEqual(0);
            expect(owed).toBeLessThanOrEqual(0xffff);
            expect(Number.isInteger(owed) && Number.isInteger(sequence)).toBe(true);
            expect(window.count).toBeLessThanOrEqual(detector.settings.window);
            // Intervals, not residuals: what is below zero never was one.
            if (session.declaredMs === 0) expect(Math.min(0, ...window.samplesMs())).toBe(0);
            const { expectedMs, locationMs, scaleMs } = detector.estimate(session);
            const stdDevMs = detector.stdDevMs(session);
            expect(expectedMs).toBeGreaterThanOrEqual(0);
            expect(stdDevMs).toBeGreaterThanOrEqual(0);
            if (detector.settings.model === 'adaptive') expect(scaleMs).toBeGreaterThan(0);
            else expect(scaleMs).toBeGreaterThanOrEqual(1);
            expect(Number.isFinite(expectedMs + stdDevMs + locationMs + scaleMs)).toBe(true);
          }
          if (arrival) expect(Number.isFinite(arrival.z)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what is older than the record changes nothing, and is all that is STALE', () => {
    let stale = 0;
    fc.assert(
      fc.property(anyDetector, anyHistory, (detector, history) => {
        const scenario = new Scenario(detector);
        for (const event of history) {
          const before = scenario.user.sessions.find((s) => s.sessionId === event.sessionId);
          const copy = structuredClone(before);
          const sinceUs = before && (before.left ? before.baseUs : before.lastUs);
          const arrival = happen(scenario, event);
          if (!arrival) continue;
          const isOlder = sinceUs !== undefined && scenario.arrivedUs < sinceUs;
          expect(Boolean(arrival.flags & ArrivalFlag.STALE)).toBe(isOlder);
          if (!isOlder) continue;
          expect(structuredClone(before)).toEqual(copy);
          expect(arrival.flags).toBe(ArrivalFlag.STALE);
          stale++;
        }
      }),
      { numRuns: 300 },
    );
    expect(stale).toBeGreaterThan(100);
  });
});
