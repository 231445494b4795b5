import { type RedisServer, startRedis } from '../test/support/redis-server.js';
import { userIdOf } from './load/encoded-users.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import type { QueryJob } from './load/queries.js';
import { type BenchResult, bench, type Figure } from './support/bench.js';
import { type Contender, memoryFigures, startPhid, startTtl, withCpu } from './support/contender.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { say } from './support/progress.js';
import { withRedis } from './support/redis-info.js';
import { figuresOf, inTurn, ratioOf, type Sample } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';
import { ttlKeyOf } from './ttl/presence-of.js';

/** What is asked, for how many users at once, and unanswered requests of a connection, by case. */
const QUESTIONS = {
  is_online: { method: 'IsOnline', usersAsked: 1, inFlight: 16 },
  suspicion: { method: 'Suspicion', usersAsked: 1, inFlight: 16 },
  batch_suspicion_50: { method: 'BatchSuspicion', usersAsked: 50, inFlight: 4 },
  batch_suspicion_500: { method: 'BatchSuspicion', usersAsked: 500, inFlight: 2 },
} as const;
const CASES = ['is_online', 'suspicion', 'batch_suspicion_50', 'batch_suspicion_500'] as const;
const NAMES = ['phid', 'exists', 'exists_pipelined', 'empty'] as const;

const CONNECTIONS = 4;
const WARMUP_ROUNDS = 3;
const COMMANDS_AT_ONCE = 10_000;
/** Everybody's next heartbeat is due after the bench: they are online all the while, without beating. */
const INTERVAL_MS = 900_000;
const MAX_SILENCE_MS = 3_600_000;
const DAY_SECONDS = 86_400;

export const query = bench({
  question: 'What does a query cost, and how many users can be asked for, against EXISTS and an empty rpc?',
  cases: CASES,
  defaults: { users: 100_000, rounds: 12, roundMs: 400 },
  run: (options, cases) => stoppingAll((start) => run({ ...options, cases }, start)),
});

interface Plan {
  readonly users: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly cases: readonly (keyof typeof QUESTIONS)[];
}

interface Arena {
  readonly plan: Plan;
  readonly load: LoadProcess;
  readonly contenders: Readonly<Record<(typeof NAMES)[number], Contender>>;
}

async function run(plan: Plan, start: Start): Promise<BenchResult> {
  say(`a past of ${plan.users} users`);
  const redis = await start(startRedis());
  const ttlRedis = await start(startRedis());
  await fillRedis(redis.url, {
    namespace: namespaceOf('adaptive', { maxSilenceMs: MAX_SILENCE_MS }),
    ...{ users: plan.users, sessions: 1, intervalMs: INTERVAL_MS, jitter: 0.01, agoMs: 0 },
  });
  await setKeys(ttlRedis, plan.users);
  const config = { namespaces: { default: { max_silence: MAX_SILENCE_MS } } };
  const contenders = {
    phid: await startPhid(start, redis, config),
    exists: await startTtl(start, 'single', ttlRedis),
    exists_pipelined: await startTtl(start, 'pipelined', ttlRedis),
    empty: await startTtl(start, 'empty', ttlRedis),
  };
  const arena: Arena = { plan, load: await start(startLoad()), contenders };
  const figures: Record<string, Figure> = {};
  for (const label of plan.cases) Object.assign(figures, await measure(arena, label));
  return {
    figures: { ...figures, ...memoryFigures(contenders) },
    targets: [
      { figure: 'batch_suspicion_500.phid.users_per_s', atLeast: 250_000 },
      { figure: 'is_online.phid.rate_to_empty_ratio', atLeast: 0.85 },
    ],
  };
}

/** What EXISTS is to find, for as long as the bench lasts. */
function setKeys(redis: RedisServer, users: number): Promise<void> {
  return withRedis(redis.url, async (client) => {
    for (let first = 0; first < users; first += COMMANDS_AT_ONCE) {
      const sets = client.pipeline();
      for (let user = first; user < Math.min(users, first + COMMANDS_AT_ONCE); user++) {
        sets.set(ttlKeyOf('', userIdOf(user)), 'online', 'EX', DAY_SECONDS);
      }
      await sets.exec();
    }
  });
}

async function measure(
  { load, contenders, plan: { users, rounds, roundMs } }: Arena,
  label: keyof typeof QUESTIONS,
): Promise<Record<string, Figure>> {
  const job = { ...QUESTIONS[label], users, connections: CONNECTIONS, ms: roundMs };
  const sampleOf = async (name: (typeof NAMES)[number]) => {
    const { sample, reply } = await querySample(load, contenders[name], job);
    if (name !== 'empty') assertOnline(name, reply);
    return sample;
  };
  await inTurn(NAMES, { rounds: WARMUP_ROUNDS, label: `${label}, warming up` }, sampleOf);
  const samples = await inTurn(NAMES, { rounds, label }, sampleOf);
  const figures = figuresOf(label, samples);
  for (const baseline of ['exists', 'exists_pipelined', 'empty'] as const) {
    figures[`${label}.phid.cpu_to_${baseline}_ratio`] = ratioOf(samples, 'cpu_us', 'phid', baseline);
    figures[`${label}.phid.rate_to_${baseline}_ratio`] = ratioOf(samples, 'users_per_s', 'phid', baseline);
  }
  return figures;
}

async function querySample(
  load: LoadProcess,
  contender: Contender,
  job: Omit<QueryJob, 'address'>,
): Promise<{ sample: Sample; reply: unknown }> {
  const { address } = contender;
  const { result, serviceUs, redisUs } = await withCpu(contender, () =>
    load.do('query', { address, ...job }),
  );
  const { requests, elapsedMs, reply } = result;
  const users = requests * job.usersAsked;
  const sample = {
    users_per_s: (1000 * users) / elapsedMs,
    cpu_us: (serviceUs + redisUs) / users,
    service_cpu_us: serviceUs / users,
    redis_cpu_us: redisUs / users,
    load_cpu_us: result.loadCpuUs / users,
    answer_p50_ms: result.answerP50Ms,
    answer_p99_ms: result.answerP99Ms,
    reply_bytes: result.replyBytes,
  };
  return { sample, reply };
}

/** A service that finds nobody would be measured at something else. */
function assertOnline(name: string, reply: unknown): void {
  const { online, suspicion, suspicions } = reply as {
    online?: boolean;
    suspicion?: { status: string };
    suspicions?: { status: string }[];
  };
  const statuses = (suspicions ?? [suspicion]).map((one) => one?.status);
  if (online ?? statuses.every((status) => status === 'ONLINE')) return;
  throw new Error(`${name}: not everybody is online: ${JSON.stringify(reply)}`);
}
