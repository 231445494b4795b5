import { type RedisServer, startRedis } from '../test/support/redis-server.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import { type BenchResult, bench } from './support/bench.js';
import { fillRedisInProcession } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { cpuUs, rssBytes } from './support/os.js';
import { PAST_BEATS } from './support/past.js';
import { say } from './support/progress.js';
import { type ServiceProcess, startServiceProcess } from './support/service-process.js';
import { type Start, stoppingAll } from './support/started.js';

const GATEWAYS = 4;
const BATCH = 100;
const INTERVAL_MS = 10_000;
const JITTER_MS = 200;
/** Until shards are owned, counted, and memory is settled. */
const SETTLING_S = 20;

/** Nodes of each deployment, and whether they count their users. */
const DEPLOYMENTS = {
  uncounted: { nodes: 1, isCounting: false },
  one: { nodes: 1, isCounting: true },
  two: { nodes: 2, isCounting: true },
} as const;

export const nodes = bench({
  question:
    'What does it cost to count a fleet and to log its changes, and what do two nodes cost in place of one?',
  defaults: { users: 50_000, seconds: 60 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

interface Plan {
  readonly users: number;
  readonly seconds: number;
}

interface Deployment {
  readonly name: string;
  readonly redis: RedisServer;
  readonly services: readonly ServiceProcess[];
  readonly load: LoadProcess;
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** All deployments at once, each with users of its own who beat at the same pace: what one meets, all do. */
async function run({ users, seconds }: Plan, start: Start): Promise<BenchResult> {
  const deployments: Deployment[] = [];
  for (const [name, { nodes: count, isCounting }] of Object.entries(DEPLOYMENTS)) {
    say(`${name}: starting, with a past of ${users} users`);
    const redis = await start(startRedis());
    const config = { redis: redis.url, ...(!isCounting && { limits: { census_users_max: 0 } }) };
    const services = await Promise.all(
      Array.from({ length: count }, () => start(startServiceProcess(config))),
    );
    const load = await start(startLoad());
    const address = services.map((service) => service.address).join(',');
    const procession = await fillRedisInProcession(redis.url, {
      namespace: namespaceOf('adaptive'),
      ...{ users, sessions: 1, intervalMs: INTERVAL_MS, jitter: JITTER_MS / INTERVAL_MS, agoMs: 0 },
    });
    const fleet = { address, users, gateways: GATEWAYS, ...procession };
    await load.do('restart', { ...fleet, sequence: PAST_BEATS });
    await load.do('startBeating', { ...fleet, batch: BATCH, intervalMs: INTERVAL_MS, jitterMs: JITTER_MS });
    deployments.push({ name, redis, services, load });
  }
  say(`everybody beats: ${SETTLING_S} s to settle`);
  await sleep(SETTLING_S);
  say(`${seconds} s to look at`);
  const before = await Promise.all(deployments.map(stateOf));
  await sleep(seconds);
  const after = await Promise.all(deployments.map(stateOf));
  const figures: Record<string, number> = {};
  deployments.forEach(({ name }, i) => {
    const [from, to] = [before[i], after[i]] as [State, State];
    const heartbeats = to.heartbeats - from.heartbeats;
    figures[`${name}.heartbeats_per_s`] = heartbeats / seconds;
    figures[`${name}.cpu_us`] = (to.serviceUs + to.redisUs - from.serviceUs - from.redisUs) / heartbeats;
    figures[`${name}.redis_cpu_us`] = (to.redisUs - from.redisUs) / heartbeats;
    figures[`${name}.reads_per_heartbeat`] = (to.usersRead - from.usersRead) / heartbeats;
    figures[`${name}.rss_mib`] = to.rssBytes / 2 ** 20;
    figures[`${name}.users_counted`] = to.counted;
  });
  for (const { load } of deployments) await load.do('stopBeating', undefined);
  const of = (figure: string) => figures[figure] as number;
  return {
    figures: {
      ...figures,
      'one.cpu_to_uncounted_ratio': of('one.cpu_us') / of('uncounted.cpu_us'),
      'two.cpu_to_one_ratio': of('two.cpu_us') / of('one.cpu_us'),
      'one.rss_a_counted_user_bytes': ((of('one.rss_mib') - of('uncounted.rss_mib')) * 2 ** 20) / users,
    },
    targets: [
      { figure: 'two.cpu_to_one_ratio', atMost: 1.15 },
      { figure: 'one.rss_a_counted_user_bytes', atMost: 150 },
    ],
  };
}

type State = Awaited<ReturnType<typeof stateOf>>;

async function stateOf({ services, redis }: Deployment) {
  const sum = async (figure: (service: ServiceProcess) => number | Promise<number>) => {
    const figures = await Promise.all(services.map(figure));
    return figures.reduce((a, b) => a + b);
  };
  return {
    serviceUs: await sum(({ pid }) => cpuUs(pid)),
    redisUs: cpuUs(redis.pid),
    rssBytes: await sum(({ pid }) => rssBytes(pid)),
    heartbeats: await sum((service) => service.metric('phid_heartbeats_total')),
    usersRead: await sum((service) => service.metric('phid_watch_users_read_total')),
    counted: await sum((service) => service.metric('phid_census_users')),
  };
}
