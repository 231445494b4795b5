import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../../../src/detector/status.js';
import type { Change } from '../../../src/presence/watching/changes.js';
import { PAUSE_MS } from '../../../src/presence/watching/groups/member-reader.js';
import type { StreamEvent } from '../../../src/presence/watching/outbox.js';
import { settle } from '../../support/manual-clock.js';
import { seeded } from '../../support/replay.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const PLENTY = 10_000;
const group = (groupId: string) => ({ namespace: 'default', groupId });

describe('somebody whom a stream watches by id and in two groups', () => {
  let bench: TrackerBench;
  let watch: Watch;
  beforeEach(async () => {
    bench = new TrackerBench();
    await bench.beats(['alice']);
    await bench.memory.groupStore.add(group('room'), ['alice'], PLENTY);
    await bench.memory.groupStore.add(group('lobby'), ['alice'], PLENTY);
    watch = bench.open();
    bench.tracker.add(watch.subscription, ['alice'], ['room', 'lobby']);
    await settle();
  });

  it('changes once', async () => {
    watch.takeLines();
    await bench.leave('alice');
    await bench.beat('alice');
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE', 'alice OFFLINE>ONLINE HEARTBEAT']);
  });

  it('changes once for a reader who had no room, too', async () => {
    watch.takeLines();
    watch.room = 0;
    await bench.leave('alice');
    watch.room = Number.POSITIVE_INFINITY;
    bench.tracker.resume(watch.subscription);
    await settle();
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
  });

  it('was told in all ways what was told in one', async () => {
    bench.tracker.remove(watch.subscription, [], ['room', 'lobby']);
    watch.takeLines();
    watch.room = 0;
    await bench.leave('alice');
    bench.tracker.add(watch.subscription, [], ['room']);
    watch.room = 1;
    bench.tracker.resume(watch.subscription);
    await settle();
    expect(watch.takeLines()).toEqual(['alice UNKNOWN>OFFLINE SNAPSHOT']);
    bench.tracker.remove(watch.subscription, [], ['room']);
    await bench.beat('alice');
    watch.room = Number.POSITIVE_INFINITY;
    bench.tracker.resume(watch.subscription);
    await settle();
    expect(watch.lines).toEqual(['synced', 'alice OFFLINE>ONLINE HEARTBEAT']);
  });

  it('is removed when no way is left', async () => {
    watch.takeLines();
    await bench.memory.groupStore.remove(group('lobby'), ['alice']);
    await bench.clock.advance(PAUSE_MS);
    bench.tracker.remove(watch.subscription, ['alice']);
    expect(watch.lines).toEqual([]);
    await bench.leave('alice');
    expect(watch.takeLines()).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    await bench.memory.groupStore.remove(group('room'), ['alice']);
    await bench.clock.advance(PAUSE_MS);
    expect(watch.lines).toEqual(['alice OFFLINE>UNKNOWN REMOVED']);
    expect(bench.tracker.trackedUsers).toBe(0);
  });
});

it('somebody who left one group and came to another before the stream read is not removed', async () => {
  const bench = new TrackerBench();
  await bench.beats(['alice']);
  await bench.memory.groupStore.add(group('room'), ['alice'], PLENTY);
  const watch = bench.open();
  bench.tracker.add(watch.subscription, [], ['room', 'lobby']);
  await settle();
  watch.takeLines();
  watch.room = 0;
  await bench.memory.groupStore.remove(group('room'), ['alice']);
  await bench.clock.advance(PAUSE_MS);
  await bench.memory.groupStore.add(group('lobby'), ['alice'], PLENTY);
  await bench.clock.advance(PAUSE_MS);
  watch.room = Number.POSITIVE_INFINITY;
  bench.tracker.resume(watch.subscription);
  await settle();
  expect(watch.takeLines()).toEqual([]);
  await bench.leave('alice');
  expect(watch.takeLines()).toEqual(['alice ONLINE>OFFLINE LEAVE']);
  await bench.memory.groupStore.remove(group('lobby'), ['alice']);
  await bench.clock.advance(PAUSE_MS);
  expect(watch.lines).toEqual(['alice OFFLINE>UNKNOWN REMOVED']);
});

const USERS = ['a', 'b', 'c'];
const GROUPS = ['g', 'h'];
const anyUser = fc.constantFrom(...USERS);
const anyGroup = fc.constantFrom(...GROUPS);
const anyAct = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('beat' as const), userId: anyUser }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('leave' as const), userId: anyUser }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.nat(3_000) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('room' as const), room: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constantFrom('join' as const, 'quit' as const),
      userId: anyUser,
      groupId: anyGroup,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constantFrom('watch' as const, 'unwatch' as const), groupId: anyGroup }),
  },
);

/** What a client knows who does what the contract says: keeps the last, and forgets who is removed. */
class Client {
  readonly told = new Map<string, { readonly status: Status; readonly version: number }>();
  isSynced = false;

  hear(event: StreamEvent): void {
    if ('synced' in event) this.isSynced = true;
    else if ('change' in event) this.#hearChange(event.change);
  }

  #hearChange({ previous, cause, version, assessment: { userId, status } }: Change): void {
    const last = this.told.get(userId);
    if (cause === 'SNAPSHOT') expect(previous).toBe('UNKNOWN');
    else {
      expect(this.isSynced).toBe(true);
      expect(previous).toBe(last?.status);
      expect(version).toBeGreaterThan(last?.version ?? Number.POSITIVE_INFINITY);
      if (cause !== 'REMOVED') expect(status).not.toBe(previous);
    }
    if (cause === 'REMOVED') this.told.delete(userId);
    else this.told.set(userId, { status, version });
  }
}

it('whenever it reads, a client knows in the end who is in its groups, and how they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { maxLength: 60, size: 'max' }), fc.nat(5), async (acts, replyMs) => {
      const world = new TrackerBench();
      if (replyMs > 0) {
        world.store.beforeReadReply = () =>
          new Promise((resolve) => {
            world.clock.after(replyMs, resolve);
          });
      }
      const { groupStore: groups } = world.memory;
      const reader = world.open();
      const client = new Client();
      reader.onEvent = (event) => client.hear(event);
      // Others listen all the while, so that a group may be known when it is joined.
      const others = world.open();
      world.tracker.add(others.subscription, [], ['g']);
      const give = async (room: number) => {
        reader.room = room;
        world.tracker.resume(reader.subscription);
        await settle();
      };
      const watched = new Set<string>();
      const membersOfAll = async () => {
        const pages = await Promise.all([...watched].map((id) => groups.page(group(id), '', PLENTY)));
        return [...new Set(pages.flatMap(({ userIds }) => userIds))].sort();
      };
      reader.room = 0;
      for (const step of acts) {
        if (step.act === 'beat') await world.beat(step.userId);
        else if (step.act === 'leave') await world.leave(step.userId);
        else if (step.act === 'pass') await world.clock.advance(step.ms);
        else if (step.act === 'room') await give(step.room);
        else if (step.act === 'join') await groups.add(group(step.groupId), [step.userId], PLENTY);
        else if (step.act === 'quit') await groups.remove(group(step.groupId), [step.userId]);
        else if (step.act === 'watch') {
          if (!watched.has(step.groupId)) client.isSynced = false;
          watched.add(step.groupId);
          world.tracker.add(reader.subscription, [], [step.groupId]);
        } else {
          // So that who is removed by this and who by the group are apart.
          await give(Number.POSITIVE_INFINITY);
          await world.clock.advance(3 * PAUSE_MS);
          watched.delete(step.groupId);
          world.tracker.remove(reader.subscription, [], [step.groupId]);
          const left = await membersOfAll();
          for (const userId of client.told.keys()) if (!left.includes(userId)) client.told.delete(userId);
        }
        expect(reader.room).toBeGreaterThanOrEqual(-1);
      }
      await give(Number.POSITIVE_INFINITY);
      await world.clock.advance(3 * PAUSE_MS);
      world.store.beforeReadReply = undefined;
      const members = await membersOfAll();
      expect([...client.told.keys()].sort()).toEqual(members);
      const before = await world.presence.reads.assessAll(world.namespace, members);
      // Longer than an answer was on its way.
      await world.clock.advance(10);
      const after = await world.presence.reads.assessAll(world.namespace, members);
      for (const [i, { userId, status }] of after.entries()) {
        expect([before[i]?.status, status]).toContain(client.told.get(userId)?.status);
      }
    }),
    { ...seeded(), numRuns: 300 },
  );
});
