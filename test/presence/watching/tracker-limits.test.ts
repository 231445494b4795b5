import { beforeEach, describe, expect, it } from 'vitest';
import { LimitReachedError } from '../../../src/presence/errors.js';
import { settle } from '../../support/manual-clock.js';
import { TrackerBench } from './tracker-bench.js';

let bench: TrackerBench;
beforeEach(() => {
  bench = new TrackerBench();
});

const userIds = (n: number, prefix = 'user') => Array.from({ length: n }, (_, i) => `${prefix}-${i}`);

/** Until everything is read. */
async function settles(): Promise<void> {
  do await settle();
  while (bench.tracker.waitingUsers > 0);
  await settle();
}

describe('users due together', () => {
  it('are read in one call', async () => {
    const users = userIds(90);
    const watch = await bench.watch(users);
    await bench.beats(users);
    watch.takeLines();
    const dueMs = await bench.crossingMs(3, 'user-0');
    await bench.advanceTo(dueMs - 1);
    const cost = await bench.costOf(() => bench.advanceTo(dueMs + 1));
    expect(cost).toEqual({ reads: 1, usersRead: 90, timersFired: 90 });
    expect(bench.store.reads.at(-1)).toHaveLength(90);
    expect(watch.lines.sort()).toEqual(users.map((userId) => `${userId} ONLINE>SUSPECT SUSPICION`).sort());
  });

  it('are read in calls of a bounded size, and everything else has its turn in between', async () => {
    const users = userIds(250);
    const watch = bench.open();
    bench.tracker.add(watch.subscription, users);
    expect(bench.tracker.waitingUsers).toBe(250);
    const waiting: number[] = [];
    while (bench.tracker.waitingUsers > 0) {
      await settle();
      waiting.push(bench.tracker.waitingUsers);
    }
    expect(waiting).toEqual([150, 50, 0]);
    expect(bench.store.reads.map((read) => read.length)).toEqual([100, 100, 50]);

    await bench.beats(users);
    await settles();
    const dueMs = await bench.crossingMs(3, 'user-0');
    await bench.advanceTo(dueMs - 1);
    await settles();
    bench.store.reads.length = 0;
    await bench.advanceTo(dueMs + 1);
    await settles();
    expect(bench.store.reads.map((read) => read.length)).toEqual([100, 100, 50]);
  });

  it('are read before those who wait for their snapshot, who are not forgotten over it', async () => {
    const [due, others] = [userIds(150, 'due'), userIds(150, 'other')];
    await bench.watch(due);
    await settles();
    await bench.beats(due);
    await settles();
    const late = bench.open();
    bench.store.reads.length = 0;
    bench.tracker.add(late.subscription, others);
    for (const userId of due) void bench.leave(userId);
    await settles();
    const ofBatches = bench.store.reads.map((read) => [
      read.filter((userId) => userId.startsWith('due')).length,
      read.filter((userId) => userId.startsWith('other')).length,
    ]);
    expect(ofBatches).toEqual([
      [100, 100],
      [50, 50],
    ]);
  });

  it('are read once, however often they were asked for', async () => {
    await bench.beats(['alice', 'bob']);
    bench.store.reads.length = 0;
    const watches = [
      bench.open(),
      bench.open({ suspect: 1, offline: 3 }),
      bench.open({ suspect: 2, offline: 8 }),
    ];
    for (const { subscription } of watches) bench.tracker.add(subscription, ['alice', 'bob']);
    await settle();
    expect(bench.store.reads).toEqual([['alice', 'bob']]);
    for (const watch of watches) {
      expect(watch.lines).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT', 'bob UNKNOWN>ONLINE SNAPSHOT', 'synced']);
    }
  });
});

describe('at a limit, nothing is half done', () => {
  beforeEach(() => {
    const tracker = { subscriptionUsersMax: 5, trackedUsersMax: 8, subscriptionsMax: 3 };
    bench = new TrackerBench({ tracker });
  });

  it('subscriptionUsersMax: as many users as that, and not one more', async () => {
    const watch = await bench.watch(userIds(5));
    watch.takeLines();
    expect(() => bench.tracker.add(watch.subscription, ['one-more'])).toThrow(
      new LimitReachedError('users watched by one stream', 5),
    );
    const other = await bench.watch(userIds(2));
    expect(() => bench.tracker.add(other.subscription, userIds(4, 'new'))).toThrow(LimitReachedError);
    await settle();
    expect(bench.tracker.counts.refused).toBe(2);
    expect(other.subscription.size).toBe(2);
    expect(bench.tracker).toMatchObject({ trackedUsers: 5, subscriptions: 2 });
    // Refusing is no reason to send anything.
    expect(watch.lines).toEqual([]);
    // What it has already counts once: this is one more user, not three.
    bench.tracker.add(other.subscription, ['user-0', 'user-1', 'user-2']);
    expect(other.subscription.size).toBe(3);
  });

  it('trackedUsersMax: users that others watch already cost nothing', async () => {
    await bench.watch(userIds(5));
    const watch = await bench.watch(userIds(3, 'other'));
    expect(bench.tracker.trackedUsers).toBe(8);
    watch.takeLines();
    expect(() => bench.tracker.add(watch.subscription, ['user-0', 'one-more'])).toThrow(
      new LimitReachedError('users watched on this node', 8),
    );
    await settle();
    expect(bench.tracker.counts.refused).toBe(1);
    expect(watch.lines).toEqual([]);
    expect(watch.subscription.size).toBe(3);
    bench.tracker.add(watch.subscription, ['user-0', 'user-1']);
    await settle();
    expect(watch.lines).toEqual([
      'user-0 UNKNOWN>UNKNOWN SNAPSHOT',
      'user-1 UNKNOWN>UNKNOWN SNAPSHOT',
      'synced',
    ]);
    expect(bench.tracker.trackedUsers).toBe(8);
    bench.tracker.remove(watch.subscription, ['other-0']);
    bench.tracker.add(watch.subscription, ['one-more']);
    expect(bench.tracker.trackedUsers).toBe(8);
  });

  it('subscriptionsMax: one that was refused is not there, and one that closes makes room', async () => {
    const [first] = [await bench.watch(['alice']), await bench.watch(['alice']), await bench.watch([])];
    expect(() => bench.open()).toThrow(new LimitReachedError('watch streams on this node', 3));
    expect(bench.tracker.counts.refused).toBe(1);
    expect(bench.tracker.subscriptions).toBe(3);
    bench.tracker.close(first.subscription);
    expect((await bench.watch(['alice'])).lines).toEqual(['alice UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
  });
});

describe('a user named twice', () => {
  it('in one add is watched once', async () => {
    const watch = await bench.watch(['alice', 'bob', 'alice']);
    expect(watch.lines).toEqual(['alice UNKNOWN>UNKNOWN SNAPSHOT', 'bob UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
    expect(bench.tracker.trackedUsers).toBe(2);
    await bench.beat();
    expect(watch.lines.at(-1)).toBe('alice UNKNOWN>ONLINE FIRST_SEEN');
    bench.tracker.remove(watch.subscription, ['alice', 'alice']);
    expect(bench.tracker.trackedUsers).toBe(1);
  });

  it('in a later add is left alone: synced, and no second snapshot', async () => {
    const watch = await bench.watch(['alice']);
    watch.takeLines();
    bench.tracker.add(watch.subscription, ['alice']);
    await settle();
    expect(watch.takeLines()).toEqual(['synced']);
    bench.tracker.add(watch.subscription, ['alice', 'bob']);
    await settle();
    expect(watch.lines).toEqual(['bob UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
  });
});

describe('who is no longer watched', () => {
  beforeEach(() => bench.beats(['alice', 'bob', 'carol']));

  it('costs nothing any more: no user, no timer, no read', async () => {
    const first = await bench.watch(['alice', 'bob']);
    const second = await bench.watch(['bob', 'carol']);
    expect(bench.tracker).toMatchObject({ trackedUsers: 3, timers: 3 });
    bench.tracker.remove(first.subscription, ['alice', 'nobody', 'carol']);
    expect(bench.tracker).toMatchObject({ trackedUsers: 2, timers: 2 });
    bench.tracker.close(second.subscription);
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 1, subscriptions: 1 });
    bench.tracker.close(first.subscription);
    bench.tracker.close(first.subscription);
    expect(bench.tracker).toMatchObject({ trackedUsers: 0, timers: 0, subscriptions: 0 });
    first.takeLines();
    const cost = await bench.costOf(async () => {
      await bench.clock.advance(60_000);
      for (const userId of ['alice', 'bob', 'carol']) await bench.beat(userId);
    });
    expect(cost).toEqual({ reads: 0, usersRead: 0, timersFired: 0 });
    expect([...first.lines, ...second.takeLines().slice(3)]).toEqual([]);
    expect(bench.watchTimers).toBe(0);
  });

  it('is not read when removed before the read began', async () => {
    const watch = bench.open();
    bench.tracker.add(watch.subscription, ['alice', 'bob']);
    bench.tracker.remove(watch.subscription, ['alice']);
    bench.store.reads.length = 0;
    await settle();
    expect(bench.store.reads).toEqual([['bob']]);
    expect(watch.lines).toEqual(['bob UNKNOWN>ONLINE SNAPSHOT', 'synced']);
  });

  it('has a snapshot again when added again', async () => {
    const watch = await bench.watch(['alice']);
    bench.tracker.remove(watch.subscription, ['alice']);
    await bench.clock.advance(60_000);
    watch.takeLines();
    bench.tracker.add(watch.subscription, ['alice']);
    await settle();
    expect(watch.lines).toEqual(['alice UNKNOWN>OFFLINE SNAPSHOT', 'synced']);
  });

  it('is of one namespace: the same name in another is somebody else', async () => {
    const watch = await bench.watch(['alice']);
    const other = bench.open(undefined, 'other');
    bench.tracker.add(other.subscription, ['alice']);
    await settle();
    expect(other.takeLines()).toEqual(['alice UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
    watch.takeLines();
    await bench.clock.advance(60_000);
    expect([watch.lines.length, other.lines.length]).toEqual([2, 0]);
    bench.tracker.close(watch.subscription);
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 0 });
  });
});
