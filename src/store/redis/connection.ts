import { Cluster, Command, Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../log.js';
import { StoreUnavailableError } from '../store.js';
import type { RedisAddress, RedisCertificates, RedisHost } from './url.js';

/** Where servers are, and by what they are known. */
export interface RedisPlace extends RedisAddress {
  readonly certificates: RedisCertificates;
}

/** A command that takes longer counts as an outage, ms. A healthy Redis answers in under one. */
const COMMAND_TIMEOUT_MS = 2_000;
/** A socket that owes answers and is silent for longer is given up, ms: ioredis keeps what timed out on a dead one. */
const SOCKET_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_DELAY_MS_MAX = 500;
/** An unreachable Redis is reported at once, and then no more often than this, ms. */
const REPORT_INTERVAL_MS = 10_000;

/** A command of a cluster follows a slot that has moved, or is moving, so often: to where it went, and once more. */
const REDIRECTIONS_MAX = 4;
/** Keys of one call on both sides of a slot that is moving: it is tried again so soon, ms. */
const TRY_AGAIN_DELAY_MS = 50;
/** How often it is asked who has which slot of a cluster, ms. In between, whoever is asked in vain says it (MOVED). */
const SLOTS_INTERVAL_MS = 2_000;

const reconnectDelayMs = (attempt: number) =>
  Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_DELAY_MS_MAX);

/**
 * Connects and keeps reconnecting. Commands are never queued while disconnected nor re-sent afterwards: the caller
 * knows best what a heartbeat that was not recorded is worth, and its age is stale by then. Where a slot of a cluster has
 * moved they go to where it is.
 */
export function connectRedis(address: RedisPlace, shown: string, log: Log): Redis | Cluster {
  const timeouts = { commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS };
  const redis =
    address.mode === 'cluster'
      ? connectCluster(address, timeouts)
      : new Redis({ ...serverOptions(address), ...timeouts });
  report(redis, shown, log);
  return redis;
}

/**
 * A connection of its own for commands that block, for `blockMs` at most, to the server that has `key`; it reconnects as the
 * others do, in a cluster to whoever has the key by then. It does not report, because its owner does.
 */
export function connectBlocking(
  address: RedisPlace,
  {
    beside,
    key,
    blockMs,
  }: { readonly beside: Redis | Cluster; readonly key: string; readonly blockMs: number },
): Redis {
  const owner = beside instanceof Cluster ? ownerOf(beside, key) : {};
  const redis = new Redis({
    ...serverOptions(address),
    ...owner,
    socketTimeout: blockMs + SOCKET_TIMEOUT_MS,
    lazyConnect: owner === undefined,
  });
  // An 'error' that nobody listens to would end the process.
  redis.on('error', () => {});
  if (beside instanceof Cluster) stayWithOwner(redis, beside, key);
  return redis;
}

/** Keeps a connection with whoever has a key by what the cluster says: a server that stands still says nothing itself. */
function stayWithOwner(redis: Redis, cluster: Cluster, key: string): void {
  const { options } = redis;
  options.retryStrategy = (attempt) => {
    Object.assign(options, ownerOf(cluster, key));
    return reconnectDelayMs(attempt);
  };
  options.reconnectOnError = ({ message }) => {
    if (!/\b(MOVED|UNBLOCKED|CLUSTERDOWN)\b/.test(message)) return false;
    cluster.refreshSlotsCache();
    return true;
  };
  const follow = () => {
    const owner = ownerOf(cluster, key);
    if (!owner) return;
    const hasMoved = owner.host !== options.host || owner.port !== options.port;
    Object.assign(options, owner);
    if (redis.status === 'wait') redis.connect().catch(() => {});
    else if (hasMoved) redis.disconnect(true);
  };
  cluster.on('refresh', follow);
  redis.once('end', () => cluster.off('refresh', follow));
}

function connectCluster(
  address: RedisPlace,
  timeouts: { readonly commandTimeout: number; readonly socketTimeout: number },
): Cluster {
  const { enableOfflineQueue: _, retryStrategy: __, ...nodeOptions } = commonOptions(address);
  const cluster = new Cluster([...address.hosts], {
    // ioredis connects to a server with the first command for it, and would refuse those that come meanwhile.
    enableOfflineQueue: true,
    // What one server takes the whole for says nothing of the others: each shard is asked by itself (servers.ts).
    enableReadyCheck: false,
    redisOptions: { ...nodeOptions, ...timeouts },
    clusterRetryStrategy: reconnectDelayMs,
    // Names are resolved where they are connected to: TLS compares them with the certificate.
    dnsLookup: (host, callback) => callback(null, host),
    maxRedirections: REDIRECTIONS_MAX,
    retryDelayOnTryAgain: TRY_AGAIN_DELAY_MS,
    // Whoever asked knows that it failed, and asks again.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshInterval: SLOTS_INTERVAL_MS,
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
  });
  // Each shard that is followed listens to what becomes of its slot.
  cluster.setMaxListeners(0);
  return cluster;
}

type ServerOptions = Omit<RedisOptions, 'replyMapping'>;

/** Of one server, or of the master that Sentinels name. */
function serverOptions(address: RedisPlace): ServerOptions {
  const { hosts, masterName, sentinelUsername, sentinelPassword, isTls, database, certificates } = address;
  const options: ServerOptions = {
    ...commonOptions(address),
    db: database,
    // A demoted master keeps its connections: resolve the name again, behind which the new one is.
    reconnectOnError: (error) => /\bREADONLY\b/.test(error.message),
  };
  if (address.mode !== 'sentinel') return { ...options, ...(hosts[0] as RedisHost) };
  return {
    ...options,
    sentinels: [...hosts],
    name: masterName,
    ...(sentinelUsername && { sentinelUsername }),
    ...(sentinelPassword && { sentinelPassword }),
    ...(isTls && { enableTLSForSentinelMode: true, sentinelTLS: certificates }),
    sentinelRetryStrategy: reconnectDelayMs,
  };
}

function commonOptions({ username, password, isTls, certificates }: RedisPlace) {
  return {
    // RESP2: the same reply shapes from every server that phid supports.
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: reconnectDelayMs,
    ...(username && { username }),
    ...(password && { password }),
    ...(isTls && { tls: certificates }),
  } as const;
}

/** Whoever has a key; undefined as long as the cluster has not said so. */
function ownerOf(cluster: Cluster, key: string): RedisHost | undefined {
  const owner = cluster.slots[new Command('get', [key]).getSlot()]?.[0];
  if (!owner) return undefined;
  const port = owner.lastIndexOf(':');
  return { host: owner.slice(0, port), port: Number(owner.slice(port + 1)) };
}

/** The connection to the server that has a key. Throws where a cluster does not say which. */
export function serverOf(redis: Redis | Cluster, key: string): Redis {
  if (!(redis instanceof Cluster)) return redis;
  const owner = ownerOf(redis, key);
  const isOwner = ({ options: { host, port } }: Redis) => host === owner?.host && port === owner?.port;
  const server = redis.nodes('master').find(isOwner);
  if (!server) throw new Error('nobody of the cluster has it');
  return server;
}

/** Closes a connection for good. What it says of that is an error to nobody. */
export function disconnect(redis: Redis | Cluster): void {
  redis.removeAllListeners('error').on('error', () => {});
  redis.disconnect();
}

/** Says that no server can be reached, and when one can again. */
function report(redis: Redis | Cluster, shown: string, log: Log): void {
  let reportedMs = Number.NEGATIVE_INFINITY;
  let down = false;
  let cause = 'the connection was closed';
  const tell = () => {
    down = true;
    if (performance.now() - reportedMs < REPORT_INTERVAL_MS) return;
    reportedMs = performance.now();
    log.error({ redis: shown, cause }, `Redis at ${shown} cannot be reached; retrying`);
  };
  const note = (error: Error) => {
    cause = describe(error);
  };
  redis.on('reconnecting', tell);
  if (redis instanceof Cluster) {
    // The last error of a server, which says more than that all have failed.
    redis.on('node error', note);
    // An 'error' that nobody listens to would end the process.
    redis.on('error', () => {});
  } else {
    redis.on('error', (error: Error) => {
      note(error);
      // While no Sentinel can be reached it is not reconnecting.
      tell();
    });
  }
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
export function asStoreError(error: unknown, shown: string): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const isWrongRequest =
    cause.name === 'ReplyError' &&
    !CANNOT_SERVE.test(cause.message) &&
    /^(ERR|WRONGTYPE|NOPERM|NOAUTH)/.test(cause.message);
  if (isWrongRequest) return cause;
  // What a server of a cluster answers to one who takes it for the only one.
  const hint = /^MOVED/.test(cause.message) ? ' (a cluster is given as redis://host:port,...?cluster)' : '';
  const text = `Redis at ${shown} is unavailable: ${describe(cause)}${hint}`;
  return new StoreUnavailableError(text, { cause });
}

/** In the words of somebody who does not know ioredis; Node reports a refused connection without a message. */
export function describe(error: Error & { code?: string }): string {
  if (error.name === 'MaxRetriesPerRequestError') return 'the connection was closed';
  return error.message || error.code || error.name;
}
