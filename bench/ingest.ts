import { type RedisServer, startRedis } from '../test/support/redis-server.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import { type BenchResult, bench, type Figure } from './support/bench.js';
import { type Contender, heartbeatSample, memoryFigures, startPhid, startTtl } from './support/contender.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { PAST_BEATS } from './support/past.js';
import { say } from './support/progress.js';
import { commandCalls } from './support/redis-info.js';
import { figuresOf, inTurn, ratioOf } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';
import { medianOf } from './support/statistics.js';

const GATEWAYS = 4;
/** Heartbeats in a message, and unanswered messages of a gateway, by case. No batch: calls of Heartbeat. */
const WAYS = {
  unary: { batch: 0, inFlight: 64 },
  batch_1: { batch: 1, inFlight: 16 },
  batch_10: { batch: 10, inFlight: 16 },
  batch_100: { batch: 100, inFlight: 10 },
  batch_500: { batch: 500, inFlight: 2 },
} as const;
const CASES = ['unary', 'batch_1', 'batch_10', 'batch_100', 'batch_500'] as const;
const NAMES = ['phid', 'ttl_single', 'ttl_pipelined', 'embedded'] as const;

const PILOT_ROUNDS = 3;
/** Rounds in which every user beats once: as many users beat as that makes. */
const ROUNDS_A_PASS = 6;
/** By how much of an interval heartbeats come early or late: about as much as the pace of the rounds varies. */
const JITTER = 0.4;
/** Nobody is given up between two rounds, nor between two cases. */
const MAX_SILENCE_MS = 3_600_000;

export const ingest = bench({
  question: 'What does a heartbeat cost, and how many can be taken in, against SET with a TTL?',
  cases: CASES,
  defaults: { users: 100_000, rounds: 12, roundMs: 400 },
  run: (options, cases) => stoppingAll((start) => run({ ...options, cases }, start)),
});

interface Plan {
  readonly users: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly cases: readonly (keyof typeof WAYS)[];
}

interface Arena {
  readonly plan: Plan;
  readonly load: LoadProcess;
  readonly redis: RedisServer;
  readonly contenders: Readonly<Record<(typeof NAMES)[number], Contender>>;
}

async function run(plan: Plan, start: Start): Promise<BenchResult> {
  say('starting');
  const redis = await start(startRedis());
  const ttlRedis = await start(startRedis());
  const config = { namespaces: { default: { max_silence: MAX_SILENCE_MS } } };
  const contenders = {
    phid: await startPhid(start, redis, config),
    ttl_single: await startTtl(start, 'single', ttlRedis),
    ttl_pipelined: await startTtl(start, 'pipelined', ttlRedis),
    embedded: await startPhid(start, undefined, config),
  };
  const arena: Arena = { plan, load: await start(startLoad()), redis, contenders };
  const figures: Record<string, Figure> = {};
  for (const label of plan.cases) Object.assign(figures, await measure(arena, label));
  return {
    figures: { ...figures, ...memoryFigures(contenders) },
    targets: [
      { figure: 'batch_100.phid.cpu_to_ttl_single_ratio', atMost: 0.45 },
      { figure: 'batch_100.phid.cpu_to_ttl_pipelined_ratio', atMost: 0.8 },
      { figure: 'batch_100.phid.rate_to_ttl_single_ratio', atLeast: 2.2 },
      { figure: 'batch_100.phid.rate_to_ttl_pipelined_ratio', atLeast: 1.1 },
      { figure: 'unary.phid.rate_to_ttl_single_ratio', atLeast: 0.9 },
    ],
  };
}

/** One way of sending: first to learn how often a user's turn comes, then with users who always beat that often. */
async function measure(arena: Arena, label: keyof typeof WAYS): Promise<Record<string, Figure>> {
  const { load, redis, contenders } = arena;
  const { users, rounds, roundMs } = arena.plan;
  const job = { ...WAYS[label], users, gateways: GATEWAYS, ms: roundMs };
  const sampleOf = (active: number) => (name: (typeof NAMES)[number]) =>
    heartbeatSample(load, contenders[name], { ...job, active });

  const startedMs = performance.now();
  const pilot = await inTurn(NAMES, { rounds: PILOT_ROUNDS, label: `${label}, pace` }, sampleOf(users));
  const turnMs = (performance.now() - startedMs) / PILOT_ROUNDS;
  const perRound = (medianOf(pilot.phid.map((s) => s.heartbeats_per_s as number)) * roundMs) / 1000;
  const active = Math.min(users, GATEWAYS * Math.ceil((perRound * ROUNDS_A_PASS) / GATEWAYS));
  const intervalMs = (active / perRound) * turnMs;

  say(`${label}: a past of ${users} users who beat every ${(intervalMs / 1000).toFixed(1)} s`);
  await fillRedis(redis.url, {
    namespace: namespaceOf('adaptive', { maxSilenceMs: MAX_SILENCE_MS }),
    ...{ users, sessions: 1, intervalMs, jitter: JITTER, agoMs: intervalMs / 2 },
  });
  await load.do('renumber', { ...job, address: contenders.phid.address, sequence: PAST_BEATS });
  const pass = Math.ceil(active / perRound);
  await inTurn(NAMES, { rounds: pass, label: `${label}, warming up` }, sampleOf(active));

  const announcedBefore = await commandCalls(redis.url, 'xadd');
  const samples = await inTurn(NAMES, { rounds, label }, sampleOf(active));
  const announced = (await commandCalls(redis.url, 'xadd')) - announcedBefore;
  const figures = figuresOf(label, samples);
  for (const baseline of ['ttl_single', 'ttl_pipelined'] as const) {
    figures[`${label}.phid.cpu_to_${baseline}_ratio`] = ratioOf(samples, 'cpu_us', 'phid', baseline);
    figures[`${label}.phid.rate_to_${baseline}_ratio`] = ratioOf(
      samples,
      'heartbeats_per_s',
      'phid',
      baseline,
    );
  }
  const heartbeats = samples.phid.reduce((sum, { heartbeats = 0 }) => sum + heartbeats, 0);
  figures[`${label}.phid.announced_percent`] = (100 * announced) / heartbeats;
  return figures;
}
