import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from './redis-server.js';

const MASTER_NAME = 'phid';
/** The master is taken for dead when it has not answered for so long, ms. */
const DOWN_AFTER_MS = 1_000;

interface SentinelOptions {
  /** What the servers ask for, and what the Sentinel asks for itself. Nothing by default. */
  readonly password?: string;
  readonly sentinelPassword?: string;
}

/** A replica, and a Sentinel that makes it the master when the master is gone. */
export interface Replication {
  /** As phid takes it: the Sentinel's address, and the master by its name. */
  readonly url: string;
  readonly replica: RedisServer;
  /** Resolves with the port of the new master once Sentinel has said who it is. */
  readonly switched: Promise<number>;
  stop(): Promise<void>;
}

/** Starts both beside a master that runs, and returns when the replica has what the master has. */
export async function startReplication(
  master: RedisServer,
  { password, sentinelPassword }: SentinelOptions = {},
): Promise<Replication> {
  const client = new Redis(master.url, password ? { password } : {});
  // By default it waits 5 s for more replicas.
  await client.config('SET', 'repl-diskless-sync-delay', '0');
  client.disconnect();
  const auth = password ? ['--requirepass', password, '--masterauth', password] : [];
  const replica = await startRedis({
    args: ['--replicaof', '127.0.0.1', String(master.port), ...auth],
  });
  await linkUp(replica, password);
  const sentinel = await startRedis({
    sentinel: [
      ...(sentinelPassword ? [`requirepass ${sentinelPassword}`] : []),
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} 1`,
      ...(password ? [`sentinel auth-pass ${MASTER_NAME} ${password}`] : []),
      `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER_NAME} 10000`,
    ],
  });
  const subscriber = new Redis(sentinel.url, sentinelPassword ? { password: sentinelPassword } : {});
  const switched = new Promise<number>((resolve) => {
    // "<name> <old host> <old port> <new host> <new port>"
    subscriber.on('message', (_, message: string) => resolve(Number(message.split(' ')[4])));
  });
  await subscriber.subscribe('+switch-master');
  const user = password ? `:${password}@` : '';
  const own = sentinelPassword ? `&sentinel_password=${sentinelPassword}` : '';
  return {
    url: `redis://${user}127.0.0.1:${sentinel.port}?sentinel=${MASTER_NAME}${own}`,
    replica,
    switched,
    async stop() {
      subscriber.disconnect();
      await sentinel.stop();
      await replica.stop();
    },
  };
}

async function linkUp(replica: RedisServer, password: string | undefined): Promise<void> {
  const client = new Redis(replica.url, password ? { password } : {});
  while (!(await client.info('replication')).includes('master_link_status:up')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  client.disconnect();
}
