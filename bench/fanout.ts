import { startRedis } from '../test/support/redis-server.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import { type BenchResult, bench, type Figure } from './support/bench.js';
import { type Contender, startPhid, withCpu } from './support/contender.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { rssBytes } from './support/os.js';
import { say } from './support/progress.js';
import { figuresOf, inTurn, ratioOf, type Sample } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';

const CHANNELS = 8;
const GROUP_ID = 'room';
/** What a viewer has on the screen. */
const VISIBLE = 30;
const LAZY = { method: 'BatchSuspicion', usersAsked: VISIBLE, connections: 4, inFlight: 4 } as const;
/** Everybody's next heartbeat is due after the bench: they are online all the while, without beating. */
const INTERVAL_MS = 600_000;
const MAX_SILENCE_MS = 3_600_000;
const WARMUP_ROUNDS = 1;

export const fanout = bench({
  question:
    'What does it cost to tell all streams that watch a room of a change, against streams on their own?',
  defaults: { members: 5_000, streams: 1_000, changing: 100, changesPerS: 10, rounds: 8, roundMs: 4_000 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

interface Plan {
  /** Of the room. */
  readonly members: number;
  readonly streams: number;
  /** Members who change, whom the streams on their own watch: all members would be a row for each and every stream. */
  readonly changing: number;
  readonly changesPerS: number;
  readonly rounds: number;
  readonly roundMs: number;
}

async function run(plan: Plan, start: Start): Promise<BenchResult> {
  const { members, streams, changing, rounds, roundMs } = plan;
  const load = await start(startLoad());
  const group = await startService(plan, start);
  const independent = await startService(plan, start);
  const figures: Record<string, Figure> = {
    ...(await openStreams(load, group, { name: 'group', streams, users: members, groupId: GROUP_ID })),
    ...(await openStreams(load, independent, { name: 'independent', streams, users: changing })),
  };
  const measure = async (name: 'group' | 'independent' | 'lazy'): Promise<Sample> =>
    name === 'lazy'
      ? querySample(load, group, { users: members, ms: roundMs / 4 })
      : changeSample(load, name === 'group' ? group : independent, plan);
  const names = ['group', 'independent', 'lazy'] as const;
  await inTurn(names, { rounds: WARMUP_ROUNDS, label: 'warming up' }, measure);
  const samples = await inTurn(names, { rounds, label: 'changes' }, measure);
  const { lazy, ...told } = samples;
  Object.assign(figures, figuresOf('change', told), figuresOf('batch_of_30', { lazy }));
  figures['change.group.cpu_to_independent_ratio'] = ratioOf(told, 'delivery_cpu_us', 'group', 'independent');
  return {
    figures,
    targets: [
      { figure: 'change.group.cpu_to_independent_ratio', atMost: 1.5 },
      { figure: 'change.group.online_p99_ms', atMost: 100 },
    ],
  };
}

async function startService({ members, streams }: Plan, start: Start): Promise<Contender> {
  say(`a past of ${members} users`);
  const redis = await start(startRedis());
  await fillRedis(redis.url, {
    namespace: namespaceOf('adaptive', { maxSilenceMs: MAX_SILENCE_MS }),
    ...{ users: members, sessions: 1, intervalMs: INTERVAL_MS, jitter: 0.01, agoMs: 0 },
  });
  return startPhid(start, redis, {
    namespaces: { default: { max_silence: MAX_SILENCE_MS } },
    limits: { streams_max: streams },
  });
}

/** What it costs until every stream has had its snapshots, and the memory that it takes. */
async function openStreams(
  load: LoadProcess,
  contender: Contender,
  audience: {
    readonly name: string;
    readonly streams: number;
    readonly users: number;
    readonly groupId?: string;
  },
): Promise<Record<string, Figure>> {
  const { name, streams, users, groupId } = audience;
  say(`${streams} streams come to ${users} users: ${name}`);
  const rssBefore = rssBytes(contender.pid);
  const startedMs = performance.now();
  const job = { address: contender.address, streams, channels: CHANNELS, users, groupId };
  const { serviceUs, redisUs } = await withCpu(contender, () => load.do('openAudience', job));
  const snapshots = streams * users;
  return {
    [`join.${name}.snapshots`]: snapshots,
    [`join.${name}.sync_s`]: (performance.now() - startedMs) / 1000,
    [`join.${name}.snapshot_cpu_us`]: (serviceUs + redisUs) / snapshots,
    [`join.${name}.rss_a_snapshot_bytes`]: (rssBytes(contender.pid) - rssBefore) / snapshots,
  };
}

async function changeSample(load: LoadProcess, contender: Contender, plan: Plan): Promise<Sample> {
  const { changing, changesPerS, roundMs: ms } = plan;
  const job = { address: contender.address, changing, changesPerS, ms };
  const { result, serviceUs, redisUs } = await withCpu(contender, () => load.do('changeUsers', job));
  const { changes, deliveries, onlineP50Ms, onlineP99Ms, loadCpuUs } = result;
  return {
    change_cpu_us: (serviceUs + redisUs) / changes,
    delivery_cpu_us: (serviceUs + redisUs) / deliveries,
    redis_cpu_us: redisUs / changes,
    online_p50_ms: onlineP50Ms,
    online_p99_ms: onlineP99Ms,
    load_cpu_us: loadCpuUs / deliveries,
  };
}

/** What a viewer costs who asks for what is on the screen. */
async function querySample(
  load: LoadProcess,
  contender: Contender,
  { users, ms }: { readonly users: number; readonly ms: number },
): Promise<Sample> {
  const job = { ...LAZY, address: contender.address, users, ms };
  const { result, serviceUs, redisUs } = await withCpu(contender, () => load.do('query', job));
  const { requests, answerP99Ms, loadCpuUs } = result;
  return {
    request_cpu_us: (serviceUs + redisUs) / requests,
    redis_cpu_us: redisUs / requests,
    answer_p99_ms: answerP99Ms,
    load_cpu_us: loadCpuUs / requests,
  };
}
