import { expect, it } from 'vitest';
import { StoreClock } from '../../console/src/api/store-clock.js';

it('the store’s time is carried on by the monotonic clock, as the quickest message told it', () => {
  const clock = new StoreClock();
  expect(clock.at(0)).toBeUndefined();
  clock.observe(1_000_000, 120); // 20 ms on its way
  clock.observe(1_001_000, 1_100);
  clock.observe(1_002_000, 2_300); // late
  expect(clock.at(2_400)).toBe(1_002_300);
});

it('a clock that jumped is believed at once', () => {
  const clock = new StoreClock();
  clock.observe(1_000_000, 0);
  clock.observe(990_000, 1_000);
  expect(clock.at(1_500)).toBe(990_500);
});

it('a time of the past moves the clock forward, never back', () => {
  const clock = new StoreClock();
  clock.observePast(999_000, 1_000);
  expect(clock.at(1_000)).toBe(999_000);
  clock.observe(1_000_000, 1_000);
  clock.observePast(990_000, 1_100);
  expect(clock.at(1_100)).toBe(1_000_100);
});
