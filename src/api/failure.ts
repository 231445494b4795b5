import { AccessDeniedError } from '../access/denial.js';
import type { Log } from '../log.js';
import { InvalidRequestError, LimitReachedError, RateReachedError } from '../presence/errors.js';
import { StoreUnavailableError, UnreadableError } from '../store/store.js';

/** Why a request fails: a status code of gRPC by its name, and a text for people. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** After so long the same may be asked again, ms, where that is known. */
  readonly retryAfterMs?: number;
}

export type FailureCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'FAILED_PRECONDITION'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'UNIMPLEMENTED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

export const SHUTTING_DOWN: Failure = { code: 'UNAVAILABLE', message: 'the server is shutting down' };

/** The one place that turns errors into what a caller is told. What is nobody's fault but ours is logged and says no more. */
export function failureOf(error: unknown, log: Log): Failure {
  const { message } = error as Error;
  if (error instanceof InvalidRequestError) return { code: 'INVALID_ARGUMENT', message };
  if (error instanceof RateReachedError) {
    return { code: 'RESOURCE_EXHAUSTED', message, retryAfterMs: Math.ceil(error.retryAfterMs) };
  }
  if (error instanceof LimitReachedError) return { code: 'RESOURCE_EXHAUSTED', message };
  if (error instanceof UnreadableError) return { code: 'FAILED_PRECONDITION', message };
  if (error instanceof AccessDeniedError) return { code: error.code, message };
  if (error instanceof StoreUnavailableError) return { code: 'UNAVAILABLE', message };
  log.error({ error: error instanceof Error ? error.stack : error }, 'request failed');
  return { code: 'INTERNAL', message: 'internal error; the log of the node says more' };
}
