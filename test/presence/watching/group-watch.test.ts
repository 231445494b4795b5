import { beforeEach, describe, expect, it } from 'vitest';
import type { Thresholds } from '../../../src/detector/status.js';
import { PAUSE_MS } from '../../../src/presence/watching/groups/member-reader.js';
import { settle } from '../../support/manual-clock.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const room = { namespace: 'default', groupId: 'room' };
const lobby = { namespace: 'default', groupId: 'lobby' };
const PLENTY = 10_000;

let bench: TrackerBench;
beforeEach(async () => {
  bench = new TrackerBench();
  await bench.beats(['alice', 'bob']);
  await bench.memory.groupStore.add(room, ['alice', 'bob'], PLENTY);
});

/** A stream that watches groups, and has its snapshots. */
async function listen(groupIds: readonly string[] = ['room'], thresholds?: Thresholds): Promise<Watch> {
  const watch = bench.open(thresholds);
  bench.tracker.add(watch.subscription, [], groupIds);
  await settle();
  return watch;
}

async function join(userIds: readonly string[], group = room): Promise<void> {
  await bench.memory.groupStore.add(group, userIds, PLENTY);
  await bench.clock.advance(PAUSE_MS);
}

async function quit(userIds: readonly string[], group = room): Promise<void> {
  await bench.memory.groupStore.remove(group, userIds);
  await bench.clock.advance(PAUSE_MS);
}

async function giveRoom(watch: Watch, room = Number.POSITIVE_INFINITY): Promise<void> {
  watch.room = room;
  bench.tracker.resume(watch.subscription);
  await settle();
}

describe('a stream that watches a group', () => {
  it('is told of every member, then synced, then of changes', async () => {
    const watch = await listen();
    expect(watch.takeLines()).toEqual([
      'alice UNKNOWN>ONLINE SNAPSHOT',
      'bob UNKNOWN>ONLINE SNAPSHOT',
      'synced',
    ]);
    await bench.leave('bob');
    expect(watch.lines).toEqual(['bob ONLINE>OFFLINE LEAVE']);
  });

  it('is synced at once where nobody is in it, and told of whoever comes', async () => {
    const watch = await listen(['lobby']);
    expect(watch.takeLines()).toEqual(['synced']);
    await join(['carol', 'bob'], lobby);
    expect(watch.lines).toEqual(['bob UNKNOWN>ONLINE SNAPSHOT', 'carol UNKNOWN>UNKNOWN SNAPSHOT']);
  });

  it('is told who is a member no more, and nothing of them afterwards', async () => {
    const watch = await listen();
    watch.takeLines();
    await quit(['alice', 'nobody']);
    expect(watch.takeLines()).toEqual(['alice ONLINE>UNKNOWN REMOVED']);
    await bench.leave('alice');
    await bench.beat('alice');
    expect(watch.lines).toEqual([]);
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 1 });
    await join(['alice']);
    expect(watch.lines).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT']);
  });

  it('sees versions increase from a snapshot to the removal', async () => {
    const watch = await listen();
    await bench.leave('alice');
    await quit(['alice']);
    await join(['alice']);
    const versions = watch.changes
      .filter(({ assessment }) => assessment.userId === 'alice')
      .map(({ version }) => version);
    expect(versions).toHaveLength(4);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('has crossings of its own thresholds', async () => {
    const strict = await listen(['room'], { suspect: 1, offline: 3 });
    const usual = await listen();
    expect(bench.tracker.groups).toMatchObject({ audiences: 2, listeners: 2 });
    strict.takeLines();
    usual.takeLines();
    await bench.advanceTo((await bench.crossingMs(1)) + 1);
    expect(strict.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION', 'bob ONLINE>SUSPECT SUSPICION']);
    expect(usual.lines).toEqual([]);
  });

  it('that does so no longer hears nothing, and costs nothing', async () => {
    const watch = await listen(['room', 'lobby']);
    watch.takeLines();
    bench.tracker.remove(watch.subscription, [], ['room', 'unheard-of']);
    await bench.leave('alice');
    await join(['carol']);
    expect(watch.lines).toEqual([]);
    expect(bench.tracker).toMatchObject({ trackedUsers: 0, timers: 0 });
    expect(bench.tracker.groups).toMatchObject({ audiences: 1, listeners: 1 });
    bench.tracker.close(watch.subscription);
    expect(bench.tracker.groups).toMatchObject({ audiences: 0, listeners: 0 });
  });

  it('that goes before the members are known leaves nothing behind', async () => {
    const watch = bench.open();
    bench.tracker.add(watch.subscription, [], ['room']);
    bench.tracker.remove(watch.subscription, [], ['room']);
    expect(watch.lines).toEqual(['synced']);
    await settle();
    expect(bench.tracker).toMatchObject({ trackedUsers: 0, subscriptions: 1 });
  });
});

describe('a thousand streams that watch a group', () => {
  const STREAMS = 1_000;

  it('cost one reading, one judgement and one change for all', async () => {
    bench = new TrackerBench({ tracker: { subscriptionsMax: STREAMS } });
    await bench.beats(['alice']);
    await bench.memory.groupStore.add(room, ['alice'], PLENTY);
    const watches = await Promise.all(Array.from({ length: STREAMS }, () => listen()));
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 1, subscriptions: STREAMS });
    for (const watch of watches) watch.takeLines();
    const cost = await bench.costOf(() => bench.leave('alice'));
    expect(cost).toMatchObject({ reads: 1, usersRead: 1 });
    for (const watch of watches) expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    // The very same change: whoever writes it to streams writes it once.
    const told = new Set(
      watches.map(({ seen }) => seen.map(({ event }) => 'change' in event && event.change)[0]),
    );
    expect(told.size).toBe(1);
    expect(bench.tracker.groups.delivered).toBe(2 * STREAMS);
  });

  it('that come at once share the reading of the snapshots', async () => {
    bench = new TrackerBench({ tracker: { subscriptionsMax: STREAMS } });
    const userIds = Array.from({ length: 100 }, (_, i) => `user-${i}`);
    await bench.memory.groupStore.add(room, userIds, PLENTY);
    const watches = Array.from({ length: STREAMS }, () => bench.open());
    const cost = await bench.costOf(async () => {
      for (const { subscription } of watches) bench.tracker.add(subscription, [], ['room']);
      await settle();
    });
    for (const watch of watches) expect(watch.lines.at(-1)).toBe('synced');
    expect(cost.usersRead).toBe(userIds.length);
  });
});

describe('one that comes later', () => {
  it('gets its snapshots while others get nothing but changes', async () => {
    const first = await listen();
    first.takeLines();
    const second = await listen();
    expect(second.takeLines()).toEqual([
      'alice UNKNOWN>ONLINE SNAPSHOT',
      'bob UNKNOWN>ONLINE SNAPSHOT',
      'synced',
    ]);
    expect(first.lines).toEqual([]);
    await bench.leave('alice');
    expect(first.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    expect(second.lines).toEqual(first.lines);
  });

  it('and reads slowly gets each member once, changes after all of them', async () => {
    await listen();
    const slow = bench.open();
    slow.room = 1;
    bench.tracker.add(slow.subscription, [], ['room']);
    await settle();
    expect(slow.takeLines()).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT']);
    await bench.leave('alice');
    await bench.leave('bob');
    expect(slow.lines).toEqual([]);
    await giveRoom(slow, 1);
    // Bob as he is now: what happened before is no change for who knew nothing.
    expect(slow.takeLines()).toEqual(['bob UNKNOWN>OFFLINE SNAPSHOT']);
    await giveRoom(slow);
    expect(slow.lines).toEqual(['synced', 'alice ONLINE>OFFLINE LEAVE']);
    expect(bench.tracker.counts.coalesced).toBe(0);
  });

  it('while the record of a member is lost is told what stands, and hears what follows', async () => {
    const first = await listen();
    bench.store.hasLostData = true;
    const second = await listen();
    expect(second.takeLines()).toEqual([
      'alice UNKNOWN>ONLINE SNAPSHOT',
      'bob UNKNOWN>ONLINE SNAPSHOT',
      'synced',
    ]);
    bench.store.hasLostData = false;
    first.takeLines();
    await bench.leave('alice');
    expect(first.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    expect(second.lines).toEqual(first.lines);
  });
});

describe('a slow reader of a group', () => {
  let slow: Watch;
  let quick: Watch;
  beforeEach(async () => {
    slow = await listen();
    quick = await listen();
    slow.takeLines();
    quick.takeLines();
    slow.room = 0;
  });

  it('is told the latest status from the one it was told last; others are not kept waiting', async () => {
    await bench.leave('alice');
    await bench.beat('alice');
    await bench.leave('alice');
    await bench.leave('bob');
    expect(quick.lines).toHaveLength(4);
    expect(bench.tracker.laggingSubscriptions).toBe(1);
    expect(slow.lines).toEqual([]);
    await giveRoom(slow);
    expect(slow.lines).toEqual(['LAGGED 2', 'alice ONLINE>OFFLINE LEAVE', 'bob ONLINE>OFFLINE LEAVE']);
    expect(quick.lines).toHaveLength(4);
    expect(bench.tracker.laggingSubscriptions).toBe(0);
    expect(slow.changes.map(({ version }) => version)).toEqual([
      quick.changes[2]?.version,
      quick.changes[3]?.version,
    ]);
  });

  it('is told nothing of a member who is again what it was told', async () => {
    await bench.leave('alice');
    await bench.beat('alice');
    await giveRoom(slow);
    expect(slow.takeLines()).toEqual(['LAGGED 1']);
    expect((await bench.costOf(() => giveRoom(slow))).usersRead).toBe(0);
  });

  it('gets as much as it has room for, each member in turn', async () => {
    await bench.leave('bob');
    await bench.leave('alice');
    await giveRoom(slow, 1);
    await giveRoom(slow, 1);
    expect(slow.takeLines().sort()).toEqual(['alice ONLINE>OFFLINE LEAVE', 'bob ONLINE>OFFLINE LEAVE']);
    await giveRoom(slow, 1);
    expect(slow.lines).toEqual([]);
  });

  it('hears of removals when it reads', async () => {
    await bench.leave('bob');
    await quit(['alice', 'bob']);
    expect(quick.lines).toHaveLength(3);
    await giveRoom(slow, 1);
    expect(slow.takeLines()).toEqual(['alice ONLINE>UNKNOWN REMOVED']);
    await giveRoom(slow);
    expect(slow.lines).toEqual(['bob ONLINE>UNKNOWN REMOVED']);
  });

  it('is told nothing of a member who went and came again', async () => {
    await quit(['alice']);
    await join(['alice']);
    expect(quick.lines).toEqual(['alice ONLINE>UNKNOWN REMOVED', 'alice UNKNOWN>ONLINE SNAPSHOT']);
    await giveRoom(slow);
    expect(slow.takeLines()).toEqual([]);
    await bench.leave('alice');
    expect(slow.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
  });
});
