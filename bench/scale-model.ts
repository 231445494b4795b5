import { type BenchResult, bench } from './support/bench.js';
import { type Measured, measureDeployments } from './support/deployment.js';
import { type Start, stoppingAll } from './support/started.js';

/** What is reckoned for: users online, each of whom beats once in so long. */
const FLEETS = { '1m': 1e6, '10m': 1e7, '100m': 1e8 } as const;
const FLEET_INTERVAL_S = 30;
/** A core is planned for no more: peaks, and the node that is gone. */
const BUSY_SHARE = 0.6;
/** A master's thread likewise; and there are no more masters than shards. */
const MASTERS_MAX = 16;

export const scaleModel = bench({
  question:
    'How many nodes and masters does a fleet need, and does the arithmetic of it hold where it can be measured?',
  defaults: { users: 15_000, seconds: 60 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

interface Plan {
  readonly users: number;
  readonly seconds: number;
}

/**
 * CPU of a deployment, µs in a second: of each node `nodeUs`, of each heartbeat `heartbeatUs` at the node that records it, and
 * `heardUs` at each node, which hears of those that are announced; of Redis likewise.
 */
interface Model {
  readonly nodeUs: number;
  readonly heartbeatUs: number;
  readonly heardUs: number;
  readonly redisNodeUs: number;
  readonly redisHeartbeatUs: number;
}

/** Three deployments say what the model's constants are; the fourth says whether it holds. */
async function run({ users, seconds }: Plan, start: Start): Promise<BenchResult> {
  const plans = {
    small: { users, nodes: 1, isCounting: true },
    large: { users: 3 * users, nodes: 1, isCounting: true },
    small_two: { users, nodes: 2, isCounting: true },
    large_two: { users: 3 * users, nodes: 2, isCounting: true },
  };
  const measured = await measureDeployments(start, plans, seconds);
  const model = modelOf(measured);
  const check = measured.large_two;
  const figures: Record<string, number> = {
    node_cpu_us_a_second: model.nodeUs,
    heartbeat_cpu_us: model.heartbeatUs,
    heartbeat_heard_cpu_us_a_node: model.heardUs,
    redis_cpu_us_a_second_and_node: model.redisNodeUs,
    redis_heartbeat_cpu_us: model.redisHeartbeatUs,
    'check.nodes_predicted_to_measured_ratio':
      nodesUs(model, { nodes: 2, heartbeatsPerS: check.heartbeatsPerS }) / check.nodesUs,
    'check.redis_predicted_to_measured_ratio':
      redisUs(model, { nodes: 2, heartbeatsPerS: check.heartbeatsPerS }) / check.redisUs,
  };
  for (const [name, online] of Object.entries(FLEETS)) {
    const heartbeatsPerS = online / FLEET_INTERVAL_S;
    const nodes = nodesFor(model, heartbeatsPerS);
    figures[`${name}.heartbeats_per_s`] = heartbeatsPerS;
    figures[`${name}.nodes_of_a_core`] = nodes;
    figures[`${name}.hearing_share_percent`] = (100 * heartbeatsPerS * model.heardUs) / 1e6;
    figures[`${name}.redis_cores`] = redisUs(model, { nodes, heartbeatsPerS }) / 1e6 / BUSY_SHARE;
  }
  figures.masters_max = MASTERS_MAX;
  return {
    figures,
    targets: [
      { figure: 'check.nodes_predicted_to_measured_ratio', atLeast: 0.8, atMost: 1.25 },
      { figure: 'check.redis_predicted_to_measured_ratio', atLeast: 0.8, atMost: 1.25 },
    ],
  };
}

function modelOf(measured: Readonly<Record<'small' | 'large' | 'small_two', Measured>>): Model {
  const { small, large, small_two: two } = measured;
  const more = large.heartbeatsPerS - small.heartbeatsPerS;
  // On one node recording and hearing cannot be told apart; a second node hears as much once more.
  const bothUs = (large.nodesUs - small.nodesUs) / more;
  const nodeUs = small.nodesUs - bothUs * small.heartbeatsPerS;
  const heardUs = Math.max(0, (two.nodesUs - small.nodesUs - nodeUs) / two.heartbeatsPerS);
  const redisHeartbeatUs = (large.redisUs - small.redisUs) / more;
  const redisNodeUs = two.redisUs - small.redisUs;
  return { nodeUs, heartbeatUs: bothUs - heardUs, heardUs, redisNodeUs, redisHeartbeatUs };
}

interface Load {
  readonly nodes: number;
  readonly heartbeatsPerS: number;
}

function nodesUs({ nodeUs, heartbeatUs, heardUs }: Model, { nodes, heartbeatsPerS }: Load): number {
  return nodes * (nodeUs + heartbeatsPerS * heardUs) + heartbeatsPerS * heartbeatUs;
}

function redisUs({ redisNodeUs, redisHeartbeatUs }: Model, { nodes, heartbeatsPerS }: Load): number {
  return nodes * redisNodeUs + heartbeatsPerS * redisHeartbeatUs;
}

/** Nodes of a core each; Infinity where what each hears of the others leaves it no time for anything else. */
function nodesFor({ nodeUs, heartbeatUs, heardUs }: Model, heartbeatsPerS: number): number {
  const leftUs = BUSY_SHARE * 1e6 - nodeUs - heartbeatsPerS * heardUs;
  return leftUs > 0 ? Math.ceil((heartbeatsPerS * heartbeatUs) / leftUs) : Number.POSITIVE_INFINITY;
}
