import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Detector } from '../../src/detector/detector.js';
import { priorTables } from '../../src/detector/prior.js';
import { recordHeartbeat, suspicionOf, type UserRecord } from '../../src/detector/user.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import { ManualClock } from '../support/manual-clock.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { storeNamespace } from '../support/settings.js';

let server: RedisServer;
let store: RedisStore;
const clock = new ManualClock();

beforeAll(async () => {
  server = await startRedis();
  store = new RedisStore({ url: server.url, clock, log: new MemoryLog(), cachedUsersMax: 100 });
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

/** A client that beats for hours: what it loses, how it jitters, where it stalls, and when it declares. */
const life = fc.record({
  seed: fc.integer(),
  beats: fc.integer({ min: 300, max: 4_500 }),
  loss: fc.constantFrom(0, 0.004, 0.02, 0.1, 0.4),
  jitterMs: fc.constantFrom(0, 1, 20, 400),
  stall: fc.constantFrom(0, 0.01),
  declares: fc.boolean(),
});

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('a long life leaves the same record and φ in Redis and in the process, through every fit of the shape', async () => {
  let run = 0;
  let onLattice = 0;
  await fc.assert(
    fc.asyncProperty(life, async ({ seed, beats, loss, jitterMs, stall, declares }) => {
      const random = randomOf(seed);
      const base = storeNamespace({ model: 'adaptive', minSamples: 8, maxSilenceMs: 30_000 });
      const detector = new Detector(base.detector.settings, 3, priorTables);
      const namespace = { ...base, detector };
      const userId = `user-${run++}`;
      const oracle: UserRecord = { sessions: [] };
      const gaps: { gapMs: number; step: number }[] = [];
      let totalMs = 0;
      for (let i = 0; i < beats; i++) {
        let step = 1;
        while (random() < loss) step += 1;
        const gapMs = 1_000 * step + jitterMs * (random() - 0.5) + (random() < stall ? 9_000 * random() : 0);
        gaps.push({ gapMs, step });
        totalMs += gapMs;
      }
      let agoMs = totalMs + 2_000;
      let sequence = 1;
      for (let at = 0; at < beats; at += 250) {
        const batch = gaps.slice(at, at + 250).map(({ gapMs, step }, i) => {
          agoMs -= gapMs;
          sequence += step;
          const declaredMs = declares && ((at + i) >> 7) % 2 === 1 ? 1_000 : 0;
          return received({ userId, sequence, declaredMs, receivedMs: clock.nowMs() - agoMs });
        });
        const { nowUs, arrivals } = await store.record(namespace, store.laneOf(userId), batch);
        const expected = batch.map((heartbeat) => {
          const ageUs = Math.floor((clock.nowMs() - heartbeat.receivedMs) * 1000 + 0.5);
          return recordHeartbeat(oracle, heartbeat, { atUs: nowUs - ageUs, nowUs }, detector);
        });
        arrivals.forEach(({ z, ...arrival }, i) => {
          const { z: expectedZ, ...rest } = expected[i] as (typeof expected)[number];
          expect(arrival).toEqual(rest);
          expect(Math.abs(z - expectedZ)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expectedZ)));
        });
      }
      const [reading] = await store.read(namespace, [userId]);
      const { shape, ...learned } = reading?.record?.sessions[0]?.adaptive ?? { shape: undefined };
      const { shape: expectedShape, ...expectedLearned } = oracle.sessions[0]?.adaptive ?? {
        shape: undefined,
      };
      expect(learned).toEqual(expectedLearned);
      expect({ ...shape, watchPhi: 0 }).toEqual({ ...expectedShape, watchPhi: 0 });
      expect(shape?.watchPhi).toBeCloseTo(expectedShape?.watchPhi as number, 9);
      if (shape?.onLattice) onLattice += 1;
      const nowUs = reading?.nowUs ?? 0;
      for (const laterMs of [0, 500, 1_500, 4_000, 12_000, 29_000]) {
        const phi = (user: UserRecord | undefined) =>
          suspicionOf(user, nowUs + laterMs * 1000, detector)?.phi;
        expect(phi(reading?.record)).toBeCloseTo(phi(oracle) as number, 6);
      }
    }),
    { numRuns: 25 },
  );
  expect(onLattice).toBeGreaterThan(0);
}, 60_000);
