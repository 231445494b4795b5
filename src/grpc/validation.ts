import { idProblem, validIds } from '../api/ids.js';
import { PHI_MAX, type Thresholds, WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../detector/status.js';
import type { Thresholds__Output } from '../gen/phid/v1/Thresholds.js';
import { InvalidRequestError } from '../presence/errors.js';
import type { Namespace } from '../presence/namespace.js';
import type { ReceivedHeartbeat } from '../store/store.js';
import type { UncheckedHeartbeat } from './heartbeat-codec.js';

const BATCH_USERS_MAX = 1_000;
const PAGE_USERS_DEFAULT = 100;

/** The last of the wire's Activity that this phid knows. */
const ACTIVITY_MAX = 3;

/** Checks the users of a batch: of a query, or of a change of a group. */
export function validBatch(userIds: readonly string[]): readonly string[] {
  if (userIds.length > BATCH_USERS_MAX) {
    throw new InvalidRequestError(
      'user_ids',
      `${userIds.length} users are more than ${BATCH_USERS_MAX} in one request`,
    );
  }
  return validIds('user_ids', userIds);
}

/** How many users a page may have; a default where 0 is asked for. */
export function validPageSize(pageSize: number): number {
  if (pageSize > BATCH_USERS_MAX) {
    throw new InvalidRequestError('page_size', `${pageSize} is more than ${BATCH_USERS_MAX}`);
  }
  return pageSize || PAGE_USERS_DEFAULT;
}

/** What is wrong with a heartbeat; undefined when nothing is. Not thrown: a batch may hold many bad ones. */
export function problemOf(
  { userId, sessionId, sequence, declaredMs }: UncheckedHeartbeat,
  namespace: Namespace,
): InvalidRequestError | undefined {
  const userProblem = idProblem(userId);
  if (userProblem) return new InvalidRequestError('user_id', userProblem);
  const sessionProblem = idProblem(sessionId);
  if (sessionProblem) return new InvalidRequestError('session_id', sessionProblem);
  if (!Number.isSafeInteger(sequence)) {
    return new InvalidRequestError('sequence', `${sequence} is not below 2^53`);
  }
  const { maxSilenceMs } = namespace.detector.settings;
  if (declaredMs < maxSilenceMs) return undefined;
  return new InvalidRequestError(
    'next_interval_ms',
    `${declaredMs} is not below the max_silence of namespace "${namespace.name}", ${maxSilenceMs} ms`,
  );
}

/** Completes a heartbeat that has no problem; in place, so that the store's costs no second object. */
export function completed(
  heartbeat: UncheckedHeartbeat,
  origin: string,
  receivedMs: number,
): ReceivedHeartbeat {
  heartbeat.origin = origin;
  heartbeat.receivedMs = receivedMs;
  // An activity that a newer client knows is no reason to lose the sign of life.
  if (heartbeat.activity > ACTIVITY_MAX) heartbeat.activity = 0;
  return heartbeat;
}

/** The threshold of an IsOnline; the namespace's offline threshold where it is absent. */
export function validThreshold(threshold: number | undefined, namespace: Namespace): number {
  if (threshold === undefined) return namespace.thresholds.offline;
  if (!(threshold > 0 && threshold <= PHI_MAX)) {
    throw new InvalidRequestError('threshold', `${threshold} is not above 0 and at most ${PHI_MAX}`);
  }
  return threshold;
}

/**
 * The thresholds of a stream; undefined when it states none and follows the namespace's. One that states only one of
 * them keeps the namespace's present value of the other.
 */
export function validThresholds(
  own: Thresholds__Output | null,
  namespace: Namespace,
): Thresholds | undefined {
  if (own?.suspect === undefined && own?.offline === undefined) return undefined;
  const suspect = own.suspect ?? namespace.thresholds.suspect;
  const offline = own.offline ?? namespace.thresholds.offline;
  for (const [field, phi] of [
    ['thresholds.suspect', suspect],
    ['thresholds.offline', offline],
  ] as const) {
    if (!(phi >= WATCHABLE_PHI_MIN && phi <= WATCHABLE_PHI_MAX)) {
      throw new InvalidRequestError(field, `${phi} is outside ${WATCHABLE_PHI_MIN} to ${WATCHABLE_PHI_MAX}`);
    }
  }
  if (suspect > offline) {
    throw new InvalidRequestError('thresholds.suspect', `${suspect} is above thresholds.offline, ${offline}`);
  }
  return { suspect, offline };
}
