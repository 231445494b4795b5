import { startRedis } from '../test/support/redis-server.js';
import type { Held } from './embedded/counted-child.js';
import { inProcessOfItsOwn } from './embedded/embedded-process.js';
import { type BenchResult, bench } from './support/bench.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { say } from './support/progress.js';
import { usedMemoryBytes } from './support/redis-info.js';
import { stoppingAll } from './support/started.js';

const INTERVAL_MS = 10_000;

/** Nobody is due while counted users are measured. */
const COUNTED_INTERVAL_MS = 600_000;
/** What a user takes is the slope from a part of the users to all of them: what a node holds anyway is in neither. */
const FEW_SHARE = 0.1;

export const memory = bench({
  question:
    'How much memory does a user take, in Redis, in the embedded store, and in a node that counts the user?',
  cases: ['stores', 'counted'],
  defaults: { users: 1_000_000, embeddedUsers: 50_000 },
  run: async (plan, cases) => {
    const results = [
      ...(cases.includes('stores') ? [await inStores(plan)] : []),
      ...(cases.includes('counted') ? [await whereCounted(plan)] : []),
    ];
    return {
      figures: Object.assign({}, ...results.map(({ figures }) => figures)),
      targets: results.flatMap(({ targets = [] }) => targets),
    };
  },
});

async function inStores(plan: {
  readonly users: number;
  readonly embeddedUsers: number;
}): Promise<BenchResult> {
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

/** A node that counts the users of a Redis, and does nothing else. */
async function whereCounted({ users }: { readonly users: number }): Promise<BenchResult> {
  const fewUsers = Math.ceil(FEW_SHARE * users);
  const [few, all] = [await held(fewUsers), await held(users)];
  const slope = (of: keyof Held) => (all[of] - few[of]) / (users - fewUsers);
  const [heap, external] = [slope('heap'), slope('external')];
  return {
    figures: {
      'counted.one.bytes': heap + external,
      'counted.one.heap_bytes': heap,
      'counted.one.external_bytes': external,
      'counted.one.rss_bytes': slope('rss'),
    },
    targets: [{ figure: 'counted.one.bytes', atMost: 150 }],
  };
}

function held(users: number): Promise<Held> {
  say(`a node that counts ${users} users`);
  return stoppingAll(async (start) => {
    const { url, port } = await start(startRedis());
    const past = { sessions: 1, intervalMs: COUNTED_INTERVAL_MS, jitter: 0.05, agoMs: 0 };
    await fillRedis(url, { namespace: namespaceOf('adaptive'), users, ...past });
    return inProcessOfItsOwn<Held>(new URL('./embedded/counted-child.ts', import.meta.url), [
      ...[port, users, COUNTED_INTERVAL_MS],
    ]);
  });
}
