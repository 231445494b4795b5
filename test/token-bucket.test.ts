import { expect, it } from 'vitest';
import { TokenBucket } from '../src/token-bucket.js';

/** How many of `tries` spends of `cost` are let in at `nowMs`. */
function spends(bucket: TokenBucket, nowMs: number, tries: number, cost = 1): number {
  let done = 0;
  for (; done < tries && bucket.waitMs(nowMs) === 0; done++) bucket.spend(cost, nowMs);
  return done;
}

it('gives two seconds’ worth at once, and then so many a second, neither more nor less', () => {
  const bucket = new TokenBucket(10, 2, 0);
  expect(spends(bucket, 0, 100)).toBe(20);
  let spent = 0;
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 7) spent += spends(bucket, nowMs, 100);
  expect(spent).toBe(600 - 1);
});

it('says exactly when something is left again', () => {
  const bucket = new TokenBucket(3, 2, 1_000);
  spends(bucket, 1_000, 100);
  const waitMs = bucket.waitMs(1_000);
  expect(waitMs).toBeCloseTo(1_000 / 3);
  expect(bucket.waitMs(1_000 + waitMs * 0.99)).toBeGreaterThan(0);
  expect(bucket.waitMs(1_000 + waitMs)).toBe(0);
});

it('lends what is more than it ever has, and gives nothing until that is paid', () => {
  const bucket = new TokenBucket(100, 2, 0);
  bucket.spend(1_200, 0);
  expect(bucket.waitMs(0)).toBe(10_010);
  expect(bucket.waitMs(10_010)).toBe(0);
});

it('keeps no more than two seconds’ worth, however long nothing is spent', () => {
  const bucket = new TokenBucket(10, 2, 0);
  expect(spends(bucket, 3_600_000, 100)).toBe(20);
});

it('takes another rate from then on: savings are cut to it, a debt stays', () => {
  const saved = new TokenBucket(100, 2, 0);
  saved.change(1, 0);
  expect([saved.perSecond, spends(saved, 0, 100)]).toEqual([1, 2]);
  const owed = new TokenBucket(100, 2, 0);
  owed.spend(1_200, 0);
  owed.change(1_000, 0);
  expect(owed.waitMs(0)).toBe(1_001);
});
