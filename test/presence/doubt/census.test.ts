import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalFlag } from '../../../src/detector/arrival.js';
import { BucketCounts } from '../../../src/presence/doubt/bucket-counts.js';
import { Census } from '../../../src/presence/doubt/census.js';
import { arrival } from './arrival.js';

const SECOND_US = 1_000_000;
const LEAST = { share: 0.25, usersMin: 20 };

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
    expect(census.liveSince(4 * SECOND_US)).toBe(100);
    live(census, 5_000, 9_000, (user) => user < 40);
    expect(census.liveSince(8 * SECOND_US)).toBe(40);
  });

  it('finds that many are silent, since when, and which part of those due', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    expect(census.silence(4 * SECOND_US, 5 * SECOND_US, LEAST)).toBeUndefined();
    live(census, 5_000, 5_800, (user) => user >= 50);
    const silence = census.silence(4.8 * SECOND_US, 5.8 * SECOND_US, LEAST);
    expect(silence?.sinceUs).toBeGreaterThanOrEqual(5 * SECOND_US);
    expect(silence?.sinceUs).toBeLessThan(5.2 * SECOND_US);
    expect(silence?.share).toBeGreaterThan(0.4);
  });

  it('does not miss anybody in a time in which nobody could be heard', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    live(census, 5_000, 5_800, (user) => user >= 50);
    expect(census.silence(5.7 * SECOND_US, 5.8 * SECOND_US, LEAST)).toBeUndefined();
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

  it('keeps nothing of long ago', () => {
    const census = new Census(1_000);
    live(census, 0, 5_000);
    expect(census.sweep(4 * SECOND_US)).toBe(true);
    expect(census.sweep(5 * SECOND_US)).toBe(true);
    expect(census.sweep(59 * SECOND_US)).toBe(false);
  });
});
