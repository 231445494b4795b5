import { type RedisServer, startRedis } from '../../test/support/redis-server.js';
import { type LoadProcess, startLoad } from '../load/load-process.js';
import { breakConnections, fillRedisInProcession } from './fill.js';
import { namespaceOf } from './namespace.js';
import { cpuUs, rssBytes } from './os.js';
import { PAST_BEATS } from './past.js';
import { say } from './progress.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';
import type { Start } from './started.js';

const GATEWAYS = 4;
const BATCH = 100;
const INTERVAL_MS = 10_000;
const JITTER_MS = 200;
/** Until shards are owned, counted, and memory is settled. */
const SETTLING_S = 40;

/** Some nodes, a Redis, and users who beat through gateways of all nodes, one batch after the other. */
interface DeploymentPlan {
  readonly nodes: number;
  readonly users: number;
  /** Nodes count their users, and log changes. */
  readonly isCounting: boolean;
}

interface Deployment {
  readonly redis: RedisServer;
  readonly services: readonly ServiceProcess[];
  readonly load: LoadProcess;
}

/** What a deployment did in a second, and what for. */
export interface Measured {
  readonly heartbeatsPerS: number;
  /** CPU of all nodes, and of Redis, µs in a second. */
  readonly nodesUs: number;
  readonly redisUs: number;
  readonly usersReadPerS: number;
  readonly rssBytes: number;
  readonly usersCounted: number;
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Runs all deployments at once and measures them for so long: what one of them meets of this machine, all do. */
export async function measureDeployments<Name extends string>(
  start: Start,
  plans: Readonly<Record<Name, DeploymentPlan>>,
  seconds: number,
): Promise<Record<Name, Measured>> {
  const deployments: [name: Name, deployment: Deployment][] = [];
  for (const [name, plan] of Object.entries<DeploymentPlan>(plans)) {
    say(`${name}: starting, with a past of ${plan.users} users`);
    deployments.push([name as Name, await startDeployment(start, plan)]);
  }
  say(`everybody beats: ${SETTLING_S} s to settle`);
  await sleep(SETTLING_S);
  say(`${seconds} s to look at`);
  const before = await Promise.all(deployments.map(([, deployment]) => stateOf(deployment)));
  await sleep(seconds);
  const after = await Promise.all(deployments.map(([, deployment]) => stateOf(deployment)));
  for (const [, { load }] of deployments) await load.do('stopBeating', undefined);
  const measured = deployments.map(([name], i) => {
    const [from, to] = [before[i] as State, after[i] as State];
    const perS = (figure: 'heartbeats' | 'nodesUs' | 'redisUs' | 'usersRead') =>
      (to[figure] - from[figure]) / seconds;
    const { rssBytes, usersCounted } = to;
    const rates = { heartbeatsPerS: perS('heartbeats'), usersReadPerS: perS('usersRead') };
    return [name, { ...rates, nodesUs: perS('nodesUs'), redisUs: perS('redisUs'), rssBytes, usersCounted }];
  });
  return Object.fromEntries(measured) as Record<Name, Measured>;
}

async function startDeployment(
  start: Start,
  { nodes, users, isCounting }: DeploymentPlan,
): Promise<Deployment> {
  const redis = await start(startRedis());
  const config = { redis: redis.url, ...(!isCounting && { limits: { census_users_max: 0 } }) };
  const services = await Promise.all(Array.from({ length: nodes }, () => start(startServiceProcess(config))));
  const load = await start(startLoad());
  const address = services.map((service) => service.address).join(',');
  const procession = await fillRedisInProcession(redis.url, {
    namespace: namespaceOf('adaptive'),
    ...{ users, sessions: 1, intervalMs: INTERVAL_MS, jitter: JITTER_MS / INTERVAL_MS, agoMs: 0 },
  });
  await breakConnections(redis.url);
  const fleet = { address, users, gateways: GATEWAYS, ...procession };
  await load.do('restart', { ...fleet, sequence: PAST_BEATS });
  await load.do('startBeating', { ...fleet, batch: BATCH, intervalMs: INTERVAL_MS, jitterMs: JITTER_MS });
  return { redis, services, load };
}

type State = Awaited<ReturnType<typeof stateOf>>;

async function stateOf({ services, redis }: Deployment) {
  const sum = async (figure: (service: ServiceProcess) => number | Promise<number>) => {
    const figures = await Promise.all(services.map(figure));
    return figures.reduce((a, b) => a + b);
  };
  return {
    nodesUs: await sum(({ pid }) => cpuUs(pid)),
    redisUs: cpuUs(redis.pid),
    rssBytes: await sum(({ pid }) => rssBytes(pid)),
    heartbeats: await sum((service) => service.metric('phid_heartbeats_total')),
    usersRead: await sum((service) => service.metric('phid_watch_users_read_total')),
    usersCounted: await sum((service) => service.metric('phid_census_users')),
  };
}
