import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { MemoryLog } from '../support/log.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { tuningContract } from './tuning-contract.js';

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

async function open(log = new MemoryLog()): Promise<RedisStore> {
  const store = new RedisStore({ url: server.url, clock: systemClock, log, cachedUsersMax: 0 });
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
  return store;
}

tuningContract('embedded', async () => {
  const store = new MemoryStore(systemClock);
  return [store, store];
});

tuningContract('redis', async () => {
  await admin.flushall();
  return [await open(), await open()];
});

it('a document that cannot be read is told of, and the others stand', async () => {
  await admin.flushall();
  const log = new MemoryLog();
  const store = await open(log);
  await store.tunings('', new Map([['web', { changes: [] }]]));
  await admin.hset('phid1:{p00}:c', ':v', 'another', 'mobile', '{"set": ');
  expect((await store.tunings('')).documents).toEqual(new Map([['web', { changes: [] }]]));
  expect(log.text).toMatch(/what was set at run time cannot be read.*mobile/);
  await store.close();
});
