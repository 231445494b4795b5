import type { RedisServer } from '../../test/support/redis-server.js';
import type { HeartbeatJob } from '../load/heartbeats.js';
import type { LoadProcess } from '../load/load-process.js';
import { startTtlService } from '../ttl/ttl-process.js';
import type { Mode } from '../ttl/ttl-service.js';
import { cpuUs, rssBytes } from './os.js';
import type { Sample } from './rounds.js';
import { startServiceProcess } from './service-process.js';
import type { Start } from './started.js';

/** A service that is measured, and the Redis behind it. */
export interface Contender {
  readonly address: string;
  readonly pid: number;
  /** Undefined when it needs none. */
  readonly redis: RedisServer | undefined;
}

type Contenders = Readonly<Record<string, Contender>>;

/** phid on a Redis, or on the embedded store. */
export async function startPhid<R extends RedisServer | undefined>(
  start: Start,
  redis: R,
  config: object = {},
) {
  const store = redis ? { redis: redis.url } : {};
  const service = await start(startServiceProcess({ ...config, ...store }));
  return { ...service, redis };
}

export async function startTtl(start: Start, mode: Mode, redis: RedisServer): Promise<Contender> {
  return { ...(await start(startTtlService(mode, redis.url))), redis };
}

/** Runs `work`, and says what CPU the contender used meanwhile, in service and Redis, µs. */
export async function withCpu<Result>(
  { pid, redis }: Contender,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly serviceUs: number; readonly redisUs: number }> {
  const usedUs = () => ({ service: cpuUs(pid), redis: redis ? cpuUs(redis.pid) : 0 });
  const before = usedUs();
  const result = await work();
  const after = usedUs();
  return { result, serviceUs: after.service - before.service, redisUs: after.redis - before.redis };
}

/** Sends heartbeats to a contender in a closed loop, and says what each cost. */
export async function heartbeatSample(
  load: LoadProcess,
  contender: Contender,
  job: Omit<HeartbeatJob, 'address'>,
): Promise<Sample> {
  const { address } = contender;
  const { result, serviceUs, redisUs } = await withCpu(contender, () =>
    load.do('sendHeartbeats', { address, ...job }),
  );
  const { heartbeats, elapsedMs, ackP50Ms, ackP99Ms, loadCpuUs } = result;
  return {
    heartbeats_per_s: (1000 * heartbeats) / elapsedMs,
    cpu_us: (serviceUs + redisUs) / heartbeats,
    service_cpu_us: serviceUs / heartbeats,
    redis_cpu_us: redisUs / heartbeats,
    load_cpu_us: loadCpuUs / heartbeats,
    ack_p50_ms: ackP50Ms,
    ack_p99_ms: ackP99Ms,
  };
}

/** The memory of each contender's process, as figures. */
export function memoryFigures(contenders: Contenders): Record<string, number> {
  return Object.fromEntries(
    Object.entries(contenders).map(([name, { pid }]) => [`memory.${name}.rss_mib`, rssBytes(pid) / 2 ** 20]),
  );
}
