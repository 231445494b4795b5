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

/** Heartbeats that everybody has sent: the windows are full, and what the adaptive model fits has settled. */
export const PAST_BEATS = WINDOW + 10;
const BATCH = 64;

/** What the users did before the bench. */
export interface Past {
  readonly namespace: StoreNamespace;
  readonly users: number;
  /** What they are called; as the load generator calls them when undefined. */
  readonly idOf?: (user: number) => string;
  readonly sessions: number;
  readonly intervalMs: number;
  /** By how much of an interval heartbeats come too early or too late together. */
  readonly jitter: number;
  /** When the last heartbeats arrived: of all users at about the same time. */
  readonly agoMs: number;
}

/** A RedisStore that is connected. */
export async function openRedisStore(url: string): Promise<{ store: Store; stop(): Promise<void> }> {
  const store = new RedisStore({ url, clock: systemClock, log: new MemoryLog(), cachedUsersMax: 1_000_000 });
  while (!store.isReady()) await new Promise((resolve) => setTimeout(resolve, 10));
  return { store, stop: () => store.close() };
}

const random = randomNumbers(1);

/** Records everybody's past, beat by beat. */
export async function livePast(store: Store, past: Past): Promise<void> {
  for (let number = 1; number <= PAST_BEATS; number++) await beat(store, past, number);
}

/**
 * Records everybody's heartbeat of this number. The store's clock cannot be moved; the heartbeats are said to have been
 * received as long ago as the past wants, counting on from its last.
 */
export function beat(store: Store, past: Past, number: number): Promise<void> {
  const dueMs = systemClock.nowMs() - past.agoMs - (PAST_BEATS - number) * past.intervalMs;
  return recordOf(store, past, { number, users: [0, past.users], dueMsOf: () => dueMs });
}

/** Records one heartbeat of each session of some users, from the first to before the second. */
export async function recordOf(
  store: Store,
  { namespace, sessions, intervalMs, jitter, idOf = userIdOf }: Past,
  beat: {
    readonly number: number;
    readonly users: readonly [number, number];
    readonly dueMsOf: (user: number) => number;
  },
): Promise<void> {
  const open = Array.from({ length: store.lanes }, (): ReceivedHeartbeat[] => []);
  const recorded: Promise<unknown>[] = [];
  for (let user = beat.users[0]; user < beat.users[1]; user++) {
    const userId = idOf(user);
    const lane = store.laneOf(userId);
    const batch = open[lane] as ReceivedHeartbeat[];
    for (let session = 0; session < sessions; session++) {
      const receivedMs = beat.dueMsOf(user) + jitter * intervalMs * (random() - 0.5);
      batch.push(heartbeatOf(userId, session, { number: beat.number, receivedMs }));
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

/** The first session is the load generator's. The id is a string of its own, as it is when it comes off the wire. */
export function heartbeatOf(
  userId: string,
  session: number,
  { number, receivedMs }: { readonly number: number; readonly receivedMs: number },
): ReceivedHeartbeat {
  const name = session === 0 ? SESSION_ID : `${SESSION_ID}-${session}`;
  const sessionId = Buffer.from(name, 'latin1').toString('latin1');
  return { userId, sessionId, sequence: number, declaredMs: 0, activity: 0, origin: ORIGIN, receivedMs };
}
