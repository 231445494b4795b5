import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import type { ShardStore } from '../../../src/store/shard-store.js';
import { type ReceivedHeartbeat, StoreUnavailableError } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import { Follower, ShardNode } from './shard-node.js';

let clock: ManualClock;
let store: MemoryStore;
beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryStore(clock);
});

async function start(
  nodeId: string,
  overrides?: ConstructorParameters<typeof ShardNode>[1],
): Promise<ShardNode> {
  const node = new ShardNode({ store, clock, nodeId }, overrides);
  await clock.advance(1_500);
  return node;
}

async function beat(node: ShardNode, userIds: readonly string[], rest: Partial<ReceivedHeartbeat> = {}) {
  const heartbeats = userIds.map((userId) => received({ userId, receivedMs: clock.nowMs(), ...rest }));
  await store.record(node.presence.namespaces.get(''), 0, heartbeats);
  await settle();
}

/** What happened has been read and told: who is only counted waits for others to be read with. */
const told = () => clock.advance(60);

/** Ten heartbeats, one a second, the last of them now. */
async function beats(node: ShardNode, userIds: readonly string[]) {
  for (let i = 0; i < 10; i++) {
    if (i > 0) await clock.advance(1_000);
    await beat(node, userIds);
  }
}

describe('the owner of a shard', () => {
  it('counts everybody and logs every change, whether somebody watches or not', async () => {
    const node = await start('a');
    const follower = await node.follow();
    await beats(node, ['alice', 'bob']);
    await told();
    expect(node.counts).toEqual({ ONLINE: 2, SUSPECT: 0, OFFLINE: 0 });
    for (let i = 0; i < 3; i++) {
      await clock.advance(1_000);
      await beat(node, ['bob']);
    }
    expect(node.counts).toEqual({ ONLINE: 1, SUSPECT: 0, OFFLINE: 1 });
    await told();
    await beat(node, ['alice']);
    await told();
    const leave = { userId: 'bob', sessionId: '', receivedMs: clock.nowMs() };
    await store.leave(node.presence.namespaces.get(''), leave);
    await told();
    expect(node.counts).toEqual({ ONLINE: 1, SUSPECT: 0, OFFLINE: 1 });
    expect(follower.lines).toEqual([
      'alice UNKNOWN>ONLINE FIRST_SEEN',
      'bob UNKNOWN>ONLINE FIRST_SEEN',
      'alice ONLINE>SUSPECT SUSPICION',
      'alice SUSPECT>OFFLINE SUSPICION',
      'alice OFFLINE>ONLINE HEARTBEAT',
      'bob ONLINE>OFFLINE LEAVE',
    ]);
  });

  it('counts no longer who is forgotten', async () => {
    const node = await start('a', { namespace: { retentionMs: 100_000 } });
    const follower = await node.follow();
    await beats(node, ['alice']);
    await clock.advance(100_100);
    expect(node.counts).toEqual({ ONLINE: 0, SUSPECT: 0, OFFLINE: 0 });
    expect(follower.lines.at(-1)).toBe('alice OFFLINE>UNKNOWN FORGOTTEN');
    expect(node.shards.users).toBe(1); // the node itself
    await beat(node, ['alice']);
    await told();
    expect(follower.lines.at(-1)).toBe('alice UNKNOWN>ONLINE FIRST_SEEN');
  });

  it('knows those who were there before it, and has nothing to tell of them', async () => {
    const first = await start('a');
    await beats(first, ['alice', 'bob']);
    await first.shards.close();
    store.shardStore.close();
    await clock.advance(5_000);
    const node = await start('b');
    const follower = await node.follow();
    expect(node.isComplete).toBe(true);
    expect(node.counts).toEqual({ ONLINE: 0, SUSPECT: 0, OFFLINE: 2 });
    expect(follower.lines).toEqual([]);
  });

  it('is the node itself when it is alone, and its heartbeats are those of a user', async () => {
    const node = await start('a');
    const { nodes } = node.presence.namespaces;
    const assessment = await node.presence.reads.assess(nodes, 'a');
    expect(assessment.status).toBe('ONLINE');
    expect([...node.shards.nodes.views.keys()]).toEqual(['a']);
  });
});

describe('when the owner dies', () => {
  /** Which of the two names owns the shard. */
  async function startBoth(apartMs = 0): Promise<{ owner: ShardNode; other: ShardNode }> {
    const a = new ShardNode({ store, clock, nodeId: 'a' });
    await clock.advance(apartMs);
    const b = new ShardNode({ store, clock, nodeId: 'b' });
    await clock.advance(3_000);
    const owning = [a, b].filter(({ shards }) => [...shards.owned].length > 0);
    expect(owning).toHaveLength(1);
    const owner = owning[0] as ShardNode;
    return { owner, other: owner === a ? b : a };
  }

  it('another node takes its shards, and goes on in the log as if nothing had happened', async () => {
    const { owner, other } = await startBoth();
    const follower = await other.follow();
    await beats(owner, ['alice', 'bob', 'carol']);
    // alice is suspected by the first owner, bob by the second; carol goes on, and dave is new, while there is none.
    for (let i = 0; i < 2; i++) {
      await clock.advance(1_000);
      await beat(owner, ['bob', 'carol']);
    }
    await clock.advance(500);
    owner.isCut = true;
    await clock.advance(500);
    await beat(other, ['carol', 'dave']);
    for (let i = 0; i < 4; i++) {
      await clock.advance(1_000);
      await beat(other, ['carol', 'dave']);
    }
    expect(other.isComplete).toBe(true);
    expect(other.counts).toEqual({ ONLINE: 2, SUSPECT: 0, OFFLINE: 2 });
    await beat(other, ['alice']);
    await told();
    const of = (user: string) => follower.lines.filter((line) => line.startsWith(user));
    expect(of('alice')).toEqual([
      'alice UNKNOWN>ONLINE FIRST_SEEN',
      'alice ONLINE>SUSPECT SUSPICION',
      'alice SUSPECT>OFFLINE SUSPICION',
      'alice OFFLINE>ONLINE HEARTBEAT',
    ]);
    expect(of('bob')).toEqual(['bob UNKNOWN>ONLINE FIRST_SEEN', 'bob ONLINE>OFFLINE SUSPICION']);
    expect(of('carol')).toEqual(['carol UNKNOWN>ONLINE FIRST_SEEN']);
    expect(of('dave')).toEqual(['dave UNKNOWN>ONLINE FIRST_SEEN']);
  });

  it('it takes them at the moment at which it is OFFLINE, and says soon that all are counted', async () => {
    // The looks of one are between those of the other.
    const { owner, other } = await startBoth(180);
    const late = Array.from({ length: 50 }, (_, i) => `late-${i}`);
    await beats(owner, ['alice', ...late]);
    owner.isCut = true;
    const { nodeId, namespaces } = owner.presence;
    const { offlineInMs } = await other.presence.reads.assess(namespaces.nodes, nodeId);
    await clock.advance(offlineInMs - 5);
    expect(other.shards.size).toBe(0);
    await clock.advance(10);
    expect(other.shards.size).toBe(1);
    const tookUs = clock.epochUs();
    for (const userId of late) {
      // There is always somebody to be read.
      await beat(other, [userId]);
      await clock.advance(8);
    }
    const [report] = await other.shards.reports();
    expect(report).toMatchObject({ node: other.presence.nodeId, isComplete: true });
    // Until it has told what happened up to a moment of its own, nobody takes the counts for complete.
    expect(report?.upToUs).toBeGreaterThan(tookUs - 100_000);
  });

  it('it takes them at once when the node says that it ends', async () => {
    const { owner, other } = await startBoth();
    await owner.shards.close();
    await clock.advance(1_000);
    expect([...other.shards.owned]).toHaveLength(1);
    expect(other.isComplete).toBe(true);
  });

  it('a node that was only cut off writes nothing any more when it is back', async () => {
    const { owner, other } = await startBoth();
    await beats(owner, ['alice']);
    owner.isCut = true;
    await clock.advance(5_000);
    expect([...other.shards.owned]).toHaveLength(1);
    const follower = await other.follow();
    owner.isCut = false;
    await beat(other, ['alice']);
    await clock.advance(1_000);
    expect(follower.lines).toEqual(['alice OFFLINE>ONLINE HEARTBEAT']);
  });

  it('who was first seen a moment before is told of once', async () => {
    const { owner, other } = await startBoth();
    const follower = await other.follow();
    await beat(owner, ['alice']);
    owner.isCut = true;
    for (let i = 0; i < 6; i++) {
      await clock.advance(1_000);
      await beat(other, ['alice']);
    }
    expect(other.isComplete).toBe(true);
    expect(follower.lines).toEqual(['alice UNKNOWN>ONLINE FIRST_SEEN']);
    expect(other.counts.ONLINE).toBe(1);
  });
});

it('users who are only counted are read together, a little later', async () => {
  const node = await start('a');
  const users = Array.from({ length: 20 }, (_, i) => `u${i}`);
  const { counts } = node.presence.tracker;
  const { reads } = counts;
  for (const userId of users) {
    await beat(node, [userId]);
    await clock.advance(1);
  }
  await told();
  expect(node.presence.tracker.counts.reads - reads).toBe(1);
  expect(node.counts.ONLINE).toBe(20);
});

it('a report goes on while users come and are late all the time', async () => {
  const node = await start('a');
  const users = Array.from({ length: 300 }, (_, i) => `u${i}`);
  await beats(node, users);
  const [shard] = node.shards.owned;
  for (let i = 0; i < 300; i++) {
    // Each of them late, so that the feed names them, and one that is new.
    await beat(node, [users[i] as string, `new-${i}`]);
    await clock.advance(10);
  }
  const report = shard?.report();
  expect(report?.isComplete).toBe(true);
  expect(clock.epochUs() - (report?.upToUs ?? 0)).toBeLessThan(1_500_000);
  const { items } = await store.shardStore.logged(0, 'default');
  const kept = items.filter(({ was }) => was.status === 'ONLINE');
  expect(kept.length).toBeLessThan(200);
});

describe('at its limits', () => {
  it('a node counts no more users than it may, and says so', async () => {
    const node = await start('a', { usersMax: 3 });
    await beat(node, ['u1', 'u2']);
    await clock.advance(500);
    await beat(node, ['u3', 'u4']);
    expect(node.shards.users).toBe(3);
    expect(node.isComplete).toBe(false);
    expect(node.shards.counts.overfull).toBe(2);
    expect(node.log.text).toMatch(/no more users are counted/);
  });

  it('a log that takes nothing holds changes back, and they are made again from what is true then', async () => {
    let isHeld = false;
    let release = () => {};
    const node = await start('a', {
      usersMax: 10_000,
      shardStore: (inner) => {
        const append: typeof inner.append = async (...args) => {
          if (isHeld) await new Promise<void>((resolve) => (release = resolve));
          return inner.append(...args);
        };
        return new Proxy(inner, {
          get: (_, name) => (name === 'append' ? append : Reflect.get(inner, name)),
        });
      },
    });
    const follower = await node.follow();
    const users = Array.from({ length: 1_500 }, (_, i) => `u${i}`);
    await beats(node, users);
    expect(follower.lines).toHaveLength(1_500);
    isHeld = true;
    await clock.advance(10_000);
    const [shard] = node.shards.owned;
    expect(shard?.log.pending).toBe(1_024);
    await beat(node, users);
    await clock.advance(500);
    isHeld = false;
    release();
    // As many turns as it takes to read and write all of them.
    for (let i = 0; i < 200; i++) {
      await clock.advance(1);
      await settle();
    }
    expect(shard?.log.pending).toBe(0);
    expect(node.counts).toEqual({ ONLINE: 1_500, SUSPECT: 0, OFFLINE: 0 });
    // Whoever was told to be gone was told to be back; of the others there was nothing to tell.
    const last = new Map(follower.lines.map((line) => [line.split(' ')[0], line.split(/[ >]/)[2]]));
    expect(new Set(last.values())).toEqual(new Set(['ONLINE']));
  });

  it('counts what a namespace may have: at its limit every node refuses newcomers, until there is room again', async () => {
    const namespace = { usersMax: 3, retentionMs: 100_000 };
    const [a, b] = [await start('a', { namespace }), await start('b', { namespace })];
    const take = async (node: ShardNode, userId: string) => {
      const beating = node.presence.ingest.record(node.presence.namespaces.get(''), [
        received({ userId, receivedMs: clock.nowMs() }),
      ]);
      await clock.advance(5);
      return (await beating).map(({ error }) => error.message);
    };
    const isFull = () => [a, b].map(({ presence }) => presence.namespaces.get('').isFull);
    for (const userId of ['alice', 'bob']) expect(await take(a, userId)).toEqual([]);
    await clock.advance(3_000);
    expect(isFull()).toEqual([false, false]);
    expect(await take(b, 'carol')).toEqual([]);
    await clock.advance(3_000);
    expect(isFull()).toEqual([true, true]);
    const refusal = 'users of namespace "default" (users_max): the limit of 3 is reached';
    for (const node of [a, b]) expect(await take(node, 'dave')).toEqual([refusal]);
    expect(await take(b, 'alice')).toEqual([]);
    expect(a.log.text).toContain('default has users_max users');
    expect(a.presence.ingest.counts.get('default')).toMatchObject({ recorded: 2, refused: 1, failed: 0 });
    // Two of them are forgotten: whoever is silent for as long as is remembered makes room.
    for (let i = 0; i < 11; i++) {
      await clock.advance(10_000);
      await take(b, 'alice');
    }
    expect(isFull()).toEqual([false, false]);
    expect(await take(a, 'dave')).toEqual([]);
    expect(a.log.text).toContain('default takes more users again');
  });

  it('refuses one follower more than it may have', async () => {
    const node = await start('a', { followersMax: 2 });
    const first = await node.follow();
    await node.follow();
    expect(() => new Follower(1).follow(node, '')).toThrow('limit of 2');
    expect(node.logs.counts.refused).toBe(1);
    first.stop();
    await node.follow();
    expect(node.logs.followers).toBe(2);
  });
});

it('shards whose partition of the store is away are left out, and taken when it is back', async () => {
  let isAway = true;
  const ofFourShards = (inner: ShardStore): ShardStore => ({
    ...{ shards: 4, shardOf: (userId) => Number(userId[0]), nodes: (...args) => inner.nodes(...args) },
    async claim({ shard }) {
      if (isAway && shard === 1) throw new StoreUnavailableError('shard 1 does not answer');
      return undefined;
    },
    ...{ report: async () => true, reports: async () => [], append: async () => true, relay: async () => {} },
    ...{ logged: async () => ({ items: [], next: undefined }) },
    ...{ knownUsers: async () => ({ items: [], next: undefined }), logEnd: async () => '' },
    readLog: async (_, __, position) => ({ changes: [], position, isFull: false, isGap: false }),
  });
  const node = await start('a', { shardStore: ofFourShards });
  const owned = () => Array.from(node.shards.owned, ({ claim }) => claim.shard).sort();
  expect(owned()).toEqual([0, 2, 3]);
  isAway = false;
  await clock.advance(2_000);
  expect(owned()).toEqual([0, 1, 2, 3]);
});
