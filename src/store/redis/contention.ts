import { StoreUnavailableError } from '../store.js';

/** So often a user is read again whom other nodes changed meanwhile; each time one of them got its way. */
export const TRIES_MAX = 100;

/** It names nobody: all whose heartbeats were of the batch are told it, and the log. */
export function contention(): StoreUnavailableError {
  return new StoreUnavailableError(
    `other nodes changed a record ${TRIES_MAX} times while it was being changed here: too many heartbeats of one user`,
  );
}
