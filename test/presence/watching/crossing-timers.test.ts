import { beforeEach, expect, it } from 'vitest';
import { CrossingTimers } from '../../../src/presence/watching/crossing-timers.js';
import { ManualClock } from '../../support/manual-clock.js';

let clock: ManualClock;
let stale: Set<number>;
let due: { readonly user: number; readonly afterMs: number }[];
let timers: CrossingTimers;
let startMs: number;
beforeEach(() => {
  clock = new ManualClock();
  startMs = clock.nowMs();
  stale = new Set();
  due = [];
  timers = new CrossingTimers(clock, {
    isStale: (user) => stale.has(user),
    due: (user) => due.push({ user, afterMs: clock.nowMs() - startMs }),
  });
});

/** A reading now: the crossing is so far ahead, and so much of the silence before it is lateness. */
function arm(user: number, { inMs, latenessMs }: { inMs: number; latenessMs: number }): void {
  const nowUs = clock.epochUs();
  timers.arm(user, {
    atUs: nowUs + inMs * 1000,
    nowUs,
    readMs: clock.nowMs(),
    latenessUs: latenessMs * 1000,
  });
}

it('a user is due at the crossing, to the fraction of a millisecond', async () => {
  arm(1, { inMs: 1_000.25, latenessMs: 333 });
  await clock.advance(2_000);
  expect(due).toEqual([{ user: 1, afterMs: 1_000.25 }]);
  expect([timers.fired, timers.size]).toEqual([2, 0]);
});

it('who may have crossed earlier by now is due when a tenth of the lateness is left', async () => {
  stale.add(1);
  arm(1, { inMs: 1_000, latenessMs: 400 });
  await clock.advance(2_000);
  expect(due).toEqual([{ user: 1, afterMs: 960 }]);
  expect(timers.fired).toBe(1);
});

it('who is read when less than that is left is due at the crossing, stale or not', async () => {
  stale.add(1);
  arm(1, { inMs: 30, latenessMs: 400 });
  await clock.advance(100);
  expect(due).toEqual([{ user: 1, afterMs: 30 }]);
});

it('what no table moves is waited for as it is, and a lateness of hours is not seen hours before', async () => {
  stale.add(1).add(2);
  arm(1, { inMs: 50_000, latenessMs: 0 });
  arm(2, { inMs: 86_400_000, latenessMs: 86_000_000 });
  await clock.advance(86_400_000);
  expect(due).toEqual([
    { user: 1, afterMs: 50_000 },
    { user: 2, afterMs: 86_400_000 - 65_535 },
  ]);
});

it('a cancelled one is never due', async () => {
  arm(1, { inMs: 1_000, latenessMs: 400 });
  await clock.advance(970);
  timers.cancel(1);
  await clock.advance(1_000);
  expect(due).toEqual([]);
});

it('who was heard meanwhile is due when nothing is known of them any more', async () => {
  arm(1, { inMs: 1_000, latenessMs: 0 });
  await clock.advance(600);
  timers.hear(1, { atMs: clock.nowMs(), quietMs: 1_100 });
  await clock.advance(600);
  expect(due).toEqual([]);
  await clock.advance(1_000);
  expect(due).toEqual([{ user: 1, afterMs: 1_700 }]);
});

it('a reading that came later counts', async () => {
  timers.hear(1, { atMs: clock.nowMs(), quietMs: 2_100 });
  arm(1, { inMs: 1_000, latenessMs: 0 });
  await clock.advance(1_000);
  expect(due).toEqual([{ user: 1, afterMs: 1_000 }]);
});
