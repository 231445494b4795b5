import type { Start } from '../../bench/support/started.js';
import { type RedisCluster, startRedisCluster } from '../../test/support/redis-cluster.js';
import { type Replication, startReplication } from '../../test/support/redis-sentinel.js';
import { type RedisServer, startRedis } from '../../test/support/redis-server.js';
import type { Stage } from './fault.js';
import { TcpProxy } from './tcp-proxy.js';

/** What Redis keeps when it dies: nothing, or every write that it answered. */
export type Persistence = 'none' | 'aof';

const AOF = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** What holds the facts, as far as a fault has it. */
interface Stores {
  /** As phid is given it. */
  readonly url: string;
  readonly redis?: RedisServer;
  readonly proxy?: TcpProxy;
  readonly replication?: Replication;
  readonly cluster?: RedisCluster;
}

export async function startStores(start: Start, stage: Stage): Promise<Stores> {
  const { isCluster, isReplicated, isProxied, persistence = 'none' } = stage;
  const args = persistence === 'aof' ? AOF : [];
  if (isCluster) {
    const cluster = await start(startRedisCluster({ args }));
    return { url: cluster.url, cluster };
  }
  const redis = await start(startRedis({ args }));
  if (isReplicated) {
    const replication = await start(startReplication(redis));
    return { url: replication.url, redis, replication };
  }
  if (!isProxied) return { url: redis.url, redis };
  const proxy = await start(TcpProxy.start(redis.port));
  return { url: proxy.url, redis, proxy };
}
