import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../test/support/redis-server.js';

/** What Redis keeps when it dies: nothing, or every write that it answered. */
export type Persistence = 'none' | 'aof';

const AOF = ['--appendonly', 'yes', '--appendfsync', 'always'];

export function startStore(persistence: Persistence): Promise<RedisServer> {
  return startRedis({ args: persistence === 'aof' ? AOF : [] });
}

/** A replica, and a Sentinel that makes it the master when the master is gone. */
export interface Replication {
  /** Resolves with the port of the new master once Sentinel has said who it is. */
  readonly switched: Promise<number>;
  stop(): Promise<void>;
}

const MASTER_NAME = 'phid';
/** The master is taken for dead when it has not answered for so long, ms. */
const DOWN_AFTER_MS = 1_000;

export async function startReplication(master: RedisServer): Promise<Replication> {
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
  await linkUp(replica);
  const sentinel = await startRedis({
    sentinel: [
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER_NAME} 10000`,
    ],
  });
  const subscriber = new Redis(sentinel.url);
  const switched = new Promise<number>((resolve) => {
    // "<name> <old host> <old port> <new host> <new port>"
    subscriber.on('message', (_, message: string) => resolve(Number(message.split(' ')[4])));
  });
  await subscriber.subscribe('+switch-master');
  return {
    switched,
    async stop() {
      subscriber.disconnect();
      await sentinel.stop();
      await replica.stop();
    },
  };
}

/** Resolves when the replica has what the master has. */
async function linkUp(replica: RedisServer): Promise<void> {
  const client = new Redis(replica.url);
  while (!(await client.info('replication')).includes('master_link_status:up')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  client.disconnect();
}
