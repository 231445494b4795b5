import { type BenchResult, bench } from './support/bench.js';
import { type Measured, measureDeployments } from './support/deployment.js';
import { type Start, stoppingAll } from './support/started.js';

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

async function run({ users, seconds }: Plan, start: Start): Promise<BenchResult> {
  const plans = {
    uncounted: { users, nodes: 1, isCounting: false },
    one: { users, nodes: 1, isCounting: true },
    two: { users, nodes: 2, isCounting: true },
  };
  const measured = await measureDeployments(start, plans, seconds);
  const { uncounted, one, two } = measured;
  const figures = Object.entries(measured).flatMap(([name, figuresOfOne]) =>
    Object.entries(eachHeartbeat(figuresOfOne)).map(([figure, value]) => [`${name}.${figure}`, value]),
  );
  return {
    figures: {
      ...Object.fromEntries(figures),
      'one.cpu_to_uncounted_ratio': cpuUsOf(one) / cpuUsOf(uncounted),
      'two.cpu_to_one_ratio': cpuUsOf(two) / cpuUsOf(one),
      'one.rss_a_counted_user_bytes': (one.rssBytes - uncounted.rssBytes) / users,
    },
    targets: [
      { figure: 'two.cpu_to_one_ratio', atMost: 1.15 },
      { figure: 'one.rss_a_counted_user_bytes', atMost: 150 },
    ],
  };
}

const cpuUsOf = ({ nodesUs, redisUs, heartbeatsPerS }: Measured) => (nodesUs + redisUs) / heartbeatsPerS;

function eachHeartbeat(measured: Measured): Record<string, number> {
  const { heartbeatsPerS, redisUs, usersReadPerS, rssBytes, usersCounted } = measured;
  return {
    heartbeats_per_s: heartbeatsPerS,
    cpu_us: cpuUsOf(measured),
    redis_cpu_us: redisUs / heartbeatsPerS,
    reads_per_heartbeat: usersReadPerS / heartbeatsPerS,
    rss_mib: rssBytes / 2 ** 20,
    users_counted: usersCounted,
  };
}
