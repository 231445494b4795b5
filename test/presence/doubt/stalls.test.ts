import { beforeEach, expect, it } from 'vitest';
import { Stalls } from '../../../src/presence/doubt/stalls.js';
import { ManualClock } from '../../support/manual-clock.js';

let clock: ManualClock;
let stalls: Stalls;
let heard: [fromMs: number, toMs: number][];
beforeEach(() => {
  clock = new ManualClock();
  heard = [];
  stalls = new Stalls(clock, 500, (fromMs, toMs) => heard.push([fromMs, toMs]));
});

it('an event loop that turns has not stood still', async () => {
  await clock.advance(60_000);
  expect(heard).toEqual([]);
});

it('a stall is heard of when the next tick comes late, from the last sign of life on', async () => {
  await clock.advance(600);
  const beforeMs = clock.nowMs();
  clock.stall(30_000);
  await clock.advance(0);
  expect(heard).toEqual([[beforeMs, beforeMs + 30_000]]);
  expect(stalls.counts).toEqual({ stalls: 1, longestMs: 30_000 });
  await clock.advance(10_000);
  expect(heard).toHaveLength(1);
});

it('whoever asks before the tick that is late is told first', () => {
  clock.stall(5_000);
  stalls.check();
  expect(heard).toHaveLength(1);
  stalls.check();
  expect(heard).toHaveLength(1);
});

it('less than the setting is none', async () => {
  for (let i = 0; i < 20; i++) {
    clock.stall(480);
    await clock.advance(0);
  }
  expect(heard).toEqual([]);
});

it('ends without a timer', async () => {
  stalls.close();
  expect(clock.timers).toBe(0);
});
