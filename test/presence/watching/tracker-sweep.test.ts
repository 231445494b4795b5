import { beforeEach, describe, expect, it } from 'vitest';
import { priorTables } from '../../../src/detector/prior.js';
import { SurvivalTable } from '../../../src/detector/survival-table.js';
import { SWEEP_PAUSE_MS, SWEEP_USERS } from '../../../src/presence/watching/sweep.js';
import { received } from '../../support/heartbeat.js';
import { settle } from '../../support/manual-clock.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const MANY = 3 * SWEEP_USERS + 50;
const users = Array.from({ length: MANY }, (_, i) => `user-${i}`);

let bench: TrackerBench;
let watch: Watch;
beforeEach(async () => {
  // Long enough that φ, and not max_silence, decides.
  const detector = { model: 'adaptive', expectedIntervalMs: 20_000, maxSilenceMs: 500_000 } as const;
  bench = new TrackerBench({ detector });
  // Nothing is learned but what a test says.
  bench.store.beforeLearn = () => Promise.reject(new Error('not now'));
  for (let i = 0; i < 12; i++) {
    if (i > 0) await bench.clock.advance(20_000);
    await beatAll();
  }
  watch = await bench.watch(users, { suspect: 3, offline: 5 });
  await settles();
  watch.takeLines();
  bench.store.reads.length = 0;
});

async function beatAll(): Promise<void> {
  const receivedMs = bench.clock.nowMs();
  const heartbeats = users.map((userId) => received({ userId, receivedMs }));
  await bench.memory.record(bench.namespace, 0, heartbeats);
  await settles();
}

async function settles(): Promise<void> {
  do await settle();
  while (bench.tracker.waitingUsers > 0);
  await settle();
}

/** The fleet turns out to be late as if its standardised silences were `factor` times the prior's. */
async function learn(factor: number): Promise<void> {
  const plain = new SurvivalTable(priorTables.plain.zs.map((z) => factor * z));
  bench.namespace.learned = { tables: { ...priorTables, plain }, typical: undefined };
  bench.tracker.reread(bench.namespace);
  await settle();
}

const usersRead = () => bench.store.reads.reduce((sum, read) => sum + read.length, 0);

it('while nothing is learned, a crossing costs one read, though its timer fires early', async () => {
  const dueMs = await bench.crossingMs(3, 'user-0');
  const cost = await bench.costOf(async () => {
    await bench.advanceTo(dueMs - 0.01);
    expect(usersRead()).toBe(0);
    await bench.advanceTo(dueMs + 1);
    await settles();
  });
  expect(cost).toMatchObject({ usersRead: MANY, timersFired: 2 * MANY });
  expect(watch.changes.every(({ seenMs }) => seenMs >= dueMs && seenMs < dueMs + 1.001)).toBe(true);
  expect(watch.lines).toHaveLength(MANY);
});

describe('when the fleet is judged anew', () => {
  it('everybody is read again, so many at a time, while the timers are far', async () => {
    await learn(0.98);
    for (const read of [1, 2, 3]) {
      expect(usersRead()).toBe(read * SWEEP_USERS);
      await bench.clock.advance(SWEEP_PAUSE_MS);
    }
    expect(usersRead()).toBe(MANY);
    await bench.clock.advance(1_000);
    expect(usersRead()).toBe(MANY);
    expect(watch.lines).toEqual([]);
  });

  it('again before all are read, nobody is read twice for it, nor left out', async () => {
    await learn(0.98);
    await learn(0.97);
    await bench.clock.advance(1_000);
    // Those of the first portion once more: they were judged by what is no longer true.
    expect(usersRead()).toBe(MANY + SWEEP_USERS);
    await learn(0.97);
    await bench.clock.advance(1_000);
    expect(new Set(bench.store.reads.slice(-4).flat()).size).toBe(MANY);
  });

  it('whoever was read for another reason is not read for it', async () => {
    await learn(0.98);
    for (const userId of users.slice(SWEEP_USERS, 2 * SWEEP_USERS)) await bench.leave(userId);
    bench.store.reads.length = 0;
    await bench.clock.advance(1_000);
    expect(usersRead()).toBe(MANY - 2 * SWEEP_USERS);
  });

  it('what is due is read in between, on time', async () => {
    const dueMs = await bench.crossingMs(3, 'user-0');
    await bench.advanceTo(dueMs - 15_000);
    await learn(1);
    await bench.leave('user-349');
    expect(watch.lines).toEqual(['user-349 ONLINE>OFFLINE LEAVE']);
  });

  it('whoever is due soon is left to the timer, and told on time', async () => {
    const oldMs = await bench.crossingMs(3, 'user-0');
    await bench.advanceTo(oldMs - 5_000);
    await learn(0.98);
    await bench.clock.advance(100);
    expect(usersRead()).toBe(0);
    const newMs = await bench.crossingMs(3, 'user-0');
    expect(newMs).toBeLessThan(oldMs - 100);
    await bench.advanceTo(newMs - 1);
    await settles();
    expect(watch.lines).toEqual([]);
    await bench.clock.advance(2);
    await settles();
    expect(watch.lines.sort()).toEqual(users.map((userId) => `${userId} ONLINE>SUSPECT SUSPICION`).sort());
    expect(watch.changes.every(({ seenMs }) => seenMs >= newMs && seenMs < newMs + 1.001)).toBe(true);
  });

  it('who is read early for it and has not crossed is read once more, at the crossing', async () => {
    const dueMs = await bench.crossingMs(3, 'user-0');
    await bench.advanceTo(dueMs - 5_000);
    await learn(1);
    await bench.advanceTo(dueMs - 100);
    await settles();
    expect(usersRead()).toBe(MANY);
    expect(watch.lines).toEqual([]);
    await bench.advanceTo(dueMs + 1);
    await settles();
    expect(usersRead()).toBe(2 * MANY);
    expect(watch.lines).toHaveLength(MANY);
  });

  it('much more sternly, some are told later than it is now; never later than it was before', async () => {
    const oldMs = await bench.crossingMs(3, 'user-0');
    await bench.advanceTo(oldMs - 20_000);
    await learn(0.6);
    const newMs = await bench.crossingMs(3, 'user-0');
    expect(newMs).toBeGreaterThan(bench.clock.nowMs());
    await bench.advanceTo(oldMs);
    await settles();
    expect(watch.lines).toHaveLength(MANY);
    // The silence crossed after the fleet was judged anew, and that is when it happened.
    const newUs = bench.clock.epochUs() - (bench.clock.nowMs() - newMs) * 1000;
    for (const { cause, atUs } of watch.changes) {
      expect(cause).toBe('SUSPICION');
      expect(Math.abs(atUs - newUs)).toBeLessThan(10);
    }
  });

  it('whoever has no crossing soon is told what the silence reads like now', async () => {
    await bench.advanceTo((await bench.crossingMs(3, 'user-0')) + 1);
    await settles();
    expect(watch.takeLines()).toHaveLength(MANY);
    expect((await bench.crossingMs(5, 'user-0')) - bench.clock.nowMs()).toBeGreaterThan(40_000);
    await learn(20);
    await bench.clock.advance(1_000);
    expect(watch.lines).toEqual(users.map((userId) => `${userId} SUSPECT>ONLINE THRESHOLDS`));
  });

  it('other thresholds are a reason to read everybody, however soon they are due', async () => {
    await bench.advanceTo((await bench.crossingMs(3, 'user-0')) - 5_000);
    bench.namespace.configured = { suspect: { phi: 1 }, offline: { phi: 2 } };
    bench.tracker.reread(bench.namespace);
    await bench.clock.advance(1_000);
    expect(usersRead()).toBe(MANY);
  });

  it('and the node shuts down, no timer stays', async () => {
    await learn(0.98);
    bench.tracker.shutdown();
    expect(bench.tracker.timers).toBe(0);
    bench.store.reads.length = 0;
    await bench.clock.advance(1_000);
    expect(usersRead()).toBe(0);
  });
});
