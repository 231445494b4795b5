import { credentials } from '@grpc/grpc-js';
import type { StatusChange__Output } from '../src/gen/phid/v1/StatusChange.js';
import type { WatchResponse__Output } from '../src/gen/phid/v1/WatchResponse.js';
import { PresenceService } from '../src/grpc/definition.js';
import { startRedis } from '../test/support/redis-server.js';
import { type BenchResult, bench } from './support/bench.js';
import { startServiceProcess } from './support/service-process.js';
import { type Start, stoppingAll } from './support/started.js';
import { quantile } from './support/statistics.js';

const USERS = 10;
const ROUNDS = 40;
const INTERVAL_MS = 100;
/** Rounds that are not counted: the first ones measure the compiler. */
const WARMUP_ROUNDS = 5;
const BEATS_A_ROUND = 4;
/** Longer than the crossing of φ = 8, which lies at 212 ms. */
const SILENCE_MS = 320;
const THRESHOLDS = [
  { suspect: 1, offline: 3 },
  { suspect: 2, offline: 8 },
];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Two Watch streams with thresholds {1, 3} and {2, 8} on the same users; service, Redis and client are three processes,
 * whose clock (of one machine) is the same.
 * Lateness of a crossing: receipt - the instant that the model's inverse predicts (StatusChange.at).
 * Lateness of a resume: receipt of ONLINE - arrival of the heartbeat (StatusChange.at); and after the client's call.
 */
export const crossing = bench({
  question: 'How late do two subscribers learn of a crossing, and of a resume? Is any early?',
  defaults: {},
  run: () => stoppingAll(run),
});

async function run(start: Start): Promise<BenchResult> {
  const redis = await start(startRedis());
  const service = await start(
    startServiceProcess({
      redis: redis.url,
      namespaces: {
        default: {
          model: 'normal',
          expected_interval: '100ms',
          min_samples: 3,
          acceptable_pause: 0,
          min_std_dev: '20ms',
        },
      },
    }),
  );
  const client = new PresenceService(service.address, credentials.createInsecure());
  const crossingsMs: number[] = [];
  const resumesMs: number[] = [];
  const callsMs: number[] = [];
  const resumedAtMs = new Map<string, number>();
  const warm = new Set<string>();
  let early = 0;

  const onChange = (change: StatusChange__Output, receivedMs: number) => {
    const lateMs = receivedMs - (Number(change.at?.seconds) * 1000 + (change.at?.nanos ?? 0) / 1e6);
    if (change.cause === 'SUSPICION') {
      crossingsMs.push(lateMs);
      if (lateMs < 0 || (change.suspicion?.phi ?? 0) < (change.threshold ?? 0)) early += 1;
    } else if (change.cause === 'HEARTBEAT') {
      resumesMs.push(lateMs);
      callsMs.push(receivedMs - (resumedAtMs.get(change.userId) ?? Number.NaN));
    }
  };
  const userIds = Array.from({ length: USERS }, (_, i) => `user-${i}`);
  const streams = THRESHOLDS.map((thresholds) => {
    const stream = client.Watch({ userIds, thresholds });
    stream.on('data', ({ change }: WatchResponse__Output) => {
      if (change && warm.has(change.userId)) onChange(change, performance.timeOrigin + performance.now());
    });
    stream.on('error', () => {});
    return stream;
  });

  const beat = (userId: string) =>
    new Promise<void>((resolve, reject) => {
      client.Heartbeat({ heartbeat: { userId, sessionId: 's' } }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  await Promise.all(
    userIds.map(async (userId, i) => {
      await sleep(i * 37);
      for (let round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
        if (round === WARMUP_ROUNDS) warm.add(userId);
        resumedAtMs.set(userId, performance.timeOrigin + performance.now());
        for (let n = 0; n < BEATS_A_ROUND; n++) {
          await beat(userId);
          await sleep(n === BEATS_A_ROUND - 1 ? SILENCE_MS : INTERVAL_MS);
        }
      }
    }),
  );
  for (const stream of streams) stream.cancel();
  client.close();
  return {
    figures: {
      crossings: crossingsMs.length,
      crossings_early: early,
      ...percentiles('crossing_late', crossingsMs),
      resumes: resumesMs.length,
      ...percentiles('resume_late', resumesMs),
      resume_within_10ms_percent: (100 * resumesMs.filter((ms) => ms <= 10).length) / resumesMs.length,
      ...percentiles('resume_after_call', callsMs),
    },
  };
}

function percentiles(name: string, values: readonly number[]): Record<string, number> {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => quantile(sorted, share);
  return { [`${name}_p50_ms`]: at(0.5), [`${name}_p99_ms`]: at(0.99), [`${name}_max_ms`]: at(1) };
}
