import { Redis } from 'ioredis';
import type { Log } from '../../log.js';
import { StoreUnavailableError } from '../store.js';
import { redactUrl } from './url.js';

/** A command that takes longer counts as an outage, ms. A healthy Redis answers in under one. */
const COMMAND_TIMEOUT_MS = 2_000;
/** A socket that owes answers and is silent for longer is given up, ms: ioredis keeps what timed out on a dead one. */
const SOCKET_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_DELAY_MS_MAX = 500;
/** An unreachable Redis is reported at once, and then no more often than this, ms. */
const REPORT_INTERVAL_MS = 10_000;

/**
 * Connects and keeps reconnecting. Commands are never queued while disconnected nor re-sent afterwards: the caller
 * knows best what a heartbeat that was not recorded is worth, and its age is stale by then.
 * One that waits in XREAD for `blockMs` has no command timeout, and does not report, because its owner does.
 */
export function connectRedis(url: string, use: { readonly log: Log } | { readonly blockMs: number }): Redis {
  const redis = new Redis(url, {
    // RESP2: the same reply shapes from every server that phid supports.
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_DELAY_MS_MAX),
    // A demoted master keeps its connections: resolve the name again, behind which the new one is.
    reconnectOnError: (error) => /\bREADONLY\b/.test(error.message),
    ...('blockMs' in use
      ? { socketTimeout: use.blockMs + SOCKET_TIMEOUT_MS }
      : { commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS }),
  });
  // An 'error' that nobody listens to would end the process.
  if ('blockMs' in use) redis.on('error', () => {});
  else report(redis, redactUrl(url), use.log);
  return redis;
}

/** Says that the server cannot be reached, and when it can again. */
function report(redis: Redis, shown: string, log: Log): void {
  let reportedMs = Number.NEGATIVE_INFINITY;
  let down = false;
  let cause = 'the connection was closed';
  redis.on('error', (error: Error) => {
    cause = describe(error);
  });
  redis.on('reconnecting', () => {
    down = true;
    if (performance.now() - reportedMs < REPORT_INTERVAL_MS) return;
    reportedMs = performance.now();
    log.error({ redis: shown, cause }, `Redis at ${shown} cannot be reached; retrying`);
  });
  redis.on('ready', () => {
    if (down) log.info({ redis: shown }, `Redis at ${shown} is reachable again`);
    down = false;
    cause = 'the connection was closed';
    reportedMs = Number.NEGATIVE_INFINITY;
  });
}

/** States of a server that is up and cannot serve. Anywhere in the message: Redis < 7 wraps errors of scripts. */
const CANNOT_SERVE = /\b(READONLY|OOM|MISCONF|NOREPLICAS|MASTERDOWN|LOADING|BUSY|CLUSTERDOWN|TRYAGAIN)\b/;

/** Errors of the server's own making mean an outage too, unless they say that the request was wrong. */
export function asStoreError(error: unknown, url: string): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const isWrongRequest =
    cause.name === 'ReplyError' &&
    !CANNOT_SERVE.test(cause.message) &&
    /^(ERR|WRONGTYPE|NOPERM|NOAUTH)/.test(cause.message);
  if (isWrongRequest) return cause;
  return new StoreUnavailableError(`Redis at ${redactUrl(url)} is unavailable: ${describe(cause)}`, {
    cause,
  });
}

/** In the words of somebody who does not know ioredis; Node reports a refused connection without a message. */
export function describe(error: Error & { code?: string }): string {
  if (error.name === 'MaxRetriesPerRequestError') return 'the connection was closed';
  return error.message || error.code || error.name;
}
