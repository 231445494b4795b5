import { startRedis } from '../test/support/redis-server.js';
import { inProcessOfItsOwn } from './embedded/embedded-process.js';
import { type BenchResult, bench } from './support/bench.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { say } from './support/progress.js';
import { usedMemoryBytes } from './support/redis-info.js';
import { stoppingAll } from './support/started.js';

const INTERVAL_MS = 10_000;

export const memory = bench({
  question: 'How much memory does a user take, in Redis and in the embedded store?',
  defaults: { users: 1_000_000, embeddedUsers: 50_000 },
  run,
});

async function run(plan: { readonly users: number; readonly embeddedUsers: number }): Promise<BenchResult> {
  const figures: Record<string, number> = {};
  for (const sessions of [1, 3]) {
    // As many sessions in all.
    const users = Math.ceil(plan.users / sessions);
    say(`Redis: ${users} users of ${sessions} session(s)`);
    figures[`sessions_${sessions}.redis.bytes`] = await inRedis(users, sessions);
    const embeddedUsers = Math.ceil(plan.embeddedUsers / sessions);
    say(`embedded store: ${embeddedUsers} users of ${sessions} session(s)`);
    figures[`sessions_${sessions}.embedded.bytes`] = await inProcessOfItsOwn(
      new URL('./embedded/memory-child.ts', import.meta.url),
      [embeddedUsers, sessions],
    );
  }
  return {
    figures,
    targets: [
      { figure: 'sessions_1.redis.bytes', atMost: 450 },
      { figure: 'sessions_1.embedded.bytes', atMost: 400 },
    ],
  };
}

/** What Redis has allocated for each user: record, key, and their places in its tables. */
function inRedis(users: number, sessions: number): Promise<number> {
  return stoppingAll(async (start) => {
    const { url } = await start(startRedis());
    const before = await usedMemoryBytes(url);
    await fillRedis(url, {
      namespace: namespaceOf('adaptive'),
      ...{ users, sessions, intervalMs: INTERVAL_MS, jitter: 0.05, agoMs: 0 },
    });
    return ((await usedMemoryBytes(url)) - before) / users;
  });
}
