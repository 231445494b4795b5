import { Redis } from 'ioredis';
import type { ReceivedHeartbeat, Store, StoreNamespace } from '../../src/store/store.js';
import { MemoryLog } from '../../test/support/log.js';
import { randomNumbers } from '../../test/support/replay.js';
import { ORIGIN, SESSION_ID, userIdOf } from '../load/encoded-users.js';
import { built } from './built.js';
import { WINDOW } from './namespace.js';

const { systemClock } = await built<typeof import('../../src/clock.js')>('clock.js');
const { RedisStore } = await built<typeof import('../../src/store/redis/redis-store.js')>(
  'store/redis/redis-store.js',
);
const { shardOf, userKey } =
  await built<typeof import('../../src/store/redis/keys.js')>('store/redis/keys.js');

/** Heartbeats that everybody has sent: the windows are full, and what the adaptive model fits has settled. */
export const PAST_BEATS = WINDOW + 10;
/** Users of a Redis who really sent them; the others get copies of their records. */
const TEMPLATES = 256;
const BATCH = 64;
const COPIES_AT_ONCE = 10_000;
const READ_BACK = 500;

/** What the users did before the bench. */
export interface Past {
  readonly namespace: StoreNamespace;
  readonly users: number;
  readonly sessions: number;
  readonly intervalMs: number;
  /** By how much of an interval heartbeats come too early or too late together. */
  readonly jitter: number;
  /** When the last heartbeats arrived. */
  readonly agoMs: number;
}

/** A RedisStore that is connected. */
export async function openRedisStore(url: string): Promise<{ store: Store; stop(): Promise<void> }> {
  const store = new RedisStore({ url, clock: systemClock, log: new MemoryLog() });
  while (!store.isReady()) await new Promise((resolve) => setTimeout(resolve, 10));
  return { store, stop: () => store.close() };
}

const random = randomNumbers(1);

/** Records everybody's past, beat by beat. */
export async function livePast(store: Store, past: Past): Promise<void> {
  for (let number = 1; number <= PAST_BEATS; number++) await beat(store, past, number);
}

/**
 * Records everybody's heartbeat of this number, in batches by lane. The store's clock cannot be moved; the heartbeats
 * are said to have been received as long ago as the past wants, counting on from its last.
 */
export async function beat(store: Store, past: Past, number: number): Promise<void> {
  const { namespace, users, sessions, intervalMs, jitter, agoMs } = past;
  const dueMs = systemClock.nowMs() - agoMs - (PAST_BEATS - number) * intervalMs;
  const open = Array.from({ length: store.lanes }, (): ReceivedHeartbeat[] => []);
  const recorded: Promise<unknown>[] = [];
  for (let user = 0; user < users; user++) {
    const userId = userIdOf(user);
    const lane = store.laneOf(userId);
    const batch = open[lane] as ReceivedHeartbeat[];
    for (let session = 0; session < sessions; session++) {
      const receivedMs = dueMs + jitter * intervalMs * (random() - 0.5);
      batch.push(heartbeatOf(userId, session, { number, receivedMs }));
    }
    if (batch.length < BATCH) continue;
    recorded.push(store.record(namespace, lane, batch));
    open[lane] = [];
  }
  for (const [lane, batch] of open.entries()) {
    if (batch.length > 0) recorded.push(store.record(namespace, lane, batch));
  }
  await Promise.all(recorded);
}

/** The first session is the load generator's. */
function heartbeatOf(
  userId: string,
  session: number,
  { number, receivedMs }: { readonly number: number; readonly receivedMs: number },
): ReceivedHeartbeat {
  const sessionId = session === 0 ? SESSION_ID : `${SESSION_ID}-${session}`;
  return { userId, sessionId, sequence: number, declaredMs: 0, activity: 0, origin: ORIGIN, receivedMs };
}

/** Gives all users of a Redis a past: a few lived it, the others get copies of their records. */
export async function fillRedis(url: string, past: Past): Promise<void> {
  const { namespace, users } = past;
  const { store, stop } = await openRedisStore(url);
  const redis = new Redis(url);
  const keyOf = (user: number) => userKey(shardOf(userIdOf(user)), namespace.name, userIdOf(user));
  try {
    const templates = Math.min(users, TEMPLATES);
    // What they did since would make their past old news.
    await redis.unlink(Array.from({ length: templates }, (_, user) => keyOf(user)));
    await livePast(store, { ...past, users: templates });
    for (let first = TEMPLATES; first < users; first += COPIES_AT_ONCE) {
      const copies = redis.pipeline();
      for (let user = first; user < Math.min(users, first + COPIES_AT_ONCE); user++) {
        copies.copy(keyOf(user % TEMPLATES), keyOf(user), 'REPLACE');
      }
      await copies.exec();
    }
    await assertFilled(store, past);
  } finally {
    await stop();
    redis.disconnect();
  }
}

/** The copies are made behind the store's back: it must take them for what they are. */
async function assertFilled(store: Store, { namespace, users, sessions }: Past): Promise<void> {
  const step = Math.max(1, Math.floor(users / READ_BACK));
  const userIds: string[] = [];
  for (let user = users - 1; user >= 0; user -= step) userIds.push(userIdOf(user));
  for (const [i, { record }] of (await store.read(namespace, userIds)).entries()) {
    const full = record?.sessions.filter(({ window }) => window.count === WINDOW).length ?? 0;
    if (full !== sessions) {
      throw new Error(`${userIds[i]} has ${full} sessions with full windows, not ${sessions}`);
    }
  }
}
