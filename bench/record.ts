import { Redis } from 'ioredis';
import { systemClock } from '../src/clock.js';
import { Detector, type ModelName } from '../src/detector/detector.js';
import { RedisStore } from '../src/store/redis/redis-store.js';
import type { ReceivedHeartbeat, StoreNamespace } from '../src/store/store.js';
import { MemoryLog } from '../test/support/log.js';
import { startRedis } from '../test/support/redis-server.js';
import { randomNumbers } from '../test/support/replay.js';
import type { BenchResult } from './main.js';

const USERS = 2_000;
const BATCH = 64;
const INTERVAL_MS = 10_000;
const WINDOW = 100;
/** Heartbeats of each user before anything is counted: the windows are full then. */
const FILLING_BEATS = WINDOW + 10;
const ROUNDS = 40;
const BEATS_A_ROUND = 4;

/** Every heartbeat is this much younger than the one before: Redis' clock cannot be moved, the age can. */
const TOTAL_BEATS = FILLING_BEATS + ROUNDS * BEATS_A_ROUND;

/**
 * What does a heartbeat cost Redis under each model, and what would a SET with a TTL? CPU seconds of the redis-server
 * (INFO cpu), models in turn within each round, same heartbeats, batches of 64, windows of 100 samples.
 */
export async function record(): Promise<BenchResult> {
  const server = await startRedis();
  const admin = new Redis(server.url);
  const store = new RedisStore({
    url: server.url,
    clock: systemClock,
    log: new MemoryLog(),
    cachedUsersMax: 10_000,
  });
  while (!store.isReady()) await new Promise((resolve) => setTimeout(resolve, 10));
  const models: readonly ModelName[] = ['normal', 'adaptive'];
  const spentUs: Record<string, number[]> = { normal: [], adaptive: [], ttl: [] };
  const timed = async (name: string, work: () => Promise<void>) => {
    const before = await cpuUs(admin);
    await work();
    spentUs[name]?.push((await cpuUs(admin)) - before);
  };
  const random = randomNumbers(1);
  const jitters = Float64Array.from(
    { length: 4_096 },
    () => 60 * (random() - 0.5) + (random() < 0.02 ? 700 : 0),
  );
  try {
    for (const model of models) {
      for (let beat = 0; beat < FILLING_BEATS; beat++)
        await beatAll(store, namespaceOf(model), beat, jitters);
    }
    for (let round = 0; round < ROUNDS; round++) {
      const beats = Array.from(
        { length: BEATS_A_ROUND },
        (_, i) => FILLING_BEATS + round * BEATS_A_ROUND + i,
      );
      for (const model of round % 2 === 0 ? models : [...models].reverse()) {
        await timed(model, async () => {
          for (const beat of beats) await beatAll(store, namespaceOf(model), beat, jitters);
        });
      }
      await timed('ttl', async () => {
        for (const _ of beats) await touchAll(admin);
      });
    }
  } finally {
    await store.close();
    admin.disconnect();
    await server.stop();
  }
  // Medians of rounds and of ratios within a round: the machine is shared, and its speed changes by the minute.
  const eachUs = (name: string) => median(spentUs[name] as number[]) / (USERS * BEATS_A_ROUND);
  const ratio = (name: string, to: string) =>
    median((spentUs[name] as number[]).map((us, round) => us / (spentUs[to]?.[round] as number)));
  return {
    figures: {
      normalRedisUs: eachUs('normal'),
      adaptiveRedisUs: eachUs('adaptive'),
      setWithTtlRedisUs: eachUs('ttl'),
      adaptiveToNormal: ratio('adaptive', 'normal'),
      adaptiveToTtl: ratio('adaptive', 'ttl'),
    },
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

const namespaces = new Map<ModelName, StoreNamespace>();

function namespaceOf(model: ModelName): StoreNamespace {
  let namespace = namespaces.get(model);
  if (!namespace) {
    const settings = {
      model,
      logistic: false,
      window: WINDOW,
      minSamples: 10,
      expectedIntervalMs: INTERVAL_MS,
      acceptablePauseMs: 3_000,
      minStdDevMs: 100,
      maxSilenceMs: 90_000,
    };
    namespace = {
      name: model,
      retentionMs: 86_400_000,
      halfLifeMs: 86_400_000,
      detector: new Detector(settings, 3),
    };
    namespaces.set(model, namespace);
  }
  return namespace;
}

/** One heartbeat of every user. */
async function beatAll(store: RedisStore, namespace: StoreNamespace, beat: number, jitters: Float64Array) {
  const receivedMs = systemClock.nowMs() - (TOTAL_BEATS - beat) * INTERVAL_MS;
  const byShard = new Map<number, ReceivedHeartbeat[]>();
  const sent: Promise<unknown>[] = [];
  for (let user = 0; user < USERS; user++) {
    const userId = `user-${user}`;
    const shard = store.laneOf(userId);
    let batch = byShard.get(shard);
    if (!batch) {
      batch = [];
      byShard.set(shard, batch);
    }
    batch.push({
      userId,
      sessionId: 'device',
      sequence: beat + 1,
      declaredMs: 0,
      activity: 0,
      origin: 'gateway-1',
      receivedMs: receivedMs + (jitters[(user * 31 + beat * 7) & 4095] as number),
    });
    if (batch.length < BATCH) continue;
    sent.push(store.record(namespace, shard, batch));
    byShard.delete(shard);
  }
  for (const [shard, batch] of byShard) sent.push(store.record(namespace, shard, batch));
  await Promise.all(sent);
}

/** What a presence service with timeouts would do: one SET with a TTL for each user, pipelined by 64. */
async function touchAll(redis: Redis): Promise<void> {
  for (let user = 0; user < USERS; user += BATCH) {
    const pipeline = redis.pipeline();
    for (let i = user; i < Math.min(USERS, user + BATCH); i++) pipeline.set(`ttl:user-${i}`, '1', 'EX', 30);
    await pipeline.exec();
  }
}

async function cpuUs(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (field: string) => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return 1e6 * (seconds('used_cpu_user') + seconds('used_cpu_sys'));
}
