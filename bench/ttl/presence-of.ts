import { Redis } from 'ioredis';

/**
 * How the TTL service talks to Redis. `awaited`: one command a user, each awaited before the next of the request, as the
 * usual recipe has it. `single`: one command a user, those of a request side by side. `pipelined`: one explicit pipeline for all users of a request, and ioredis' automatic pipelines for requests
 * of one: as strong as it gets.
 */
export type RedisUse = 'awaited' | 'single' | 'pipelined';

/** Presence by keys that expire. */
export interface TtlPresence {
  /** Resolves when all of `keys` are set. */
  touch(keys: readonly string[]): Promise<unknown>;
  /** Which of `keys` are there. */
  exist(keys: readonly string[]): Promise<boolean[]>;
}

const TTL_SECONDS = 30;

export function ttlKeyOf(namespace: string, userId: string): string {
  return `presence:${namespace || 'default'}:${userId}`;
}

export function presenceOf(use: RedisUse, redisUrl: string): TtlPresence {
  const redis = new Redis(redisUrl, { protocol: 2, enableAutoPipelining: use === 'pipelined' });
  const set = (key: string) => redis.set(key, 'online', 'EX', TTL_SECONDS);
  const exists = (key: string) => redis.exists(key).then((found) => found === 1);
  if (use === 'awaited') {
    return {
      touch: (keys) => inTurn(keys, set),
      exist: (keys) => inTurn(keys, exists),
    };
  }
  if (use === 'single') {
    return {
      touch: (keys) => Promise.all(keys.map(set)),
      exist: (keys) => Promise.all(keys.map(exists)),
    };
  }
  return {
    async touch(keys) {
      if (keys.length === 1) return set(keys[0] as string);
      const pipeline = redis.pipeline();
      for (const key of keys) pipeline.set(key, 'online', 'EX', TTL_SECONDS);
      return repliesOf(await pipeline.exec());
    },
    async exist(keys) {
      if (keys.length === 1) return [await exists(keys[0] as string)];
      const pipeline = redis.pipeline();
      for (const key of keys) pipeline.exists(key);
      return repliesOf(await pipeline.exec()).map((found) => found === 1);
    },
  };
}

async function inTurn<T>(keys: readonly string[], ask: (key: string) => Promise<T>): Promise<T[]> {
  const replies: T[] = [];
  for (const key of keys) replies.push(await ask(key));
  return replies;
}

/** The replies of a pipeline; throws the first error among them. */
function repliesOf(replies: [Error | null, unknown][] | null): unknown[] {
  if (!replies) throw new Error('the pipeline was discarded');
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
