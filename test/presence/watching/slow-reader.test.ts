import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../../../src/detector/status.js';
import type { Change } from '../../../src/presence/watching/changes.js';
import type { StreamEvent } from '../../../src/presence/watching/outbox.js';
import { settle } from '../../support/manual-clock.js';
import { seeded } from '../../support/replay.js';
import { TrackerBench, type Watch, watchedPair } from './tracker-bench.js';

let bench: TrackerBench;
let watch: Watch;
beforeEach(async () => {
  ({ bench, watch } = await watchedPair());
});

/** The stream's transport takes `room` more events, and no others. */
async function giveRoom(room: number, of = watch): Promise<void> {
  of.room = room;
  bench.tracker.resume(of.subscription);
  await settle();
}

const { POSITIVE_INFINITY: PLENTY } = Number;

describe('a reader with no room', () => {
  beforeEach(() => giveRoom(0));

  it('is told the latest status, from the one it was told last, and how many changes were merged', async () => {
    await bench.clock.advance(10_000);
    await bench.beat('alice');
    await bench.clock.advance(10_000);
    expect(watch.lines).toEqual([]);
    await giveRoom(PLENTY);
    // Bob: SUSPECT, OFFLINE. Alice: SUSPECT, OFFLINE, ONLINE, of which nothing is left; SUSPECT, OFFLINE.
    expect(watch.lines).toEqual([
      'LAGGED 4',
      'bob ONLINE>OFFLINE SUSPICION',
      'alice ONLINE>OFFLINE SUSPICION',
    ]);
    expect(bench.tracker.counts.coalesced).toBe(4);
    expect(watch.changes.map(({ threshold }) => threshold)).toEqual([5, 5]);
  });

  it('is told it as of the time at which it is told', async () => {
    await bench.clock.advance(10_000);
    const crossedUs = bench.clock.epochUs();
    await bench.clock.advance(60_000);
    await giveRoom(2);
    const [change] = watch.changes;
    expect(change?.assessment.nowUs).toBe(bench.clock.epochUs());
    // What happened happened then.
    expect(change?.atUs).toBeLessThan(crossedUs);
    expect(change?.version).toBe(Math.floor(change?.atUs ?? 0));
  });

  it('is told nothing of a user who is again what it was told', async () => {
    await bench.clock.advance(10_000);
    await bench.beat('alice');
    await bench.beat('bob');
    await giveRoom(PLENTY);
    expect(watch.takeLines()).toEqual(['LAGGED 4']);
    const cost = await bench.costOf(() => giveRoom(PLENTY));
    expect(cost.usersRead).toBe(0);
    await bench.leave('alice');
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
  });

  it('hears of a leave, also when the silence after it would have been as bad', async () => {
    await bench.leave('alice');
    await bench.clock.advance(60_000);
    await giveRoom(PLENTY);
    expect(watch.lines).toContain('alice ONLINE>OFFLINE LEAVE');
  });

  it('is told of a user whom another one is told of meanwhile', async () => {
    const other = await bench.watch(['alice']);
    await bench.leave('alice');
    await bench.beat('alice');
    expect(other.lines.slice(-2)).toEqual(['alice ONLINE>OFFLINE LEAVE', 'alice OFFLINE>ONLINE HEARTBEAT']);
    expect(watch.lines).toEqual([]);
    await bench.leave('alice');
    await giveRoom(PLENTY);
    expect(watch.lines).toEqual(['LAGGED 1', 'alice ONLINE>OFFLINE LEAVE']);
  });

  it('gets as much as it has room for, whoever waits the longest first', async () => {
    await bench.leave('bob');
    await bench.leave('alice');
    await giveRoom(1);
    expect(watch.takeLines()).toEqual(['bob ONLINE>OFFLINE LEAVE']);
    await giveRoom(1);
    expect(watch.takeLines()).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    await giveRoom(1);
    expect(watch.lines).toEqual([]);
  });

  it('is not told of a user who was removed', async () => {
    await bench.leave('alice');
    await bench.leave('bob');
    bench.tracker.remove(watch.subscription, ['alice']);
    await giveRoom(PLENTY);
    expect(watch.lines).toEqual(['bob ONLINE>OFFLINE LEAVE']);
  });

  it('that closes leaves nothing behind', async () => {
    await bench.leave('alice');
    bench.tracker.close(watch.subscription);
    await giveRoom(PLENTY);
    expect(watch.lines).toEqual([]);
    expect(bench.tracker).toMatchObject({ trackedUsers: 0, timers: 0, waitingUsers: 0 });
  });

  it('is told after an outage of the store what was true all along', async () => {
    await bench.leave('alice');
    bench.store.beforeRead = async () => {
      throw new Error('gone');
    };
    await giveRoom(PLENTY);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    bench.store.beforeRead = undefined;
    await bench.clock.advance(1_000);
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE', 'RECOVERED']);
  });
});

describe('snapshots', () => {
  const users = Array.from({ length: 50 }, (_, i) => `user-${i}`);

  it('are read as the reader has room for them, and only then', async () => {
    const slow = bench.open();
    slow.room = 20;
    bench.store.reads.length = 0;
    bench.tracker.add(slow.subscription, users);
    await settle();
    expect(slow.takeLines()).toHaveLength(20);
    expect(bench.store.reads).toEqual([users.slice(0, 20)]);
    await giveRoom(20, slow);
    expect(bench.store.reads[1]).toEqual(users.slice(20, 40));
    await giveRoom(20, slow);
    expect(bench.store.reads).toHaveLength(3);
    expect(slow.lines.slice(-2)).toEqual(['user-49 UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
    expect(slow.lines).toHaveLength(31);
  });

  it('come before changes, which wait for synced though there is room', async () => {
    const slow = bench.open();
    slow.room = 2;
    bench.tracker.add(slow.subscription, ['alice', 'bob', 'carol']);
    await settle();
    await bench.leave('alice');
    await giveRoom(1, slow);
    expect(slow.takeLines()).toEqual([
      'alice UNKNOWN>ONLINE SNAPSHOT',
      'bob UNKNOWN>ONLINE SNAPSHOT',
      'carol UNKNOWN>UNKNOWN SNAPSHOT',
    ]);
    await giveRoom(1, slow);
    expect(slow.takeLines()).toEqual(['synced']);
    await giveRoom(1, slow);
    expect(slow.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
  });

  it('of users who change before they are read are of what is true then', async () => {
    const slow = bench.open();
    slow.room = 1;
    bench.tracker.add(slow.subscription, ['bob', 'alice']);
    await settle();
    await bench.leave('alice');
    await bench.beat('alice');
    await bench.leave('alice');
    await giveRoom(PLENTY, slow);
    expect(slow.lines).toEqual(['bob UNKNOWN>ONLINE SNAPSHOT', 'alice UNKNOWN>OFFLINE SNAPSHOT', 'synced']);
    expect(bench.tracker.counts.coalesced).toBe(0);
  });

  it('that are no longer waited for, because their users were removed, let the next ones be read', async () => {
    const slow = bench.open();
    slow.room = 10;
    bench.tracker.add(slow.subscription, users);
    bench.tracker.remove(slow.subscription, users.slice(0, 10));
    await settle();
    expect(slow.lines).toEqual(users.slice(10, 20).map((userId) => `${userId} UNKNOWN>UNKNOWN SNAPSHOT`));
    await giveRoom(0, slow);
    bench.tracker.remove(slow.subscription, users.slice(20));
    await giveRoom(1, slow);
    expect(slow.lines.at(-1)).toBe('synced');
  });
});

const USERS = ['a', 'b', 'c', 'd'];
const anyUser = fc.constantFrom(...USERS);
const anyAct = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('beat' as const), userId: anyUser }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('leave' as const), userId: anyUser }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.nat(3_000) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('room' as const), room: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constantFrom('add' as const, 'remove' as const), userId: anyUser }),
  },
);

/** Holds a reader's lines against what may be said: of every user a snapshot, then change after change without a gap. */
class Listener {
  readonly told = new Map<string, { readonly status: Status; readonly version: number }>();
  readonly watched = new Set<string>();
  isSynced = false;
  lagged = 0;

  hear(event: StreamEvent): void {
    if ('synced' in event) this.isSynced = true;
    else if ('notice' in event) this.lagged += event.coalesced;
    else this.#hearChange(event.change);
  }

  #hearChange({ previous, cause, version, assessment: { userId, status } }: Change): void {
    const last = this.told.get(userId);
    expect(this.watched).toContain(userId);
    expect([previous, cause === 'SNAPSHOT']).toEqual([last?.status ?? 'UNKNOWN', last === undefined]);
    if (last) {
      expect(this.isSynced).toBe(true);
      expect(status).not.toBe(last.status);
      expect(version).toBeGreaterThan(last.version);
    }
    this.told.set(userId, { status, version });
  }
}

it('whenever it reads, a reader sees each user go without a break from snapshot to the truth', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { maxLength: 60, size: 'max' }), fc.nat(5), async (acts, replyMs) => {
      const world = new TrackerBench();
      if (replyMs > 0) {
        world.store.beforeReadReply = () =>
          new Promise((resolve) => {
            world.clock.after(replyMs, resolve);
          });
      }
      const reader = world.open();
      const listener = new Listener();
      reader.onEvent = (event) => listener.hear(event);
      const give = async (room: number) => {
        reader.room = room;
        world.tracker.resume(reader.subscription);
        await settle();
      };
      reader.room = 0;
      for (const step of acts) {
        if (step.act === 'beat') await world.beat(step.userId);
        else if (step.act === 'leave') await world.leave(step.userId);
        else if (step.act === 'pass') await world.clock.advance(step.ms);
        else if (step.act === 'room') await give(step.room);
        else if (step.act === 'add') {
          if (!listener.watched.has(step.userId)) listener.isSynced = false;
          listener.watched.add(step.userId);
          world.tracker.add(reader.subscription, [step.userId]);
        } else {
          world.tracker.remove(reader.subscription, [step.userId]);
          listener.watched.delete(step.userId);
          listener.told.delete(step.userId);
        }
        // A notice may go before a change that there was room for.
        expect(reader.room).toBeGreaterThanOrEqual(-1);
      }
      await give(Number.POSITIVE_INFINITY);
      await world.clock.advance(100);
      world.store.beforeReadReply = undefined;
      const truth = () => world.presence.reads.assessAll(world.namespace, [...listener.watched]);
      const before = await truth();
      // Longer than an answer was on its way.
      await world.clock.advance(10);
      for (const [i, { userId, status }] of (await truth()).entries()) {
        expect([before[i]?.status, status]).toContain(listener.told.get(userId)?.status);
      }
      expect(listener.told.size).toBe(listener.watched.size);
      expect(listener.lagged).toBe(world.tracker.counts.coalesced);
      expect(world.tracker).toMatchObject({ trackedUsers: listener.watched.size, waitingUsers: 0 });
    }),
    { ...seeded(), numRuns: 200 },
  );
});
