import { startRedis } from '../test/support/redis-server.js';
import { userIdOf } from './load/encoded-users.js';
import { startLoad } from './load/load-process.js';
import { askSteadily } from './load/steady-queries.js';
import { type BenchResult, bench } from './support/bench.js';
import { startPhid } from './support/contender.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { rssBytes } from './support/os.js';
import { PAST_BEATS } from './support/past.js';
import { say } from './support/progress.js';
import { type Start, stoppingAll } from './support/started.js';
import { medianOf, quantile } from './support/statistics.js';

const GATEWAYS = 8;
const BATCH = 100;
/** Closed loop, to learn what the service can do: not counted, and long enough for its memory to have grown. */
const CAPACITY_MS = 10_000;
const IN_FLIGHT = 4;
const OVERLOAD = 2;
const QUERIES_PER_S = 50;
const SAMPLES_PER_S = 4;
const INTERVAL_MS = 10_000;
const JITTER = 0.5;

export const overload = bench({
  question:
    'What becomes of heartbeats, memory and queries when twice as much is offered as can be taken in?',
  defaults: { users: 100_000, seconds: 60 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

async function run(
  { users, seconds }: { readonly users: number; readonly seconds: number },
  start: Start,
): Promise<BenchResult> {
  say(`a past of ${users} users`);
  const redis = await start(startRedis());
  await fillRedis(redis.url, {
    namespace: namespaceOf('adaptive'),
    ...{ users, sessions: 1, intervalMs: INTERVAL_MS, jitter: JITTER, agoMs: INTERVAL_MS / 2 },
  });
  const service = await startPhid(start, redis);
  const load = await start(startLoad());
  const fleet = {
    address: service.address,
    users,
    active: users,
    gateways: GATEWAYS,
    batch: BATCH,
    jitter: JITTER,
  };
  await load.do('restart', { ...fleet, sequence: PAST_BEATS, beaten: 0 });

  say('what can be taken in');
  const closed = { inFlight: IN_FLIGHT, until: { ms: CAPACITY_MS } };
  const taken = await load.do('sendHeartbeats', { ...fleet, ...closed });
  const capacityPerS = (1000 * taken.heartbeats) / taken.elapsedMs;

  say(`${OVERLOAD} times ${Math.round(capacityPerS)} heartbeats a second for ${seconds} s`);
  const rss: number[] = [];
  const looking = setInterval(() => rss.push(rssBytes(service.pid)), 1000 / SAMPLES_PER_S);
  // From here and not from the load generator, which is busy: the answers would wait for it.
  const asking = await askSteadily(service.address, { userId: userIdOf(1), perS: QUERIES_PER_S });
  const flood = await load.do('flood', {
    ...fleet,
    heartbeatsPerS: OVERLOAD * capacityPerS,
    ms: seconds * 1000,
  });
  clearInterval(looking);
  const answersMs = Float64Array.from(await asking.stop()).sort();

  const third = Math.floor(rss.length / 3);
  const [first, last] = [medianOf(rss.slice(0, third)), medianOf(rss.slice(-third))];
  const perS = (heartbeats: number) => (1000 * heartbeats) / flood.elapsedMs;
  return {
    figures: {
      capacity_per_s: capacityPerS,
      offered_per_s: perS(flood.offered),
      sent_per_s: perS(flood.sent),
      acknowledged_per_s: perS(flood.acknowledged),
      offered_to_acknowledged_ratio: flood.offered / flood.acknowledged,
      unacknowledged_heartbeats: flood.sent - flood.acknowledged,
      refused_heartbeats: flood.refused,
      rss_first_third_mib: first / 2 ** 20,
      rss_last_third_mib: last / 2 ** 20,
      rss_max_mib: Math.max(...rss) / 2 ** 20,
      rss_growth_ratio: last / first,
      queries: answersMs.length,
      query_p50_ms: quantile(answersMs, 0.5),
      query_p99_ms: quantile(answersMs, 0.99),
      query_max_ms: quantile(answersMs, 1),
    },
    targets: [
      { figure: 'unacknowledged_heartbeats', atMost: 0 },
      { figure: 'rss_growth_ratio', atMost: 1.1 },
      { figure: 'query_p99_ms', atMost: 200 },
    ],
  };
}
