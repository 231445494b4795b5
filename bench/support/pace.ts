import type { RedisServer } from '../../test/support/redis-server.js';
import type { ActiveUsers } from '../load/fleet.js';
import type { LoadProcess } from '../load/load-process.js';
import { fillRedisInProcession } from './fill.js';
import { namespaceOf } from './namespace.js';
import { PAST_BEATS } from './past.js';

/** By how much of their interval users are early or late together: more than the pace of rounds varies. */
export const JITTER = 0.4;
/** phid's default is nine expected intervals; so it is at every pace. */
const MAX_SILENCE_INTERVALS = 9;

/** Settings of a node for users who beat at this interval. */
export function configFor(intervalMs: number) {
  const silenceMs = Math.ceil(MAX_SILENCE_INTERVALS * intervalMs);
  return { namespaces: { default: { expected_interval: Math.ceil(intervalMs), max_silence: silenceMs } } };
}

/**
 * Makes of a fleet what it would be had it always beaten at this interval; it goes on from there when the loop that
 * comes round to everybody once in the interval begins at once. A break in their rhythm would have users announced for
 * many heartbeats, which cost more.
 */
export async function settle(
  load: LoadProcess,
  redis: RedisServer,
  { fleet, intervalMs }: { readonly fleet: ActiveUsers; readonly intervalMs: number },
): Promise<void> {
  const namespace = namespaceOf('adaptive', {
    expectedIntervalMs: intervalMs,
    maxSilenceMs: MAX_SILENCE_INTERVALS * intervalMs,
  });
  const past = { namespace, users: fleet.active, sessions: 1, intervalMs, jitter: JITTER, agoMs: 0 };
  const procession = await fillRedisInProcession(redis.url, past);
  await load.do('restart', { ...fleet, ...procession, sequence: PAST_BEATS });
}
