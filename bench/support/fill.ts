import { Redis } from 'ioredis';
import type { Store } from '../../src/store/store.js';
import { userIdOf } from '../load/encoded-users.js';
import { built } from './built.js';
import { WINDOW } from './namespace.js';
import { openRedisStore, PAST_BEATS, type Past, recordOf } from './past.js';

const { systemClock } = await built<typeof import('../../src/clock.js')>('clock.js');
const { shardOf, userKey } =
  await built<typeof import('../../src/store/redis/keys.js')>('store/redis/keys.js');

/** Those who really send the heartbeats of a past, beside the users, who get copies of their records. */
const TEMPLATES = 256;
const COPIES_AT_ONCE = 10_000;
/** Users who catch up together: of whole batches of the load generator. */
const CATCH_UP = 100;
const READ_BACK = 500;

/** Gives the users of a Redis a past in which all of them beat at about the same time. */
export async function fillRedis(url: string, past: Past): Promise<void> {
  await fill(url, past, 0);
}

/** Where the users stand of whom one after the other beats, evenly over the interval. */
interface Procession {
  /** When it is the first user's turn, in this machine's time: ms since the epoch. */
  readonly firstDueEpochMs: number;
  /** So many users, the first, have had their turn since. */
  readonly beaten: number;
}

/**
 * Gives the users of a Redis a past in which one after the other beats, and lets those of the first beat whose turn comes
 * while it is made: nobody's rhythm is broken when they beat on from there.
 */
export function fillRedisInProcession(url: string, past: Past): Promise<Procession> {
  return fill(url, past, past.intervalMs);
}

/** A past that nobody recorded was announced to nobody: nodes look for users again when their connections have broken. */
export async function breakConnections(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'YES');
  redis.disconnect();
}

/** `spreadMs`: from the first user's heartbeat to the last one's. */
async function fill(url: string, past: Past, spreadMs: number): Promise<Procession> {
  const { namespace, users, intervalMs, idOf = userIdOf } = past;
  const { store, stop } = await openRedisStore(url);
  const redis = new Redis(url);
  const keyOf = (user: number) => userKey(shardOf(idOf(user)), namespace.name, idOf(user));
  const templates = Array.from({ length: TEMPLATES }, (_, n) => keyOf(users + n));
  try {
    const lastMs = systemClock.nowMs() - past.agoMs;
    for (let number = 1; number <= PAST_BEATS; number++) {
      const turnMs = lastMs - spreadMs - (PAST_BEATS - number) * intervalMs;
      const dueMsOf = (template: number) => turnMs + ((template - users) / TEMPLATES) * spreadMs;
      await recordOf(store, past, { number, users: [users, users + TEMPLATES], dueMsOf });
    }
    for (let first = 0; first < users; first += COPIES_AT_ONCE) {
      const copies = redis.pipeline();
      for (let user = first; user < Math.min(users, first + COPIES_AT_ONCE); user++) {
        const template = templates[Math.floor((user * TEMPLATES) / users) % TEMPLATES] as string;
        copies.copy(template, keyOf(user), 'REPLACE');
      }
      await copies.exec();
    }
    await redis.unlink(templates);
    await assertFilled(store, past);
    const firstDueMs = lastMs - spreadMs + intervalMs;
    const beaten = spreadMs === 0 ? 0 : await catchUp(store, past, firstDueMs);
    return { firstDueEpochMs: performance.timeOrigin + firstDueMs, beaten };
  } finally {
    await stop();
    redis.disconnect();
  }
}

/** Lets users beat whose turn has come; returns how many. Not numbered: their next heartbeat is numbered as everybody's. */
async function catchUp(store: Store, past: Past, firstDueMs: number): Promise<number> {
  const dueMsOf = (user: number) => firstDueMs + (user / past.users) * past.intervalMs;
  let beaten = 0;
  while (beaten + CATCH_UP <= past.users && dueMsOf(beaten + CATCH_UP) < systemClock.nowMs()) {
    await recordOf(store, past, { number: 0, users: [beaten, beaten + CATCH_UP], dueMsOf });
    beaten += CATCH_UP;
  }
  return beaten;
}

/** The copies are made behind the store's back: it must take them for what they are. */
async function assertFilled(
  store: Store,
  { namespace, users, sessions, idOf = userIdOf }: Past,
): Promise<void> {
  const step = Math.max(1, Math.floor(users / READ_BACK));
  const userIds: string[] = [];
  for (let user = users - 1; user >= 0; user -= step) userIds.push(idOf(user));
  for (const [i, { record }] of (await store.read(namespace, userIds)).entries()) {
    const full = record?.sessions.filter(({ window }) => window.count === WINDOW).length ?? 0;
    if (full !== sessions) {
      throw new Error(`${userIds[i]} has ${full} sessions with full windows, not ${sessions}`);
    }
  }
}
