import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { MemoryLog } from '../support/log.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { groupContract } from './group-contract.js';

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

function openNow(): RedisStore {
  return new RedisStore({ url: server.url, clock: systemClock, log: new MemoryLog(), cachedUsersMax: 0 });
}

async function open(): Promise<RedisStore> {
  const store = openNow();
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
  return store;
}

groupContract('embedded', async () => {
  const store = new MemoryStore(systemClock);
  return [store, store];
});

groupContract('redis', async () => {
  await admin.flushall();
  return [await open(), await open()];
});

it('a store that cannot be reached says so', async () => {
  const store = openNow();
  await expect(store.groupStore.page({ namespace: 'web', groupId: 'room' }, '', 1)).rejects.toThrow(
    StoreUnavailableError,
  );
  await store.close();
});
