import { type RedisServer, startRedis } from '../test/support/redis-server.js';
import { inProcessOfItsOwn } from './embedded/embedded-process.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import { countAnnouncements } from './support/announcements.js';
import { type BenchResult, bench, type Figure } from './support/bench.js';
import { heartbeatSample, memoryFigures, startPhid } from './support/contender.js';
import { configFor, JITTER, settle } from './support/pace.js';
import { say } from './support/progress.js';
import { figuresOf, inTurn, ratioOf, type Samples } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';

const WAY = { gateways: 4, batch: 100, inFlight: 2, jitter: JITTER };
/** So much smaller is the smallest population than the largest. */
const FACTOR = 100;
/** Rounds in which every user of the smallest population beats once. */
const ROUNDS_A_PASS = 4;
const PILOT_ROUNDS = 20;
/** Time that a round has, by the time that it takes: the rest is for a machine that has become slower. */
const SLACK = 1.2;
const CASES = ['redis', 'embedded'] as const;

export const scale = bench({
  question: 'Do a hundred times as many users make a heartbeat dearer?',
  cases: CASES,
  defaults: { users: 1_000_000, rounds: 120 },
  run: (options, cases) => stoppingAll((start) => run({ ...options, cases }, start)),
});

type Node = Awaited<ReturnType<typeof startPhid<RedisServer>>>;

interface Plan {
  /** The largest population; the others are a tenth and a hundredth of it. */
  readonly users: number;
  readonly rounds: number;
  readonly cases: readonly (typeof CASES)[number][];
}

async function run(plan: Plan, start: Start): Promise<BenchResult> {
  const figures: Record<string, Figure> = {};
  const [few, some, many] = [plan.users / 100, plan.users / 10, plan.users].map((n) => String(Math.ceil(n)));
  const names = [few, some, many] as [string, string, string];
  if (plan.cases.includes('redis')) Object.assign(figures, await onRedis(plan, names, start));
  if (plan.cases.includes('embedded')) {
    say('embedded store: a past');
    const args = [plan.rounds, ...names.map(Number)];
    const samples = await inProcessOfItsOwn<Samples<string>>(
      new URL('./embedded/rate-child.ts', import.meta.url),
      args,
    );
    Object.assign(figures, figuresOf('embedded', samples));
  }
  return {
    figures,
    targets: [
      { figure: `redis.${names[2]}.rate_to_${names[0]}_ratio`, atLeast: 0.85 },
      { figure: `embedded.${names[1]}.heartbeats_per_s`, atLeast: 500_000 },
    ],
  };
}

/** Each population on a Redis and a node of its own. */
async function onRedis(
  { rounds }: Plan,
  names: readonly string[],
  start: Start,
): Promise<Record<string, Figure>> {
  const perRound = Number(names[0]) / ROUNDS_A_PASS;
  const turnMs = SLACK * (await stoppingAll((startPilot) => pilot(names, perRound, startPilot)));
  say('starting');
  const load = await start(startLoad());
  const nodes: Record<string, Node> = {};
  for (const name of names) {
    const intervalMs = (Number(name) / perRound) * turnMs;
    nodes[name] = await startPhid(start, await start(startRedis()), configFor(intervalMs));
  }
  const nodeOf = (name: string) => nodes[name] as Node;
  // The largest takes the longest and the others stand still meanwhile: it comes first.
  for (const name of [...names].reverse()) {
    const intervalMs = (Number(name) / perRound) * turnMs;
    say(`a past of ${name} users who beat every ${(intervalMs / 1000).toFixed(1)} s`);
    const { address, redis } = nodeOf(name);
    await settle(load, redis, { fleet: { ...fleetOf(name), address }, intervalMs });
  }
  const sampleOf = sampler(load, nodeOf, perRound);
  // Whatever a node keeps of users, it has it of everybody then.
  await inTurn(names, { rounds: FACTOR * ROUNDS_A_PASS, label: 'everybody beats once', turnMs }, sampleOf);
  const announcements = await Promise.all(names.map((name) => countAnnouncements(nodeOf(name))));
  const samples = await inTurn(names, { rounds, label: 'redis', turnMs }, sampleOf);
  const figures: Record<string, Figure> = { ...figuresOf('redis', samples), ...memoryFigures(nodes) };
  for (const [i, name] of names.entries()) {
    figures[`redis.${name}.announced_percent`] = (await announcements[i]?.percent()) as number;
  }
  const [few = '', ...more] = names;
  for (const name of more) {
    figures[`redis.${name}.rate_to_${few}_ratio`] = ratioOf(samples, 'heartbeats_per_s', name, few);
    figures[`redis.${name}.cpu_to_${few}_ratio`] = ratioOf(samples, 'cpu_us', name, few);
  }
  return figures;
}

/** How long a round takes on this machine, ms. */
async function pilot(
  [few = '', ...more]: readonly string[],
  perRound: number,
  start: Start,
): Promise<number> {
  const load = await start(startLoad());
  const node = await startPhid(start, await start(startRedis()));
  const sampleOf = sampler(load, () => node, perRound);
  const startedMs = performance.now();
  await inTurn([few], { rounds: PILOT_ROUNDS, label: 'pace' }, sampleOf);
  return ((performance.now() - startedMs) / PILOT_ROUNDS) * (1 + more.length);
}

const fleetOf = (name: string) => ({ ...WAY, users: Number(name), active: Number(name) });

function sampler(load: LoadProcess, nodeOf: (name: string) => Node, perRound: number) {
  const until = { heartbeats: perRound };
  return (name: string) => heartbeatSample(load, nodeOf(name), { ...fleetOf(name), until });
}
