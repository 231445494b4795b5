import { type ServiceError, status } from '@grpc/grpc-js';
import type { Log } from '../log.js';
import { InvalidRequestError, LimitReachedError } from '../presence/errors.js';
import { StoreUnavailableError, UnreadableRecordError } from '../store/store.js';
import { MalformedMessageError } from './wire-reader.js';

/** What a handler fails with. */
export type RpcError = Pick<ServiceError, 'code' | 'details'>;

export const shuttingDown: RpcError = { code: status.UNAVAILABLE, details: 'the server is shutting down' };

/** The one place that turns errors into gRPC status. What is nobody's fault but ours is logged and says no more. */
export function toRpcError(error: unknown, log: Log): RpcError {
  const { message } = error as Error;
  if (error instanceof InvalidRequestError) return { code: status.INVALID_ARGUMENT, details: message };
  if (error instanceof LimitReachedError) return { code: status.RESOURCE_EXHAUSTED, details: message };
  if (error instanceof UnreadableRecordError) return { code: status.FAILED_PRECONDITION, details: message };
  if (error instanceof StoreUnavailableError) return { code: status.UNAVAILABLE, details: message };
  // The code that the library gives a request that it cannot parse.
  if (error instanceof MalformedMessageError) return { code: status.INTERNAL, details: message };
  log.error({ error: error instanceof Error ? error.stack : error }, 'request failed');
  return { code: status.INTERNAL, details: 'internal error; the log of the node says more' };
}
