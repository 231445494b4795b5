import { type RedisServer, startRedis } from '../test/support/redis-server.js';
import { inProcessOfItsOwn } from './embedded/embedded-process.js';
import { startLoad } from './load/load-process.js';
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
/** A round has time for a machine that has become slower. The smallest population beats every four seconds. */
const TURN_MS = 1_000;
/** In which everybody beats once, but those of the largest population: they do so before, at once. */
const WARMUP_ROUNDS = Math.sqrt(FACTOR) * ROUNDS_A_PASS;
const CASES = ['redis', 'embedded'] as const;

export const scale = bench({
  question: 'Do a hundred times as many users make a heartbeat dearer?',
  cases: CASES,
  defaults: { users: 1_000_000, rounds: 60 },
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
  const [few, some, many] = [FACTOR, Math.sqrt(FACTOR), 1].map((part) =>
    String(Math.ceil(plan.users / part)),
  );
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
  say('starting');
  const load = await start(startLoad());
  const perRound = Number(names[0]) / ROUNDS_A_PASS;
  const intervalOf = (name: string) => (Number(name) / perRound) * TURN_MS;
  const nodes: Record<string, Node> = {};
  for (const name of names) {
    nodes[name] = await startPhid(start, await start(startRedis()), configFor(intervalOf(name)));
  }
  const nodeOf = (name: string) => nodes[name] as Node;
  const send = (name: string, heartbeats: number) => {
    const users = Number(name);
    return heartbeatSample(load, nodeOf(name), { ...WAY, users, active: users, until: { heartbeats } });
  };
  // The largest first: what takes long stops nobody's rhythm then.
  for (const name of [...names].reverse()) {
    const { address, redis } = nodeOf(name);
    const users = Number(name);
    say(`a past of ${name} users`);
    const fleet = { ...WAY, address, users, active: users };
    await settle(load, redis, { fleet, intervalMs: intervalOf(name) });
    // Whatever a node keeps of users, it is to have it of everybody.
    if (name === names[2]) {
      say(`everybody of ${name} users beats once`);
      await send(name, users);
    }
  }
  const sampleOf = (name: string) => send(name, perRound);
  const pace = { turnMs: TURN_MS, label: 'redis' };
  await inTurn(names, { ...pace, rounds: WARMUP_ROUNDS, label: 'redis, warming up' }, sampleOf);
  const announcements = await Promise.all(names.map((name) => countAnnouncements(nodeOf(name))));
  const samples = await inTurn(names, { ...pace, rounds }, sampleOf);
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
