import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Detector, type DetectorSettings } from '../../../src/detector/detector.js';
import type { Status } from '../../../src/detector/status.js';
import {
  crossingUs,
  recordHeartbeat,
  recordLeave,
  statusOfUser,
  suspicionOf,
  type UserRecord,
} from '../../../src/detector/user.js';
import { Judgement } from '../../../src/presence/watching/judgement.js';
import { received } from '../../support/heartbeat.js';
import { seeded } from '../../support/replay.js';
import { namespaceSettings } from '../../support/settings.js';

const { POSITIVE_INFINITY: NEVER } = Number;
const START_US = 1_700_000_000_000_000;

const anySession = fc.record({
  gapsMs: fc.array(fc.integer({ min: 100, max: 5_000 }), { maxLength: 20 }),
  hasLeft: fc.boolean(),
});
const anyUser = fc.record({
  detector: fc.constantFrom<Partial<DetectorSettings>>(
    { model: 'adaptive' },
    { model: 'normal' },
    { model: 'exponential' },
  ),
  sessions: fc.array(anySession, { maxLength: 3 }),
  silenceMs: fc.integer({ min: 0, max: 20_000 }),
  thresholds: fc
    .tuple(fc.double({ min: 1, max: 12, noNaN: true }), fc.double({ min: 0, max: 8, noNaN: true }))
    .map(([suspect, more]) => ({ suspect, offline: suspect + more })),
  previous: fc.constantFrom<Status | undefined>(undefined, 'UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE'),
});

function recordOf(
  sessions: readonly { readonly gapsMs: readonly number[]; readonly hasLeft: boolean }[],
  detector: Detector,
): { record: UserRecord; lastUs: number } {
  const record: UserRecord = { sessions: [] };
  let lastUs = START_US;
  sessions.forEach(({ gapsMs, hasLeft }, i) => {
    let nowUs = START_US;
    for (const gapMs of [0, ...gapsMs]) {
      nowUs += gapMs * 1000;
      recordHeartbeat(record, received({ sessionId: `s${i}` }), { atUs: nowUs, nowUs }, detector);
    }
    if (hasLeft) recordLeave(record, `s${i}`, nowUs);
    lastUs = Math.max(lastUs, nowUs);
  });
  return { record, lastUs };
}

describe('Judgement', () => {
  it('says of any reading what an assessment says of it', () => {
    const judgement = new Judgement();
    fc.assert(
      fc.property(anyUser, ({ sessions, silenceMs, thresholds, previous, ...user }) => {
        const detector = new Detector(namespaceSettings(user.detector).detector, 3);
        const { record, lastUs } = recordOf(sessions, detector);
        const nowUs = lastUs + silenceMs * 1000;
        // The one before must leave no trace.
        judgement.read({ nowUs, record }, detector);
        const suspicion = suspicionOf(record, nowUs, detector);
        const status = statusOfUser(suspicion, thresholds, previous);
        expect(judgement.status(thresholds, previous)).toBe(status);
        expect([judgement.lastSeenUs, judgement.leftUs]).toEqual([
          suspicion?.lastSeenUs ?? 0,
          suspicion?.leftUs ?? 0,
        ]);
        expect(judgement.hasLeft).toBe(suspicion !== undefined && suspicion.phi === undefined);
        const phi = status === 'ONLINE' ? thresholds.suspect : thresholds.offline;
        const isAhead = status === 'ONLINE' || status === 'SUSPECT';
        const crossing = isAhead && suspicion ? (crossingUs(suspicion, phi, detector) ?? NEVER) : NEVER;
        const nextUs = judgement.nextCrossingUs(status, thresholds);
        // At the next whole µs after it, and never in the past.
        expect(nextUs).toBe(isAhead ? Math.floor(Math.max(0, crossing - nowUs)) + nowUs + 1 : NEVER);
      }),
      { ...seeded(), numRuns: 500 },
    );
  });

  it('knows nothing of nobody, whoever was read before', () => {
    const detector = new Detector(namespaceSettings().detector, 3);
    const judgement = new Judgement();
    const { record, lastUs } = recordOf([{ gapsMs: [1_000, 1_000], hasLeft: false }], detector);
    const thresholds = { suspect: 3, offline: 5 };
    judgement.read({ nowUs: lastUs, record }, detector);
    expect(judgement.status(thresholds, undefined)).toBe('ONLINE');
    expect(judgement.nextCrossingUs('ONLINE', thresholds)).toBeGreaterThan(lastUs);
    for (const nothing of [undefined, { sessions: [] }]) {
      judgement.read({ nowUs: lastUs, record: nothing }, detector);
      expect(judgement.status(thresholds, 'ONLINE')).toBe('UNKNOWN');
      expect(judgement.nextCrossingUs('UNKNOWN', thresholds)).toBe(NEVER);
      expect([judgement.lastSeenUs, judgement.leftUs, judgement.hasLeft]).toEqual([0, 0, false]);
    }
  });
});
