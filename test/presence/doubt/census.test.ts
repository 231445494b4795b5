import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrival, ArrivalFlag } from '../../../src/detector/arrival.js';
import { NOT_DUE } from '../../../src/detector/due.js';
import { Sight } from '../../../src/detector/sight.js';
import { BucketCounts } from '../../../src/presence/doubt/bucket-counts.js';
import { Census } from '../../../src/presence/doubt/census.js';
import { MassSilence } from '../../../src/presence/doubt/mass-silence.js';

const SECOND_US = 1_000_000;
const LEAST = { share: 0.25, usersMin: 20 };

/** An arrival of a user who is due again `inMs` later. */
function arrival(atMs: number, inMs: number, rest: Partial<Arrival> = {}): Arrival {
  return {
    flags: 0,
    z: 0,
    scaleMs: 1,
    silenceMs: 1_000,
    lost: 0,
    lateAtUs: 0,
    atUs: atMs * 1_000,
    was: NOT_DUE,
    is: { atUs: (atMs + inMs) * 1_000, origin: 'gw' },
    ...rest,
  };
}

/** Users who beat once a second, one every 10 ms, from 0 on; those for whom `isThere` says so. */
function live(census: Census, fromMs: number, toMs: number, isThere: (user: number) => boolean = () => true) {
  for (let atMs = fromMs; atMs < toMs; atMs += 10) {
    const user = (atMs / 10) % 100;
    if (!isThere(user)) continue;
    const was = { atUs: (atMs + 50) * 1_000, origin: 'gw' };
    if (atMs >= 1_000) census.release(was);
    census.hear(arrival(atMs, 1_050, { was }));
  }
}

describe('BucketCounts', () => {
  it('are what a map would hold, whatever is counted', () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -2, max: 2 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), fc.nat(300), (changes, before) => {
        const counts = new BucketCounts();
        const naive = new Map<number, number>();
        for (const [bucket, by] of changes) {
          // As large as times in µs are.
          counts.add(bucket + 17e9, by);
          naive.set(bucket + 17e9, (naive.get(bucket + 17e9) ?? 0) + by);
        }
        counts.deleteBefore(before + 17e9);
        const left = [...naive].filter(([bucket, count]) => count !== 0 && bucket >= before + 17e9);
        expect(new Map(counts.entries())).toEqual(new Map(left));
        expect(counts.size).toBe(left.length);
      }),
    );
  });
});

describe('a census', () => {
  it('knows how many are there: who was due not longer than an interval ago', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    expect(census.liveAt(5 * SECOND_US)).toBe(100);
    live(census, 5_000, 9_000, (user) => user < 40);
    expect(census.liveAt(9 * SECOND_US)).toBe(40);
  });

  it('finds that many are silent, since when, and which part of those due', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    expect(census.silence(5 * SECOND_US, 0, LEAST)).toBeUndefined();
    live(census, 5_000, 5_800, (user) => user >= 50);
    const silence = census.silence(5.8 * SECOND_US, 0, LEAST);
    expect(silence?.sinceUs).toBeGreaterThanOrEqual(5 * SECOND_US);
    expect(silence?.sinceUs).toBeLessThan(5.2 * SECOND_US);
    expect(silence?.share).toBeGreaterThan(0.4);
  });

  it('does not miss anybody in a time in which nobody could be heard', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    live(census, 5_000, 5_800, (user) => user >= 50);
    expect(census.silence(5.8 * SECOND_US, 5.7 * SECOND_US, LEAST)).toBeUndefined();
  });

  it('is unsure of one who is missing until about eleven others were heard since', () => {
    const heard: number[] = [];
    for (let others = 0; others < 20; others++) {
      const census = new Census(1_000);
      census.expect({ atUs: SECOND_US, origin: 'gw' });
      for (let i = 0; i < others; i++) census.hear(arrival(1_020 + i, 1_000));
      if (!census.isUnsure(SECOND_US, 1.1 * SECOND_US, 0.25)) heard.push(others);
    }
    expect(heard[0]).toBe(11);
    expect(heard).toHaveLength(9);
  });

  it('takes a queue that is released for one witness, and not for many', () => {
    const census = new Census(1_000);
    census.expect({ atUs: SECOND_US, origin: 'gw' });
    for (let i = 0; i < 30; i++) census.hear(arrival(1_020, 1_000, { flags: ArrivalFlag.BURST }));
    expect(census.isUnsure(SECOND_US, 1.1 * SECOND_US, 0.25)).toBe(true);
  });

  it('is incomplete while users come who were heard elsewhere, and at first', () => {
    const census = new Census(1_000);
    expect(census.isComplete).toBe(false);
    for (let i = 0; i < 300; i++) census.hear(arrival(i, 1_000));
    expect(census.isComplete).toBe(true);
    for (let i = 0; i < 300; i++) {
      census.hear(arrival(i, 1_000, { flags: i % 2 === 0 ? ArrivalFlag.FOREIGN : 0 }));
    }
    expect(census.isComplete).toBe(false);
  });

  it('keeps nothing of long ago', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    expect(census.sweep(5 * SECOND_US, 5 * SECOND_US)).toBe(true);
    expect(census.sweep(60 * SECOND_US, 2 * SECOND_US)).toBe(true);
    expect(census.sweep(60 * SECOND_US, 60 * SECOND_US)).toBe(false);
  });
});

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
    massSilence.hear(Array.from({ length: 1_000 }, (_, i) => of(`gw-${i}`)));
    expect(massSilence.counts.uncounted).toBe(0);
    massSilence.hear([of('one-more'), of('gw-7'), of('another')]);
    expect(massSilence.counts.uncounted).toBe(2);
    expect([massSilence.live('gw-7', SECOND_US), massSilence.live('another', SECOND_US)]).toEqual([2, 0]);
    // Room is made by those of which nothing was heard for long.
    massSilence.look(60 * SECOND_US);
    massSilence.hear([of('another')]);
    expect(massSilence.counts.uncounted).toBe(2);
  });

  it('is switched off by a hold of nothing', () => {
    const massSilence = newMassSilence({ holdMs: 0 });
    massSilence.hear(Array.from({ length: 100 }, () => arrival(1_000, 1_000)));
    expect(massSilence.live('gw', SECOND_US)).toBe(0);
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
    massSilence.hear(Array.from({ length: 200 }, (_, i) => arrival(1_000 + i, 500)));
    const hold = { namespace: 'web', origin: 'gw', cause: 'silence' as const, fromUs: SECOND_US };
    massSilence.take({ ...hold, untilUs: 20 * SECOND_US, releaseUs: 0 }, SECOND_US);
    expect(massSilence.look(1.6 * SECOND_US)).toEqual([]);
    // Everybody this node missed is heard again: that says nothing of those another node misses.
    const was = { atUs: 1.55 * SECOND_US, origin: 'gw' };
    massSilence.hear(Array.from({ length: 200 }, (_, i) => arrival(1_700 + i, 5_000, { was })));
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
