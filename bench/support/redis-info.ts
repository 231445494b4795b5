import { Redis } from 'ioredis';

/** Does something with a connection of its own to a Redis. */
export async function withRedis<Result>(
  url: string,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** How often a command was called since the server started, by clients and by scripts. */
export function commandCalls(url: string, command: string): Promise<number> {
  return withRedis(url, async (redis) => {
    const info = await redis.info('commandstats');
    return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  });
}

/** Bytes that the server has allocated. */
export function usedMemoryBytes(url: string): Promise<number> {
  return withRedis(url, async (redis) => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]));
}
