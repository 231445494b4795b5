import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { MemoryLog } from '../support/log.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { shardContract } from './shard-contract.js';

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

async function open(): Promise<RedisStore> {
  const store = new RedisStore({
    url: server.url,
    clock: systemClock,
    log: new MemoryLog(),
    cachedUsersMax: 0,
  });
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
  return store;
}

shardContract('embedded', async () => {
  const store = new MemoryStore(systemClock);
  return [store, store];
});

shardContract('redis', async () => {
  await admin.flushall();
  return [await open(), await open()];
});

it('a position of before the store lost its data is a gap, also when the log has grown again', async () => {
  await admin.flushall();
  const store = await open();
  const shards = store.shardStore;
  const claim = { shard: 3, node: 'a', token: 'a 1' };
  const web = { namespace: 'web', retentionMs: 60_000 };
  const change = { userId: 'alice', kept: undefined, bytes: Buffer.from('x') };
  await shards.claim(claim);
  await shards.append(claim, web, [change]);
  const position = await shards.logEnd(3, 'web');
  await admin.flushall();
  await shards.claim(claim);
  await shards.append(claim, web, [change]);
  expect(await shards.readLog(3, 'web', position)).toMatchObject({ isGap: true, changes: [] });
  await store.close();
});
