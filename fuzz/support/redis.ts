import { once } from 'node:events';
import { Redis } from 'ioredis';
import { systemClock } from '../../src/clock.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { MemoryLog } from '../../test/support/log.js';
import { startRedis } from '../../test/support/redis-server.js';

/** A real redis-server, a store on it, and a connection that writes what no phid would. */
export interface FuzzedRedis {
  readonly admin: Redis;
  readonly store: RedisStore;
  readonly log: MemoryLog;
  stop(): Promise<void>;
}

export async function startFuzzedRedis(): Promise<FuzzedRedis> {
  const server = await startRedis();
  const admin = new Redis(server.url);
  await once(admin, 'ready');
  const log = new MemoryLog();
  const store = new RedisStore({ url: server.url, clock: systemClock, log, cachedUsersMax: 1_000 });
  while (!store.isReady()) await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    admin,
    store,
    log,
    async stop() {
      await store.close();
      admin.disconnect();
      await server.stop();
    },
  };
}
