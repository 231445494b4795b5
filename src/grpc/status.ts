import { type ServiceError, status } from '@grpc/grpc-js';
import { type Failure, failureOf, SHUTTING_DOWN } from '../api/failure.js';
import type { Log } from '../log.js';
import { MalformedMessageError } from './wire-reader.js';

/** What a handler fails with. */
export type RpcError = Pick<ServiceError, 'code' | 'details'>;

export const shuttingDown = rpcErrorOf(SHUTTING_DOWN);

/** An error as gRPC status. */
export function toRpcError(error: unknown, log: Log): RpcError {
  // The code that the library gives a request that it cannot parse.
  if (error instanceof MalformedMessageError) return { code: status.INTERNAL, details: error.message };
  return rpcErrorOf(failureOf(error, log));
}

function rpcErrorOf({ code, message }: Failure): RpcError {
  return { code: status[code], details: message };
}
