import { beforeEach, describe, expect, it } from 'vitest';
import { LimitReachedError } from '../../../src/presence/errors.js';
import { REMOVALS_MAX } from '../../../src/presence/watching/groups/listener.js';
import { PAUSE_MS } from '../../../src/presence/watching/groups/member-reader.js';
import type { GroupPage, GroupStore } from '../../../src/store/group-store.js';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { settle } from '../../support/manual-clock.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const room = { namespace: 'default', groupId: 'room' };
const PLENTY = 100_000;

let bench: TrackerBench;
/** Groups of the store, as the node's calls find them: a test may hold or fail them. */
let pages: number;
let onPage: (after: string) => Promise<void>;
beforeEach(() => {
  pages = 0;
  onPage = async () => {};
  bench = benchOf();
});

function benchOf(tracker: ConstructorParameters<typeof TrackerBench>[0] = {}): TrackerBench {
  return new TrackerBench({ ...tracker, groups: (inner) => watched(inner) });
}

function watched(inner: GroupStore): GroupStore {
  return {
    add: (...args) => inner.add(...args),
    remove: (...args) => inner.remove(...args),
    async page(group, after, usersMax): Promise<GroupPage> {
      pages += 1;
      const page = await inner.page(group, after, usersMax);
      await onPage(after);
      return page;
    },
  };
}

const idsOf = (n: number) => Array.from({ length: n }, (_, i) => `user-${String(i).padStart(5, '0')}`);

async function fill(userIds: readonly string[], group = room): Promise<void> {
  for (let i = 0; i < userIds.length; i += 1_000) {
    await bench.memory.groupStore.add(group, userIds.slice(i, i + 1_000), PLENTY);
  }
}

async function listen(groupIds: readonly string[] = ['room']): Promise<Watch> {
  const watch = bench.open();
  bench.tracker.add(watch.subscription, [], groupIds);
  await settles();
  return watch;
}

/** Until everything is read. */
async function settles(): Promise<void> {
  do for (let i = 0; i < 5; i++) await settle();
  while (bench.tracker.waitingUsers > 0);
}

describe('members of a watched group', () => {
  it('are listed in calls of a thousand, once for all who listen', async () => {
    const members = idsOf(2_500);
    await fill(members);
    const watch = await listen();
    expect(pages).toBe(3);
    expect(watch.lines).toHaveLength(2_501);
    expect(watch.lines.at(-1)).toBe('synced');
    const other = await listen();
    expect(pages).toBe(3);
    expect(other.lines).toHaveLength(2_501);
  });

  it('that come and go while they are listed are found by listing again', async () => {
    await fill(idsOf(1_500));
    onPage = async (after) => {
      if (after === '') return;
      onPage = async () => {};
      await bench.memory.groupStore.remove(room, ['user-00001', 'user-01400']);
      await bench.memory.groupStore.add(room, ['a newcomer'], PLENTY);
    };
    const watch = await listen();
    await bench.clock.advance(PAUSE_MS);
    await settles();
    const told = new Map(watch.changes.map(({ assessment, cause }) => [assessment.userId, cause]));
    expect(told.size).toBe(1_501);
    expect(told.get('a newcomer')).toBe('SNAPSHOT');
    expect([told.get('user-00001'), told.get('user-01400')]).toEqual(['REMOVED', 'REMOVED']);
    expect(bench.tracker.trackedUsers).toBe(1_499);
  });

  it('are not listed again where the version says that nothing has changed', async () => {
    await fill(idsOf(1_500));
    await listen();
    pages = 0;
    bench.store.cutFeed(new Error('cut'));
    bench.store.restoreFeed();
    await bench.clock.advance(PAUSE_MS);
    expect(pages).toBe(1);
  });

  it('that come and go all the time are listed no more than once in a while', async () => {
    await fill(['alice']);
    await listen();
    pages = 0;
    for (let i = 0; i < 100; i++) {
      await bench.memory.groupStore.add(room, [`user-${i}`], PLENTY);
      await bench.clock.advance(10);
    }
    await bench.clock.advance(PAUSE_MS);
    expect(bench.tracker.trackedUsers).toBe(101);
    expect(pages).toBeLessThanOrEqual(1 + 1_000 / PAUSE_MS);
  });
});

describe('a feed that breaks', () => {
  it('keeps changes of members from the node, which are right again when it is back', async () => {
    await bench.beats(['alice', 'bob', 'carol']);
    await fill(['alice', 'bob']);
    const watch = await listen();
    watch.takeLines();
    bench.store.cutFeed(new Error('cut'));
    await bench.memory.groupStore.add(room, ['carol'], PLENTY);
    await bench.memory.groupStore.remove(room, ['alice']);
    await bench.clock.advance(PAUSE_MS);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    bench.store.restoreFeed();
    await bench.clock.advance(PAUSE_MS);
    expect(watch.lines).toEqual([
      'alice ONLINE>UNKNOWN REMOVED',
      'carol UNKNOWN>ONLINE SNAPSHOT',
      'RECOVERED',
    ]);
  });
});

describe('a store that does not list members', () => {
  it('is asked again until it does; the stream says that it may be late', async () => {
    await bench.beats(['alice']);
    await fill(['alice']);
    onPage = async () => {
      throw new StoreUnavailableError('gone');
    };
    const watch = await listen();
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    await bench.clock.advance(600);
    expect(watch.lines).toEqual([]);
    expect(bench.tracker.counts.groupReadFailures).toBe(3);
    onPage = async () => {};
    await bench.clock.advance(400);
    expect(watch.lines).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT', 'synced', 'RECOVERED']);
  });

  it('of one group keeps changes of another from a stream until both are known', async () => {
    await bench.beats(['alice']);
    await fill(['alice']);
    const watch = await listen();
    watch.takeLines();
    let answer = () => {};
    onPage = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    bench.tracker.add(watch.subscription, [], ['lobby']);
    await settles();
    await bench.leave('alice');
    expect(watch.lines).toEqual([]);
    answer();
    await settles();
    expect(watch.lines).toEqual(['synced', 'alice ONLINE>OFFLINE LEAVE']);
  });

  it('before everybody has gone is asked no more', async () => {
    let answer = () => {};
    onPage = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await fill(idsOf(1_500));
    const watch = await listen();
    bench.tracker.close(watch.subscription);
    answer();
    await settles();
    expect(pages).toBe(1);
    expect(bench.tracker.trackedUsers).toBe(0);
  });
});

describe('limits', () => {
  it('of the groups of a stream refuses more and keeps what there is', async () => {
    bench = benchOf({ tracker: { subscriptionGroupsMax: 2 } });
    const watch = await listen(['room', 'lobby', 'room']);
    expect(() => bench.tracker.add(watch.subscription, ['alice'], ['lobby', 'third'])).toThrow(
      new LimitReachedError('groups watched by one stream', 2),
    );
    expect(bench.tracker.trackedUsers).toBe(0);
    expect(bench.tracker.counts.refused).toBe(1);
    bench.tracker.remove(watch.subscription, [], ['lobby']);
    bench.tracker.add(watch.subscription, [], ['third']);
    expect(watch.subscription.listeners.size).toBe(2);
  });

  it('of the users of a node ends the streams of a group that is too large', async () => {
    bench = benchOf({ tracker: { trackedUsersMax: 1_200 } });
    await fill(idsOf(1_201));
    await fill(['alice'], { ...room, groupId: 'small' });
    const small = await listen(['small']);
    const [one, other] = [bench.open(), bench.open()];
    for (const { subscription } of [one, other]) bench.tracker.add(subscription, [], ['room']);
    await settles();
    const full = new LimitReachedError('users watched on this node', 1_200);
    expect([one.error, other.error, small.error]).toEqual([full, full, undefined]);
    expect(bench.tracker.counts.refused).toBe(1);
    expect(bench.tracker.trackedUsers).toBe(1);
  });

  it('of removals that wait for a reader ends its stream, and no other', async () => {
    const members = idsOf(REMOVALS_MAX + 1);
    await fill(members);
    const [slow, quick] = [await listen(), await listen()];
    slow.room = 0;
    await bench.memory.groupStore.remove(room, members.slice(0, REMOVALS_MAX));
    await bench.clock.advance(PAUSE_MS);
    expect(slow.error).toBeUndefined();
    await bench.memory.groupStore.remove(room, members.slice(REMOVALS_MAX));
    await bench.clock.advance(PAUSE_MS);
    expect(slow.error).toEqual(
      new LimitReachedError('members removed that a stream was not told of', REMOVALS_MAX),
    );
    expect(quick.error).toBeUndefined();
    expect(quick.changes.filter(({ cause }) => cause === 'REMOVED')).toHaveLength(REMOVALS_MAX + 1);
  });

  it('of removals, reached by the only stream of a group, leaves nothing behind', async () => {
    const members = idsOf(REMOVALS_MAX + 10);
    await fill(members);
    const slow = await listen();
    slow.room = 0;
    await bench.memory.groupStore.remove(room, members);
    await bench.clock.advance(PAUSE_MS);
    expect(slow.error).toBeInstanceOf(LimitReachedError);
    expect(bench.tracker).toMatchObject({ trackedUsers: 0, timers: 0, subscriptions: 0 });
    expect(bench.tracker.groups.audiences).toBe(0);
  });
});
