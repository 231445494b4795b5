import { Redis } from 'ioredis';
import { startRedis } from '../test/support/redis-server.js';
import { type BenchResult, bench } from './support/bench.js';
import { namespaceOf } from './support/namespace.js';
import { cpuUs } from './support/os.js';
import { beat, livePast, openRedisStore, PAST_BEATS, type Past } from './support/past.js';
import { say } from './support/progress.js';
import { figuresOf, inTurn, ratioOf, type Sample } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';

const USERS = 2_000;
const TTL_BATCH = 64;
const BEATS_A_ROUND = 4;
const NAMES = ['normal', 'adaptive', 'set_ttl'] as const;

export const record = bench({
  question: 'What does a heartbeat cost store and Redis under each model, and what would SET with a TTL?',
  defaults: { rounds: 40 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

async function run({ rounds }: { readonly rounds: number }, start: Start): Promise<BenchResult> {
  const server = await start(startRedis());
  const store = await start(openRedisStore(server.url));
  const redis = new Redis(server.url);
  const pastOf = (model: 'normal' | 'adaptive'): Past => {
    const rhythm = { intervalMs: 10_000, jitter: 0.01, agoMs: rounds * BEATS_A_ROUND * 10_000 };
    return { namespace: namespaceOf(model, { name: model }), users: USERS, sessions: 1, ...rhythm };
  };
  const pasts = { normal: pastOf('normal'), adaptive: pastOf('adaptive') };
  say('filling windows');
  for (const past of Object.values(pasts)) await livePast(store.store, past);

  const beats = { normal: PAST_BEATS, adaptive: PAST_BEATS };
  const samples = await inTurn(NAMES, { rounds, label: 'record' }, async (name): Promise<Sample> => {
    const before = { node: process.cpuUsage(), redisUs: cpuUs(server.pid) };
    for (let i = 0; i < BEATS_A_ROUND; i++) {
      if (name === 'set_ttl') await touchAll(redis);
      else await beat(store.store, pasts[name], ++beats[name]);
    }
    const { user, system } = process.cpuUsage(before.node);
    const heartbeats = USERS * BEATS_A_ROUND;
    return {
      redis_cpu_us: (cpuUs(server.pid) - before.redisUs) / heartbeats,
      node_cpu_us: (user + system) / heartbeats,
    };
  });
  redis.disconnect();
  const figures = figuresOf('record', samples);
  for (const baseline of ['normal', 'set_ttl'] as const) {
    const name = `record.adaptive.redis_cpu_to_${baseline}_ratio`;
    figures[name] = ratioOf(samples, 'redis_cpu_us', 'adaptive', baseline);
  }
  return { figures };
}

/** What a presence service with timeouts would do: one SET with a TTL for each user, pipelined by 64. */
async function touchAll(redis: Redis): Promise<void> {
  for (let user = 0; user < USERS; user += TTL_BATCH) {
    const pipeline = redis.pipeline();
    for (let i = user; i < Math.min(USERS, user + TTL_BATCH); i++)
      pipeline.set(`ttl:user-${i}`, '1', 'EX', 30);
    await pipeline.exec();
  }
}
