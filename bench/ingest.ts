import { startRedis } from '../test/support/redis-server.js';
import type { HeartbeatJob } from './load/heartbeats.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import { countAnnouncements } from './support/announcements.js';
import { type BenchResult, bench, type Figure } from './support/bench.js';
import { type Contender, heartbeatSample, memoryFigures, startPhid, startTtl } from './support/contender.js';
import { breakConnections } from './support/fill.js';
import { JITTER, settle } from './support/pace.js';
import { say } from './support/progress.js';
import { figuresOf, inTurn, ratioOf, type Sample, type Samples } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';
import { medianOf } from './support/statistics.js';

const GATEWAYS = 4;
/** Heartbeats in a message, and unanswered messages of a gateway, by case. No batch: calls of Heartbeat. */
const WAYS = {
  unary: { batch: 0, inFlight: 64 },
  batch_1: { batch: 1, inFlight: 16 },
  batch_10: { batch: 10, inFlight: 16 },
  batch_100: { batch: 100, inFlight: 6 },
  batch_500: { batch: 500, inFlight: 2 },
} as const;
const CASES = ['unary', 'batch_1', 'batch_10', 'batch_100', 'batch_500'] as const;
const NAMES = ['phid', 'uncounted', 'ttl_awaited', 'ttl_single', 'ttl_pipelined', 'embedded'] as const;

/** Users beat every so often, whatever the pace of the contenders: once in so many rounds. */
const INTERVAL_MS = 10_000;
const ROUNDS_A_PASS = 4;
const TURN_MS = INTERVAL_MS / ROUNDS_A_PASS;
/** So much of a round is filled with measuring; the rest is for a machine that has become slower. */
const BUSY_SHARE = 0.75;
/** Whole batches for every gateway, in every round. */
const UNIT = 500 * GATEWAYS * ROUNDS_A_PASS;
const PILOT_ROUNDS = 4;
const PILOT_MS = 250;
/** Those who beat meanwhile: all of them beat on, or they would be found silent. */
const PILOT_USERS = 2 * UNIT;

export const ingest = bench({
  question: 'What does a heartbeat cost, and how many can be taken in, against SET with a TTL?',
  cases: CASES,
  defaults: { users: 100_000, rounds: 12 },
  run: (options, cases) => stoppingAll((start) => run({ ...options, cases }, start)),
});

interface Plan {
  readonly users: number;
  readonly rounds: number;
  readonly cases: readonly (keyof typeof WAYS)[];
}

interface Arena {
  readonly plan: Plan;
  readonly load: LoadProcess;
  readonly contenders: Awaited<ReturnType<typeof startContenders>>;
}

async function startContenders(start: Start) {
  const ttlRedis = await start(startRedis());
  return {
    phid: await startPhid(start, await start(startRedis())),
    uncounted: await startPhid(start, await start(startRedis()), { limits: { census_users_max: 0 } }),
    ttl_awaited: await startTtl(start, 'awaited', ttlRedis),
    ttl_single: await startTtl(start, 'single', ttlRedis),
    ttl_pipelined: await startTtl(start, 'pipelined', ttlRedis),
    embedded: await startPhid(start, undefined),
  } satisfies Record<(typeof NAMES)[number], Contender>;
}

async function run(plan: Plan, start: Start): Promise<BenchResult> {
  say('starting');
  const contenders = await startContenders(start);
  const arena: Arena = { plan, load: await start(startLoad()), contenders };
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

/** One way of sending: first to learn how many users each contender can serve in its part of a round, then with those. */
async function measure(arena: Arena, label: keyof typeof WAYS): Promise<Record<string, Figure>> {
  const { load, contenders } = arena;
  const { users, rounds } = arena.plan;
  const job = { ...WAYS[label], users, gateways: GATEWAYS, jitter: JITTER };
  const sampleOf = (active: number, until: HeartbeatJob['until']) => (name: (typeof NAMES)[number]) =>
    heartbeatSample(load, contenders[name], { ...job, active, until });

  const pilot = { rounds: PILOT_ROUNDS, label: `${label}, pace` };
  const active = activeOf(await inTurn(NAMES, pilot, sampleOf(PILOT_USERS, { ms: PILOT_MS })), users);
  say(`${label}: a past of ${active} users`);
  await Promise.all(
    [contenders.phid, contenders.uncounted].map(async ({ address, redis }) => {
      await settle(load, redis, { fleet: { ...job, active, address }, intervalMs: INTERVAL_MS });
      await breakConnections(redis.url);
    }),
  );

  const paced = sampleOf(active, { heartbeats: active / ROUNDS_A_PASS });
  const turns = { label, turnMs: TURN_MS };
  await inTurn(NAMES, { ...turns, rounds: ROUNDS_A_PASS, label: `${label}, warming up` }, paced);
  const announcements = await countAnnouncements(contenders.phid);
  const samples = await inTurn(NAMES, { ...turns, rounds }, paced);
  const announcedPercent = await announcements.percent();
  const figures = figuresOf(label, samples);
  for (const name of ['phid', 'uncounted', 'embedded'] as const) {
    for (const baseline of ['ttl_awaited', 'ttl_single', 'ttl_pipelined'] as const) {
      const ratio = (quantity: string) => ratioOf(samples, quantity, name, baseline);
      figures[`${label}.${name}.cpu_to_${baseline}_ratio`] = ratio('cpu_us');
      figures[`${label}.${name}.rate_to_${baseline}_ratio`] = ratio('heartbeats_per_s');
    }
  }
  figures[`${label}.phid.announced_percent`] = announcedPercent;
  return figures;
}

/** How many users may beat so that a round has room for the heartbeats of all contenders. */
function activeOf(pilot: Samples<string>, users: number): number {
  const msEach = Object.values(pilot).map((samples) => 1000 / medianOf(samples.map(rateOf)));
  const perRound = (BUSY_SHARE * TURN_MS) / msEach.reduce((a, b) => a + b);
  const active = Math.min(users, ROUNDS_A_PASS * perRound);
  return UNIT * Math.max(1, Math.floor(active / UNIT));
}

const rateOf = (sample: Sample) => sample.heartbeats_per_s as number;
