import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import { SHARDS, shardOf, streamKey, userKey } from '../../src/store/redis/keys.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.js';
import { replicated } from '../support/replicated.js';
import { storeNamespace } from '../support/settings.js';
import { storeContract } from './contract.js';
import { groupContract } from './group-contract.js';
import { shardContract } from './shard-contract.js';
import { tuningContract } from './tuning-contract.js';

let cluster: RedisCluster;
const opened: RedisStore[] = [];
const namespace = storeNamespace();
/** One of each shard. */
const users = Array.from({ length: SHARDS }, (_, shard) => {
  for (let i = 0; ; i++) if (shardOf(`user-${i}`) === shard) return `user-${i}`;
});

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function open(log = new MemoryLog()): Promise<RedisStore> {
  const store = new RedisStore({ url: cluster.url, clock: systemClock, log, cachedUsersMax: 1_000 });
  opened.push(store);
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
  return store;
}

async function beat(store: RedisStore, userId: string, sequence = 0): Promise<number> {
  const heartbeat = received({ userId, sequence, receivedMs: systemClock.nowMs() });
  return (await store.record(namespace, store.laneOf(userId), [heartbeat])).arrivals[0]?.flags ?? 0;
}

/** What a follower hears, in order. */
function follow(store: RedisStore): string[] {
  const heard: string[] = [];
  store.follow({
    changed: (_, userId) => void heard.push(userId),
    doubted: () => {},
    lost: () => void heard.push('lost'),
    resync: () => void heard.push('resync'),
  });
  return heard;
}

storeContract('redis cluster', async () => {
  await cluster.flush();
  return { store: await open(), clock: systemClock };
});

tuningContract('redis cluster', async () => {
  await cluster.flush();
  return [await open(), await open()];
});

shardContract('redis cluster', async () => {
  await cluster.flush();
  return [await open(), await open()];
});

groupContract('redis cluster', async () => {
  await cluster.flush();
  return [await open(), await open()];
});

describe('a cluster', () => {
  it('has the users of a shard, and its stream, in one slot, and shards on every master', async () => {
    await cluster.flush();
    const store = await open();
    for (const userId of users) await beat(store, userId);
    for (const master of await cluster.masters()) {
      const keys = await cluster.client(master).keys('phid1:*:u:*');
      expect(keys.length).toBeGreaterThan(0);
    }
    for (const userId of users) {
      const [ofUser, ofStream] = await Promise.all(
        [userKey(shardOf(userId), 'default', userId), streamKey(shardOf(userId))].map((key) =>
          cluster.masterOf(key),
        ),
      );
      expect(ofUser).toBe(ofStream);
    }
  });

  it('is asked for users of all shards at once, and answers in the order asked for', async () => {
    const store = await open();
    for (const userId of users) await beat(store, userId);
    const asked = [...users.toReversed(), 'nobody', ...users];
    const readings = await store.read(namespace, asked);
    expect(readings.map(({ record }) => record !== undefined)).toEqual(asked.map((u) => u !== 'nobody'));
  });

  it('tells followers of users of every shard, each once', async () => {
    await cluster.flush();
    const store = await open();
    const heard = follow(store);
    await vi.waitFor(() => expect(heard).toEqual(['resync']));
    for (const userId of users) await beat(store, userId);
    await vi.waitFor(() => expect(heard.slice(1).sort()).toEqual([...users].sort()));
  });

  it('follows a slot that moves while it is used: nothing is lost, the feed goes on', async () => {
    const store = await open();
    const heard = follow(store);
    const shard = 3;
    const userId = users[shard] as string;
    await vi.waitFor(() => expect(heard).toEqual(['resync']));
    const from = await cluster.masterOf(streamKey(shard));
    const to = (await cluster.masters()).find((master) => master !== from);
    if (!to) throw new Error('there is one master only');
    const acknowledged: number[] = [];
    let isMoving = true;
    const beating = (async () => {
      for (let sequence = 1; isMoving; sequence++) {
        const isRecorded = await beat(store, userId, sequence).then(
          () => true,
          (error) => {
            expect(error).toBeInstanceOf(StoreUnavailableError);
            return false;
          },
        );
        if (isRecorded) acknowledged.push(sequence);
      }
    })();
    await cluster.move(streamKey(shard), to);
    isMoving = false;
    await beating;
    expect(await cluster.masterOf(streamKey(shard))).toBe(to);
    const [reading] = await store.read(namespace, [userId]);
    expect(reading?.record?.sessions[0]?.sequence).toBe(acknowledged.at(-1));
    expect(store.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
    heard.length = 0;
    await vi.waitFor(async () => {
      await store.leave(namespace, { userId, sessionId: '', receivedMs: systemClock.nowMs() });
      await beat(store, userId);
      expect(heard).toContain(userId);
    }, 10_000);
  });

  it.each([
    ['dies', 'SIGKILL'],
    ['stands still', 'SIGSTOP'],
  ] as const)(
    'is out in the shards of a master that %s, and in no other; its replica takes over',
    async (_, signal) => {
      await cluster.flush();
      const log = new MemoryLog();
      const store = await open(log);
      const heard = follow(store);
      await vi.waitFor(() => expect(heard).toEqual(['resync']));
      for (const userId of users) await beat(store, userId, 1);
      const key = streamKey(shardOf('user-0'));
      const master = await cluster.masterOf(key);
      const owners = await Promise.all(users.map((userId) => cluster.masterOf(streamKey(shardOf(userId)))));
      const away = users.filter((_, i) => owners[i] === master);
      const others = users.filter((_, i) => owners[i] !== master);
      await replicated(cluster.client(master));
      await master.kill(signal);
      await Promise.all(others.map((userId) => beat(store, userId, 2)));
      const outcomes = await Promise.allSettled(away.map((userId) => beat(store, userId, 2)));
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
      expect(store.isReady()).toBe(true);
      await expect(store.read(namespace, [away[0] as string])).rejects.toThrow(StoreUnavailableError);
      expect((await store.read(namespace, others)).every(({ record }) => record)).toBe(true);
      await cluster.failedOver(key, master);
      await vi.waitFor(() => Promise.all(away.map((userId) => beat(store, userId, 3))), 10_000);
      // The replica has what was recorded before: it was acknowledged long ago.
      const readings = await store.read(namespace, away);
      expect(readings.map(({ record }) => record?.sessions[0]?.window.count)).toEqual(away.map(() => 1));
      expect(store.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
      const feed = () => heard.filter((what) => what === 'lost' || what === 'resync');
      await vi.waitFor(() => expect(feed()).toEqual(['resync', 'lost', 'resync']), 10_000);
      await vi.waitFor(() => expect(log.text).toContain('answers again'));
      if (signal === 'SIGSTOP') await master.kill('SIGCONT');
      else await master.restart();
      await cluster.settled();
      // What nobody sends there any more is not recorded there.
      await Promise.all(away.map((userId) => beat(store, userId, 4)));
    },
  );

  it('notices that a shard has lost its data, and gives back what is remembered of it', async () => {
    const store = await open();
    const [lost, kept] = [users[1], users[2]] as [string, string];
    for (let i = 0; i < 2; i++) await Promise.all([beat(store, lost), beat(store, kept)]);
    const master = await cluster.masterOf(streamKey(1));
    const client = cluster.client(master);
    const keys = await client.keys('phid1:{p01}:*');
    for (const key of keys) await client.del(key);
    expect((await beat(store, lost)) & ArrivalFlag.FIRST_SEEN).toBe(0);
    expect(store.lostDataUs).toBeGreaterThan(0);
    expect((await beat(store, kept)) & ArrivalFlag.FIRST_SEEN).toBe(0);
  });
});
