import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Start } from '../../bench/support/started.js';
import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { RedisCluster } from '../../test/support/redis-cluster.js';
import type { Replication } from '../../test/support/redis-sentinel.js';
import type { RedisServer } from '../../test/support/redis-server.js';
import type { CommonSettings, GatewayPlan, Stage } from './fault.js';
import { Fleet, type FleetPart } from './fleet.js';
import { Guard } from './guard.js';
import { PhidNode } from './nodes.js';
import { Prober } from './prober.js';
import { startStores } from './redis.js';
import { Tally } from './tally.js';
import type { TcpProxy } from './tcp-proxy.js';
import type { SimulatedUser } from './user.js';
import { Watcher } from './watcher.js';

/** Users who die or leave once the fault is over, to see whether that is told. */
const CANARIES_PART = 'canaries';
const CANARIES = 2;
const GATEWAYS = 4;

/** Everything that takes part: stores, nodes, users, watchers. A fault's steps act on it. */
export interface Scene {
  readonly settings: CommonSettings;
  readonly redis: RedisServer;
  readonly cluster: RedisCluster;
  readonly proxy: TcpProxy;
  readonly replication: Replication;
  readonly guard: Guard;
  readonly nodes: readonly PhidNode[];
  readonly fleet: Fleet;
  readonly watchers: readonly Watcher[];
  /** Whom they watch. */
  readonly watched: readonly SimulatedUser[];
  readonly prober: Prober;
  readonly tally: Tally;
  /** Figures of the fault's own. */
  readonly figures: Record<string, number>;
  /** Starts something that ends with the scene. */
  readonly start: Start;
  node(index: number): PhidNode;
}

interface SceneOptions {
  readonly settings: CommonSettings;
  readonly stage: Stage;
  /** Folder for the logs of the nodes. */
  readonly logs: string | undefined;
  readonly name: string;
}

/** Starts it all. `start` sees to it that everything is stopped in the end. */
export async function startScene(start: Start, options: SceneOptions): Promise<Scene> {
  const { settings, stage, logs, name } = options;
  const { unaryUsers, intervalMs, maxSilenceMs } = settings;
  const stores = await startStores(start, stage);
  const guard = stage.isGuarded ? await start(Guard.create()) : undefined;
  const config = {
    redis: stores.url,
    ...(stage.limits && { limits: stage.limits }),
    namespaces: {
      default: {
        ...{ expected_interval: `${intervalMs}ms`, min_samples: 5, max_silence: `${maxSilenceMs}ms` },
        ...stage.namespace,
      },
    },
  };
  const logFileOf = (i: number) => logs && join(logs, `${name}-node-${i}.log`);
  const nodes = await Promise.all(
    Array.from({ length: stage.nodes }, (_, i) => start(PhidNode.start(config, logFileOf(i), guard))),
  );
  const addresses = nodes.map(({ address }) => address);
  const parts = [
    ...gatewayParts(settings.users, stage.gateways ?? evenGateways(stage.nodes), addresses),
    { name: 'calls', origin: 'calls', users: unaryUsers, addresses, by: 'calls' as const },
    {
      ...{ name: CANARIES_PART, origin: CANARIES_PART, users: CANARIES },
      ...{ isUntimed: true, by: 'gateway' as const },
      // The first node is the one that goes wrong: they are not to move when it does.
      addresses: addresses.toReversed(),
    },
  ].filter(({ users }) => users > 0);
  const fleet = new Fleet({ parts, intervalMs });
  await start(Promise.resolve(fleet));
  const tally = new Tally(fleet, falseChangesLog(logs && join(logs, `${name}-false-changes.log`)));
  const watched = watchedOf(fleet, stage);
  const userIds = watched.map(({ id }) => id);
  const watchers: Watcher[] = [];
  for (const i of stage.watchedThrough ?? nodes.keys()) {
    const watcher = new Watcher(addresses[i] as string, userIds, (change, w) => tally.add(change, w));
    watchers.push(await start(Promise.resolve(watcher)));
  }
  const prober = await start(Promise.resolve(new Prober(addresses, fleet)));
  return {
    ...{ settings, nodes, fleet, watchers, watched, prober, tally, figures: {}, start },
    get redis() {
      return there(stores.redis, 'single Redis');
    },
    get cluster() {
      return there(stores.cluster, 'cluster');
    },
    get proxy() {
      return there(stores.proxy, 'proxy');
    },
    get replication() {
      return there(stores.replication, 'replication');
    },
    get guard() {
      return there(guard, 'guard');
    },
    node: (index) => there(nodes[index], `node ${index}`),
  };
}

/** Writes what was told of users who live, a JSON line each. */
function falseChangesLog(file: string | undefined) {
  if (file === undefined) return undefined;
  return ({ userId, status, cause, suspicion }: StatusChange__Output, { address }: Watcher) => {
    const { phi, elapsedMs, meanMs, stddevMs, samples, degraded } = suspicion ?? {};
    const line = {
      at: new Date(),
      through: address,
      userId,
      status,
      cause,
      phi,
      elapsedMs,
      meanMs,
      stddevMs,
      samples,
    };
    void appendFile(file, `${JSON.stringify({ ...line, degraded })}\n`);
  };
}

/** The users who are told from others by what becomes of them in the end: one leaves, one dies. */
export function canariesOf(fleet: Fleet) {
  const [leaver, dier] = fleet.of(CANARIES_PART);
  return { leaver: there(leaver, 'canary'), dier: there(dier, 'canary') };
}

/** The canaries are always among them. */
function watchedOf({ users }: Fleet, { oneWatchedIn = 1 }: Stage): SimulatedUser[] {
  return users.filter(({ gateway }, i) => gateway === CANARIES_PART || i % oneWatchedIn === 0);
}

function evenGateways(nodes: number): GatewayPlan[] {
  return Array.from({ length: GATEWAYS }, (_, i) => ({
    name: `gw-${i}`,
    share: 1 / GATEWAYS,
    nodes: Array.from({ length: nodes }, (_node, j) => (i + j) % nodes),
  }));
}

function gatewayParts(users: number, plans: readonly GatewayPlan[], addresses: readonly string[]) {
  return plans.map(
    ({ name, origin = name, share, nodes }): FleetPart => ({
      ...{ name, origin, users: Math.round(users * share), by: 'gateway' },
      addresses: nodes.map((node) => addresses[node] as string),
    }),
  );
}

function there<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`this fault has no ${what}`);
  return value;
}
