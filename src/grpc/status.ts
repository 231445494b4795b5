import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Failure, failureOf, SHUTTING_DOWN } from '../api/failure.js';
import type { Log } from '../log.js';
import { MalformedMessageError } from './wire-reader.js';

/** What a handler fails with. */
export type RpcError = Pick<ServiceError, 'code' | 'details'> & { readonly metadata?: Metadata };

/** When a client that tries again by itself may do so (https://github.com/grpc/proposal/blob/master/A6-client-retries.md). */
const PUSHBACK = 'grpc-retry-pushback-ms';

export const shuttingDown = rpcErrorOf(SHUTTING_DOWN);

/** An error as gRPC status. */
export function toRpcError(error: unknown, log: Log): RpcError {
  // The code that the library gives a request that it cannot parse.
  if (error instanceof MalformedMessageError) return { code: status.INTERNAL, details: error.message };
  return rpcErrorOf(failureOf(error, log));
}

function rpcErrorOf({ code, message, retryAfterMs }: Failure): RpcError {
  const error = { code: status[code], details: message };
  if (retryAfterMs === undefined) return error;
  const metadata = new Metadata();
  metadata.set(PUSHBACK, String(retryAfterMs));
  return { ...error, metadata };
}
