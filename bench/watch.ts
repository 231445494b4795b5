import { startRedis } from '../test/support/redis-server.js';
import { startLoad } from './load/load-process.js';
import { type BenchResult, bench } from './support/bench.js';
import { startPhid } from './support/contender.js';
import { fillRedisInProcession } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { cpuUs, rssBytes } from './support/os.js';
import { PAST_BEATS } from './support/past.js';
import { say } from './support/progress.js';
import { type Start, stoppingAll } from './support/started.js';
import { medianOf, quantile } from './support/statistics.js';

const GATEWAYS = 4;
const BATCH = 100;
const INTERVAL_MS = 10_000;
/** By how much heartbeats are early or late together: what the network of a client does. */
const JITTER_MS = 200;
const CHANNELS = 8;
const SILENCES_PER_S = 50;
/** Until the memory of the process is settled, and then for how long it is looked at. */
const SETTLING_S = 12;
const LOOKING_S = 8;

export const watch = bench({
  question: 'How late do watchers of a whole fleet hear of it, and what does a watched user cost?',
  defaults: { users: 100_000, streams: 1_000, seconds: 60 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

interface Plan {
  readonly users: number;
  readonly streams: number;
  /** For how long users fall silent and return. A silence is found out after about twenty seconds. */
  readonly seconds: number;
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function run({ users, streams, seconds }: Plan, start: Start): Promise<BenchResult> {
  say('starting');
  const redis = await start(startRedis());
  const limits = { streams_max: streams, tracked_users_max: users };
  const service = await startPhid(start, redis, { limits });
  const load = await start(startLoad());
  const fleet = { address: service.address, users, gateways: GATEWAYS };

  const stateOf = async () => ({
    cpuUs: cpuUs(service.pid),
    heartbeats: await service.metric('phid_heartbeats_total'),
    usersRead: await service.metric('phid_watch_users_read_total'),
  });
  /** Memory and CPU with heartbeats flowing, after they have flowed for a while. */
  const look = async (what: string) => {
    say(`${what}: ${SETTLING_S} s to settle`);
    await sleep(SETTLING_S);
    say(`${what}: ${LOOKING_S} s to look at`);
    const before = await stateOf();
    const rss: number[] = [];
    const heap: number[] = [];
    for (let i = 0; i < 4 * LOOKING_S; i++) {
      await sleep(1 / 4);
      rss.push(rssBytes(service.pid));
      if (i % 4 === 0) heap.push(await service.metric('nodejs_heap_size_used_bytes'));
    }
    const after = await stateOf();
    return {
      rssBytes: medianOf(rss),
      heapBytes: Math.min(...heap),
      heartbeatCpuUs: (after.cpuUs - before.cpuUs) / (after.heartbeats - before.heartbeats),
    };
  };

  say(`a past of ${users} users`);
  const procession = await fillRedisInProcession(redis.url, {
    namespace: namespaceOf('adaptive'),
    ...{ users, sessions: 1, intervalMs: INTERVAL_MS, jitter: JITTER_MS / INTERVAL_MS, agoMs: 0 },
  });
  const rhythm = { batch: BATCH, intervalMs: INTERVAL_MS, jitterMs: JITTER_MS };
  await load.do('restart', { ...fleet, ...procession, sequence: PAST_BEATS });
  await load.do('startBeating', { ...fleet, ...procession, ...rhythm });
  const unwatched = await look('nobody is watched');
  say(`${streams} streams begin to watch ${users} users`);
  const openedMs = performance.now();
  await load.do('watchUsers', { address: service.address, users, streams, channels: CHANNELS });
  const syncMs = performance.now() - openedMs;
  const watched = await look('everybody is watched');

  say(`everybody is watched, ${SILENCES_PER_S} a second fall silent: ${seconds} s`);
  const before = await stateOf();
  const heard = await load.do('watchSilences', { silencesPerS: SILENCES_PER_S, ms: seconds * 1000 });
  const after = await stateOf();
  const beaten = await load.do('stopBeating', undefined);
  const heartbeats = after.heartbeats - before.heartbeats;
  return {
    figures: {
      sync_ms: syncMs,
      crossings: heard.crossingsMs.length,
      crossings_early: heard.early,
      ...percentiles('crossing_late', heard.crossingsMs),
      resumes: heard.resumesMs.length,
      ...percentiles('resume', heard.resumesMs),
      heartbeats_per_s: heartbeats / seconds,
      reads_per_heartbeat: (after.usersRead - before.usersRead) / heartbeats,
      unwatched_cpu_us: unwatched.heartbeatCpuUs,
      watched_cpu_us: watched.heartbeatCpuUs,
      unwatched_rss_mib: unwatched.rssBytes / 2 ** 20,
      watched_rss_mib: watched.rssBytes / 2 ** 20,
      rss_a_watched_user_bytes: (watched.rssBytes - unwatched.rssBytes) / users,
      heap_a_watched_user_bytes: (watched.heapBytes - unwatched.heapBytes) / users,
      unacknowledged_heartbeats: beaten.sent - beaten.acknowledged,
      load_late_max_ms: heard.loadLateMaxMs,
    },
    targets: [
      { figure: 'crossing_late_p50_ms', atMost: 5 },
      { figure: 'crossing_late_p99_ms', atMost: 25 },
      { figure: 'crossings_early', atMost: 0 },
      { figure: 'rss_a_watched_user_bytes', atMost: 300 },
      { figure: 'reads_per_heartbeat', atMost: 1 },
    ],
  };
}

function percentiles(name: string, values: readonly number[]): Record<string, number> {
  const sorted = [...values].sort((a, b) => a - b);
  return { [`${name}_p50_ms`]: quantile(sorted, 0.5), [`${name}_p99_ms`]: quantile(sorted, 0.99) };
}
