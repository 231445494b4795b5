import { StoreUnavailableError } from '../store.js';

/** So often a user is read again whom other nodes changed meanwhile; each time one of them got its way. */
export const TRIES_MAX = 100;

export function contention([userId, ...others]: readonly string[]): StoreUnavailableError {
  const who = others.length === 0 ? userId : `${userId} or one of ${others.length} others`;
  return new StoreUnavailableError(
    `other nodes changed the record of ${who} ${TRIES_MAX} times while it was being changed here: too many heartbeats of one user`,
  );
}
