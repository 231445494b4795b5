import { type BenchResult, bench } from './support/bench.js';
import { type Measured, measureDeployments } from './support/deployment.js';
import { type Start, stoppingAll } from './support/started.js';

/** What is reckoned for: users online, each of whom beats once in so long. */
const FLEETS = { '1m': 1e6, '10m': 1e7, '100m': 1e8 } as const;
const FLEET_INTERVAL_S = 30;
/** A core is planned for no more: peaks, and the node that is gone. */
const BUSY_SHARE = 0.6;

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
 * CPU of a deployment, µs in a second: of each node `nodeUs`; of each heartbeat `heartbeatUs`, `elsewhereUs` more where its user is
 * counted by another node than recorded it, and `heardUs` at each node, which hears of those that are announced.
 */
interface Model {
  readonly nodeUs: number;
  readonly heartbeatUs: number;
  readonly elsewhereUs: number;
  readonly heardUs: number;
}

/** Four deployments say what the model's constants are; the fifth says whether it holds. */
async function run({ users, seconds }: Plan, start: Start): Promise<BenchResult> {
  const plans = {
    small: { users, nodes: 1, isCounting: true },
    large: { users: 3 * users, nodes: 1, isCounting: true },
    small_two: { users, nodes: 2, isCounting: true },
    small_three: { users, nodes: 3, isCounting: true },
    large_two: { users: 3 * users, nodes: 2, isCounting: true },
  };
  const measured = await measureDeployments(start, plans, seconds);
  const nodes = modelOf(measured, 'nodesUs');
  const redis = modelOf(measured, 'redisUs');
  const check = measured.large_two;
  const checked = { nodes: 2, heartbeatsPerS: check.heartbeatsPerS };
  const figures: Record<string, number> = {
    ...constants('nodes', nodes),
    ...constants('redis', redis),
    'check.nodes_predicted_to_measured_ratio': cpuUs(nodes, checked) / check.nodesUs,
    'check.redis_predicted_to_measured_ratio': cpuUs(redis, checked) / check.redisUs,
    heartbeats_per_s_that_fill_a_core_by_hearing: (BUSY_SHARE * 1e6) / nodes.heardUs,
  };
  for (const [name, online] of Object.entries(FLEETS)) {
    const heartbeatsPerS = online / FLEET_INTERVAL_S;
    const needed = nodesFor(nodes, heartbeatsPerS);
    figures[`${name}.heartbeats_per_s`] = heartbeatsPerS;
    figures[`${name}.nodes_of_a_core`] = needed;
    figures[`${name}.redis_cores`] = cpuUs(redis, { nodes: needed, heartbeatsPerS }) / 1e6 / BUSY_SHARE;
  }
  return {
    figures,
    targets: [
      { figure: 'check.nodes_predicted_to_measured_ratio', atLeast: 0.8, atMost: 1.25 },
      { figure: 'check.redis_predicted_to_measured_ratio', atLeast: 0.8, atMost: 1.25 },
    ],
  };
}

function constants(of: string, model: Model): Record<string, number> {
  const { nodeUs, heartbeatUs, elsewhereUs, heardUs } = model;
  return {
    [`${of}.node_us_a_second`]: nodeUs,
    [`${of}.heartbeat_us`]: heartbeatUs,
    [`${of}.heartbeat_elsewhere_us`]: elsewhereUs,
    [`${of}.heartbeat_heard_us_a_node`]: heardUs,
  };
}

/**
 * One node at two rates: what a node costs, and a heartbeat that is recorded, counted and heard there. With a second node half of the
 * heartbeats are counted elsewhere, with a third two thirds, and all are heard once and twice more.
 */
function modelOf(
  measured: Readonly<Record<'small' | 'large' | 'small_two' | 'small_three', Measured>>,
  figure: 'nodesUs' | 'redisUs',
): Model {
  const { small, large, small_two: two, small_three: three } = measured;
  const localUs = (large[figure] - small[figure]) / (large.heartbeatsPerS - small.heartbeatsPerS);
  const nodeUs = small[figure] - localUs * small.heartbeatsPerS;
  const secondUs = (two[figure] - 2 * nodeUs) / two.heartbeatsPerS - localUs;
  const thirdUs = (three[figure] - 3 * nodeUs) / three.heartbeatsPerS - localUs;
  const elsewhereUs = Math.max(0, 3 * (2 * secondUs - thirdUs));
  const heardUs = Math.max(0, secondUs - elsewhereUs / 2);
  return { nodeUs, heartbeatUs: localUs - heardUs, elsewhereUs, heardUs };
}

interface Load {
  readonly nodes: number;
  readonly heartbeatsPerS: number;
}

function cpuUs(model: Model, { nodes, heartbeatsPerS }: Load): number {
  const { nodeUs, heartbeatUs, elsewhereUs, heardUs } = model;
  const eachUs = heartbeatUs + elsewhereUs * (1 - 1 / nodes) + nodes * heardUs;
  return nodes * nodeUs + heartbeatsPerS * eachUs;
}

/** Nodes of a core each; Infinity where what each hears of the others leaves it no time for anything else. */
function nodesFor({ nodeUs, heartbeatUs, elsewhereUs, heardUs }: Model, heartbeatsPerS: number): number {
  const leftUs = BUSY_SHARE * 1e6 - nodeUs - heartbeatsPerS * heardUs;
  const workUs = heartbeatsPerS * (heartbeatUs + elsewhereUs);
  return leftUs > 0 ? Math.ceil(workUs / leftUs) : Number.POSITIVE_INFINITY;
}
