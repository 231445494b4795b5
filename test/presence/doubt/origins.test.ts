import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../../src/detector/arrival.js';
import { Sight } from '../../../src/detector/sight.js';
import { MassSilence } from '../../../src/presence/doubt/mass-silence.js';
import { received } from '../../support/heartbeat.js';
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

  it('only ends what it found itself', () => {
    const massSilence = newMassSilence();
    hear(
      massSilence,
      Array.from({ length: 200 }, (_, i) => arrival(1_000 + i, 500)),
    );
    const hold = { namespace: 'web', origin: 'gw', cause: 'silence' as const, fromUs: SECOND_US };
    massSilence.take({ ...hold, untilUs: 20 * SECOND_US, releaseUs: 0 }, SECOND_US);
    expect(massSilence.look(1.6 * SECOND_US)).toEqual([]);
    // Everybody this node missed is heard again: that says nothing of those another node misses.
    const was = { atUs: 1.55 * SECOND_US, origin: 'gw' };
    hear(
      massSilence,
      Array.from({ length: 200 }, (_, i) => arrival(1_700 + i, 5_000, { was })),
    );
    expect(massSilence.look(2 * SECOND_US)).toEqual([]);
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
