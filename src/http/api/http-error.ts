import type { OutgoingHttpHeaders } from 'node:http';
import { type Failure, type FailureCode, failureOf } from '../../api/failure.js';
import type { Log } from '../../log.js';

/** HTTP's own name for a failure's code, as grpc-gateway and Google's APIs have it. */
const STATUSES: Readonly<Record<FailureCode, number>> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** A request that fails for a reason that HTTP has a status of its own for. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: FailureCode;
  readonly headers: OutgoingHttpHeaders;

  constructor(
    failure: Failure,
    { status, headers = {} }: { status?: number; headers?: OutgoingHttpHeaders } = {},
  ) {
    super(failure.message);
    this.code = failure.code;
    this.status = status ?? STATUSES[failure.code];
    const { retryAfterMs } = failure;
    this.headers = {
      ...headers,
      // RFC 9110: whoever is asked who they are is told how to say it.
      ...(failure.code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer' }),
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    };
  }
}

/** Whatever a handler throws, as HTTP says it. */
export function toHttpError(error: unknown, log: Log): HttpError {
  return error instanceof HttpError ? error : new HttpError(failureOf(error, log));
}
