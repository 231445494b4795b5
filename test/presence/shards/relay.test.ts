import { beforeEach, describe, expect, it } from 'vitest';
import { MESSAGE_BYTES_MAX } from '../../../src/presence/shards/relay.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { received } from '../../support/heartbeat.js';
import { ManualClock } from '../../support/manual-clock.js';
import { ShardNode } from './shard-node.js';

let clock: ManualClock;
let store: MemoryStore;
let owner: ShardNode;
let other: ShardNode;
/** What the other node relays is given to this first. */
let beforeRelay: () => Promise<void>;

/** Two nodes, one of which owns the shard; all heartbeats come to the other. */
beforeEach(async () => {
  clock = new ManualClock();
  store = new MemoryStore(clock);
  beforeRelay = async () => {};
  const nodes = ['a', 'b'].map(
    (nodeId) =>
      new ShardNode(
        { store, clock, nodeId },
        {
          usersMax: 20_000,
          shardStore: (inner) =>
            Object.assign(Object.create(inner), {
              shardOf: () => 0,
              shards: 1,
              async relay(node: string, message: Buffer) {
                await beforeRelay();
                await inner.relay(node, message);
              },
            }),
        },
      ),
  );
  await clock.advance(3_000);
  const [a, b] = nodes as [ShardNode, ShardNode];
  [owner, other] = a.shards.size > 0 ? [a, b] : [b, a];
  expect([owner.shards.size, other.shards.size]).toEqual([1, 0]);
});

/** Users beat by way of the other node, which records it. */
async function beat(userIds: readonly string[]): Promise<void> {
  const heartbeats = userIds.map((userId) => received({ userId, receivedMs: clock.nowMs() }));
  await Promise.all([
    other.presence.ingest.record(other.presence.namespaces.get(''), heartbeats),
    clock.advance(20),
  ]);
}

async function beats(userIds: readonly string[], count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await clock.advance(980);
    await beat(userIds);
  }
}

describe('a node that hears users whom another one counts', () => {
  const userIds = ['alice', 'bob', 'carol'];

  it('tells it, so that these need not be read', async () => {
    await beats(userIds, 20);
    await clock.advance(200);
    const { relayed } = other.shards.relay.counts;
    const { usersRead } = owner.presence.tracker.counts;
    await beats(userIds, 60);
    await clock.advance(200);
    expect(other.shards.relay.counts.relayed - relayed).toBe(180);
    // The two nodes are watched too, and beat twice a second by themselves.
    const nodesRead = 2 * 2 * 60;
    expect(owner.presence.tracker.counts.usersRead - usersRead - nodesRead).toBeLessThanOrEqual(6);
    expect(owner.counts).toEqual({ ONLINE: 3, SUSPECT: 0, OFFLINE: 0 });
  });

  it('and they are missed as soon as they are silent', async () => {
    await beats(userIds, 20);
    for (let i = 0; i < 4; i++) await beats(['alice'], 1);
    await clock.advance(100);
    expect(owner.counts).toEqual({ ONLINE: 1, SUSPECT: 0, OFFLINE: 2 });
  });

  it('tells what there is room for while the store is slow, and says how much it did not', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `${i}`.padEnd(200, '-'));
    await beats(many, 20);
    await clock.advance(200);
    const before = { ...other.shards.relay.counts };
    let answer: () => void = () => {};
    beforeRelay = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await beats(many, 1);
    const { dropped } = other.shards.relay.counts;
    // One message is under way, another one is full.
    const room = 2 * Math.floor(MESSAGE_BYTES_MAX / 214);
    expect(dropped - before.dropped).toBeGreaterThan(1_000 - room);
    beforeRelay = async () => {};
    answer();
    await clock.advance(200);
    const { counts } = other.shards.relay;
    expect(counts.relayed - before.relayed + counts.dropped - before.dropped).toBe(1_000);
  });

  it('and goes on when the store has refused a message', async () => {
    await beats(userIds, 20);
    await clock.advance(200);
    const before = { ...other.shards.relay.counts };
    beforeRelay = () => Promise.reject(new Error('away'));
    await beats(userIds, 1);
    await clock.advance(200);
    expect(other.shards.relay.counts.dropped - before.dropped).toBe(3);
    beforeRelay = async () => {};
    await beats(userIds, 1);
    await clock.advance(200);
    expect(other.shards.relay.counts.relayed - before.relayed).toBe(3);
  });

  it('tells nobody when it is alone', async () => {
    await owner.shards.close();
    await clock.advance(3_000);
    const { relayed } = other.shards.relay.counts;
    await beats(userIds, 20);
    expect(other.shards.size).toBe(1);
    expect(other.shards.relay.counts.relayed).toBe(relayed);
  });
});
