import { beforeEach, expect, it } from 'vitest';
import { BACKGROUND_MAX, ReadQueue } from '../../../src/presence/watching/read-queue.js';
import { TrackedUsers } from '../../../src/presence/watching/tracked-users.js';
import { ManualClock } from '../../support/manual-clock.js';

let clock: ManualClock;
let users: TrackedUsers;
let queue: ReadQueue;
let wanted: number;
beforeEach(() => {
  clock = new ManualClock();
  users = new TrackedUsers();
  wanted = 0;
  queue = new ReadQueue(users, clock, () => {
    wanted += 1;
  });
});

const addUsers = (count: number) => Array.from({ length: count }, (_, i) => users.add(`u${i}`));

/** Takes a batch, which is on its way for so long, and shows it. */
function read(ms = 0): readonly number[] {
  const { rows } = queue.take();
  clock.stall(ms);
  for (const row of rows) users.land(row);
  queue.shown();
  return rows;
}

it('who is due goes before who is read in the background, each once', () => {
  const [a, b, c] = addUsers(3) as [number, number, number];
  for (const user of [a, b, a]) queue.background(user);
  queue.due(c);
  expect(queue.size).toBe(3);
  expect(read()).toEqual([c, a, b]);
});

it('at leisure somebody is told once, a little later; at once, at once', async () => {
  const [user] = addUsers(1) as [number];
  queue.background(user);
  queue.wakeAtLeisure();
  queue.wakeAtLeisure();
  expect(wanted).toBe(0);
  await clock.advance(50);
  expect(wanted).toBe(1);
  queue.wake();
  expect(wanted).toBe(2);
});

it('has read up to now when nobody waits, and not before an answer was shown', () => {
  const [user] = addUsers(1) as [number];
  expect(queue.readUpToMs).toBe(clock.nowMs());
  queue.due(user);
  expect(queue.readUpToMs).toBeLessThan(clock.nowMs());
  queue.take();
  expect(queue.readUpToMs).toBeLessThan(clock.nowMs());
  users.land(user);
  queue.shown();
  expect(queue.readUpToMs).toBe(clock.nowMs());
});

it('gets on although somebody always waits: all who waited at a moment have been read', () => {
  const rows = addUsers(4 * BACKGROUND_MAX);
  for (const row of rows) queue.background(row);
  const askedMs = clock.nowMs();
  expect(queue.readUpToMs).toBe(Number.NEGATIVE_INFINITY);
  for (let batch = 0; batch < 4; batch++) {
    expect(queue.readUpToMs).toBe(Number.NEGATIVE_INFINITY);
    for (const row of read(10)) queue.background(row);
  }
  expect(queue.size).toBe(4 * BACKGROUND_MAX);
  expect(queue.readUpToMs).toBe(askedMs);
});

it('a batch that comes back is read again before anything is said', () => {
  const [user] = addUsers(1) as [number];
  queue.due(user);
  expect(queue.readUpToMs).toBe(Number.NEGATIVE_INFINITY);
  const { rows } = queue.take();
  users.land(user);
  queue.putBack(rows);
  clock.stall(10);
  expect(queue.readUpToMs).toBe(Number.NEGATIVE_INFINITY);
  expect(read()).toEqual([user]);
  expect(queue.readUpToMs).toBe(clock.nowMs());
});
