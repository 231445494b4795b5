import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Arrival, ArrivalFlag } from '../../src/detector/arrival.js';
import type { DetectorSettings } from '../../src/detector/detector.js';
import { recordHeartbeat, recordLeave, suspicionOf, type UserRecord } from '../../src/detector/user.js';
import { recordVisibility } from '../../src/detector/visibility.js';
import { decodeUser } from '../../src/store/record/codec.js';
import { shardOf, userKey } from '../../src/store/redis/keys.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import { ManualClock } from '../support/manual-clock.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { storeNamespace } from '../support/settings.js';
import { uniform } from '../support/uniform.js';

let server: RedisServer;
let admin: Redis;
let store: RedisStore;
const clock = new ManualClock();

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
  store = new RedisStore({ url: server.url, clock, log: new MemoryLog(), cachedUsersMax: 100 });
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
});
afterAll(async () => {
  await store.close();
  admin.disconnect();
  await server.stop();
});

const settings: fc.Arbitrary<Partial<DetectorSettings>> = fc.record({
  model: fc.constantFrom('adaptive', 'adaptive', 'normal', 'exponential'),
  logistic: fc.boolean(),
  window: fc.integer({ min: 1, max: 12 }),
  minSamples: fc.integer({ min: 1, max: 12 }),
  expectedIntervalMs: fc.constantFrom(100, 1_000, 10_000),
  acceptablePauseMs: fc.constantFrom(0, 500, 3_000),
  minStdDevMs: fc.constantFrom(1, 100),
  maxSilenceMs: fc.constantFrom(30_000, 90_000),
});

/** A step of a user's life: time passes, then a heartbeat (sometimes old news), a leave, or a word of the visibility. */
const step = fc.record({
  passMs: fc.oneof(
    { weight: 4, arbitrary: uniform(900, 1_300) },
    { weight: 2, arbitrary: uniform(0, 30) },
    { weight: 2, arbitrary: uniform(0, 100_000) },
  ),
  lateMs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, uniform(0, 3_000)),
  leaves: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, fc.constant(true)),
  turns: fc.oneof(
    { weight: 15, arbitrary: fc.constant(undefined) },
    fc.record({ visible: fc.boolean(), lateMs: fc.constantFrom(0, 30_000) }),
  ),
  session: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 20 })),
  sequence: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
  declaredMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(1_000, 5_000, 25_000)),
  together: fc.boolean(),
});

/** What the stored record says of it. */
async function visibilityOf(namespace: string, userId: string) {
  const bytes = await admin.getBuffer(userKey(shardOf(userId), namespace, userId));
  return bytes ? decodeUser(bytes).visibility : undefined;
}

it('packed records in Redis and the objects of the detector agree on every arrival, every field and φ', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { minLength: 1, maxLength: 60 }), async (overrides, steps) => {
      const namespace = storeNamespace(overrides);
      const userId = `user-${run++}`;
      const shard = store.laneOf(userId);
      const oracle: UserRecord = { sessions: [] };
      let agoMs = steps.reduce((sum, { passMs }) => sum + passMs, 0) + 1_000;
      let batch: ReturnType<typeof received>[] = [];
      const flush = async () => {
        if (batch.length === 0) return;
        const { nowUs, arrivals } = await store.record(namespace, shard, batch);
        const expected = batch.map((heartbeat) => {
          const ageUs = Math.floor((clock.nowMs() - heartbeat.receivedMs) * 1000 + 0.5);
          return recordHeartbeat(oracle, heartbeat, { atUs: nowUs - ageUs, nowUs }, namespace.detector);
        });
        // Whose the record was before, and when its user was due as this node knew it, only the store knows.
        const plain = ({ was, is, flags, ...arrival }: Arrival) => ({
          ...arrival,
          flags: flags & ~ArrivalFlag.FOREIGN,
        });
        expect(arrivals.map(plain)).toEqual(expected.map(plain));
        batch = [];
      };
      for (const { passMs, lateMs, leaves, turns, session, sequence, declaredMs, together } of steps) {
        agoMs -= passMs;
        const sessionId = `session-${session}`;
        if (turns) {
          await flush();
          const receivedMs = clock.nowMs() - agoMs - turns.lateMs;
          await store.setVisibility(namespace, { userId, visible: turns.visible, receivedMs });
          const stored = await visibilityOf(namespace.name, userId);
          // When that is on the store's clock only the store knows: take its word for it, and make the same of it.
          if (stored && stored.sinceUs !== oracle.visibility?.sinceUs)
            recordVisibility(oracle, turns.visible, { atUs: stored.sinceUs, nowUs: stored.sinceUs });
          else if (!stored?.shown !== !oracle.visibility?.shown) oracle.visibility = stored;
          continue;
        }
        if (leaves) {
          await flush();
          await store.leave(namespace, {
            userId,
            sessionId: session === 0 ? '' : sessionId,
            receivedMs: clock.nowMs(),
          });
          const { record: seen, unseen } = (await store.read(namespace, [userId]))[0] ?? {};
          const record = unseen ?? seen;
          // When that is on the store's clock only the store knows: take its word for it, and check that it ended the same ones.
          const leftUs = Math.max(0, ...(record?.sessions ?? []).filter((s) => s.left).map((s) => s.baseUs));
          recordLeave(oracle, session === 0 ? '' : sessionId, leftUs);
          continue;
        }
        const receivedMs = clock.nowMs() - (agoMs + lateMs);
        batch.push(
          received({ userId, sessionId, sequence, declaredMs, receivedMs, origin: `gw-${session}` }),
        );
        if (!together) await flush();
      }
      await flush();
      const [reading] = await store.read(namespace, [userId]);
      const plain = (user: Pick<UserRecord, 'sessions'> | undefined) =>
        user?.sessions.map(({ window, ...facts }) => ({
          ...facts,
          samples: window.samplesMs(),
          sum: window.sum,
          sumSquares: window.sumSquares,
        }));
      const { record: seen, unseen } = reading ?? {};
      const known = (user: Pick<UserRecord, 'sessions'>) => (user.sessions.length > 0 ? user : undefined);
      const shown = oracle.visibility?.shown;
      expect(plain(seen)).toEqual(plain(known(shown ? { sessions: shown } : oracle)));
      expect(plain(unseen)).toEqual(shown && plain(oracle));
      const nowUs = reading?.nowUs ?? 0;
      const phi = (user: UserRecord | undefined) => suspicionOf(user, nowUs, namespace.detector)?.phi;
      expect(phi(unseen ?? seen)).toBe(phi(oracle));
    }),
    { numRuns: 300 },
  );
}, 60_000);
