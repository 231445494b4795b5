import { beforeEach, describe, expect, it } from 'vitest';
import { type Arrival, ArrivalFlag } from '../../../src/detector/arrival.js';
import { NOT_DUE } from '../../../src/detector/due.js';
import { newSession } from '../../../src/detector/session.js';
import { Sight } from '../../../src/detector/sight.js';
import { MassSilence } from '../../../src/presence/doubt/mass-silence.js';
import type { Hold, Reading } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { storeNamespace } from '../../support/settings.js';
import { arrival } from './arrival.js';

const SECOND_US = 1_000_000;
const LEAST = { share: 0.25, usersMin: 20 };

/** Each of another user. */
function hear(massSilence: MassSilence, arrivals: readonly Arrival[]): void {
  massSilence.hear(
    arrivals.map((_, i) => received({ userId: `user-${i}` })),
    arrivals,
  );
}

describe('mass silence', () => {
  const settings = { ...LEAST, holdMs: 10_000, releasePerSecond: 100 };
  const newMassSilence = (overrides: Partial<typeof settings> = {}) =>
    new MassSilence({
      namespace: 'web',
      settings: { ...settings, ...overrides },
      expectedIntervalMs: 1_000,
      maxSilenceMs: 10_000,
      sight: new Sight(),
    });

  it('counts a thousand origins, and says of how many heartbeats it does not', () => {
    const massSilence = newMassSilence();
    const of = (origin: string) => arrival(1_000, 1_000, { is: { atUs: 2 * SECOND_US, origin } });
    hear(
      massSilence,
      Array.from({ length: 1_000 }, (_, i) => of(`gw-${i}`)),
    );
    expect(massSilence.origins.counts.uncounted).toBe(0);
    hear(massSilence, [of('one-more'), of('gw-7'), of('another')]);
    expect(massSilence.origins.counts.uncounted).toBe(2);
    expect([
      massSilence.origins.live('gw-7', SECOND_US),
      massSilence.origins.live('another', SECOND_US),
    ]).toEqual([2, 0]);
    // Room is made by those of which nothing was heard for long.
    massSilence.look(60 * SECOND_US);
    hear(massSilence, [of('another')]);
    expect(massSilence.origins.counts.uncounted).toBe(2);
  });

  it('is switched off by a hold of nothing', () => {
    const massSilence = newMassSilence({ holdMs: 0 });
    hear(
      massSilence,
      Array.from({ length: 100 }, () => arrival(1_000, 1_000)),
    );
    expect(massSilence.origins.live('gw', SECOND_US)).toBe(0);
    expect(massSilence.look(3 * SECOND_US)).toEqual([]);
  });

  it('knows a hold of another node, and not one that it hears of after its end', () => {
    const massSilence = newMassSilence();
    const hold = {
      namespace: 'web',
      origin: 'gw',
      cause: 'silence' as const,
      fromUs: 0,
      untilUs: 5 * SECOND_US,
      releaseUs: SECOND_US,
    };
    expect(massSilence.take(hold, SECOND_US)).toBe('begun');
    expect(massSilence.take(hold, SECOND_US)).toBeUndefined();
    expect(massSilence.take({ ...hold, untilUs: 3 * SECOND_US }, SECOND_US)).toBe('changed');
    expect(massSilence.take({ ...hold, origin: 'other' }, 6 * SECOND_US)).toBeUndefined();
    const crossing = {
      userId: 'u',
      origin: 'gw',
      origins: ['gw'],
      dueUs: SECOND_US,
      atUs: 2 * SECOND_US,
      nowUs: 2 * SECOND_US,
    };
    const untilUs = massSilence.offlineWithheldUntilUs(crossing);
    expect(untilUs).toBeGreaterThanOrEqual(3 * SECOND_US);
    expect(untilUs).toBeLessThan(4 * SECOND_US);
    expect(massSilence.suspectWithheldUntilUs(crossing)).toBe(Number.NEGATIVE_INFINITY);
    expect(massSilence.ended(3 * SECOND_US)).toEqual([{ ...hold, untilUs: 3 * SECOND_US }]);
    expect(massSilence.ended(3 * SECOND_US)).toEqual([]);
  });

  it('what ended a silence that was doubted is not usual', () => {
    const massSilence = newMassSilence();
    const was = { atUs: 2 * SECOND_US, origin: 'gw' };
    const onTime = { atUs: 9.1 * SECOND_US, origin: 'gw' };
    const [doubted, other] = [arrival(9_000, 1_000, { was }), arrival(9_000, 1_000, { was: onTime })];
    expect(massSilence.usual([doubted, other])).toEqual([doubted, other]);
    const hold = { namespace: 'web', origin: 'gw', cause: 'silence' as const, fromUs: SECOND_US };
    massSilence.take({ ...hold, untilUs: 5 * SECOND_US, releaseUs: 0 }, SECOND_US);
    expect(massSilence.usual([doubted, other])).toEqual([other]);
  });
});

describe('a silence of many', () => {
  const USERS = 100;
  const INTERVAL_MS = 1_000;
  const userOf = (i: number) => `user-${i}`;
  let massSilence: MassSilence;
  /** What the store knows: when each user was heard, by whatever node, µs. */
  let heardUs: Map<string, number>;
  /** Who was heard by another node last. */
  let away: Set<string>;
  let nowMs: number;

  beforeEach(() => {
    massSilence = new MassSilence({
      namespace: 'web',
      settings: { ...LEAST, holdMs: 60_000, releasePerSecond: 100 },
      expectedIntervalMs: INTERVAL_MS,
      maxSilenceMs: 10_000,
      sight: new Sight(),
    });
    heardUs = new Map();
    away = new Set();
    nowMs = 0;
    live(5_000, here);
  });

  const here = () => 'here';
  const cut = () => 'nowhere';
  const elsewhere = () => 'elsewhere';

  /** Each user beats once a second, in turn. Returns the holds that begin or change. */
  function live(ms: number, where: (user: number) => string): Hold[] {
    const holds: Hold[] = [];
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += INTERVAL_MS / USERS) {
      const user = (nowMs / (INTERVAL_MS / USERS)) % USERS;
      const place = where(user);
      if (place === 'here') {
        const was = heardUs.has(userOf(user)) ? { atUs: (nowMs + 50) * 1_000, origin: 'gw' } : NOT_DUE;
        const flags = away.delete(userOf(user)) ? ArrivalFlag.FOREIGN : 0;
        massSilence.hear([received({ userId: userOf(user) })], [arrival(nowMs, 1_050, { was, flags })]);
      }
      if (place === 'elsewhere') away.add(userOf(user));
      if (place !== 'nowhere') heardUs.set(userOf(user), nowMs * 1_000);
      if (nowMs % 100 === 0) holds.push(...ask());
    }
    return holds;
  }

  /** Looks, and lets the store answer. */
  function ask(): Hold[] {
    const nowUs = nowMs * 1_000;
    return massSilence.look(nowUs).flatMap((call) => {
      const hold = massSilence.answer(call, call.names.map(readingOf), nowUs);
      if (!hold) return [];
      massSilence.take(hold, nowUs);
      return [hold];
    });
  }

  function readingOf({ userId }: { userId: string }): Reading {
    const session = newSession(received({ userId }), heardUs.get(userId) ?? 0, storeNamespace().detector);
    return { nowUs: nowMs * 1_000, record: { sessions: [session] } };
  }

  it('of users who went over to another node is none', () => {
    expect(live(10_000, elsewhere)).toEqual([]);
    expect(massSilence.origins.counts.refuted).toBeGreaterThan(0);
    expect(massSilence.counts.trips).toBe(0);
  });

  it('is none either where each heartbeat comes through another node, and is found there when half of them are cut off', () => {
    let beats = 0;
    const hereAndThere = () => (Math.floor(++beats * 0.618) % 2 === 0 ? 'here' : 'elsewhere');
    expect(live(20_000, hereAndThere)).toEqual([]);
    expect(live(5_000, (user) => (user % 2 === 0 ? 'nowhere' : hereAndThere()))).toHaveLength(1);
  });

  it('is suspected before it is confirmed, which other nodes are to know', () => {
    expect(massSilence.origins.suspectedSinceUs).toBe(Number.POSITIVE_INFINITY);
    const fromUs = nowMs * 1_000;
    while (massSilence.look(nowMs * 1_000).length === 0 && nowMs < 7_000) nowMs += 100;
    expect(massSilence.origins.suspectedSinceUs).toBeGreaterThanOrEqual(fromUs);
    expect(massSilence.origins.suspectedSinceUs).toBeLessThan(nowMs * 1_000);
  });

  it('ends when they are heard again, by whatever node', () => {
    expect(live(5_000, cut)).toHaveLength(1);
    const [ended, ...more] = live(5_000, elsewhere);
    expect(ended?.untilUs).toBeLessThan((nowMs - 1_000) * 1_000);
    expect(more).toEqual([]);
  });

  it('goes on while the store does not know them any more', () => {
    expect(live(5_000, cut)).toHaveLength(1);
    const calls = massSilence.look((nowMs + 1_000) * 1_000);
    expect(calls.map((call) => massSilence.answer(call, [], nowMs * 1_000))).toEqual([undefined]);
  });

  it('that begins while the last one ends is another one', () => {
    live(5_000, cut);
    const ended: Hold[] = [];
    while (ended.length === 0) ended.push(...live(100, here));
    live(800, here);
    const [again] = live(2_000, cut);
    expect(again?.untilUs).toBeGreaterThan((nowMs + 50_000) * 1_000);
  });

  it('that another node found is not ended by the one that this node found before', () => {
    live(5_000, cut);
    live(10_000, here);
    const nowUs = nowMs * 1_000;
    const untilUs = nowUs + 60 * SECOND_US;
    massSilence.take(
      { namespace: 'web', origin: 'gw', cause: 'silence', fromUs: nowUs, untilUs, releaseUs: 0 },
      nowUs,
    );
    expect(live(5_000, here)).toEqual([]);
  });
});
