import type { Redis } from 'ioredis';

/** Resolves when the replicas of a master have what it has now: what is asynchronous is not to be lost by a test. */
export async function replicated(master: Redis): Promise<void> {
  for (;;) {
    const info = await master.info('replication');
    const offset = /master_repl_offset:(\d+)/.exec(info)?.[1];
    const replicas = [...info.matchAll(/^slave\d+:.*state=online,offset=(\d+)/gm)];
    if (replicas.length > 0 && replicas.every((replica) => replica[1] === offset)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
