import cluster from 'node:cluster';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Telling } from './api/telling.js';
import { type Clock, systemClock } from './clock.js';
import { readOrExplain } from './file-backed.js';
import type { StreamSettings } from './grpc/context.js';
import { encodeLoggedChange, isLoggedChange } from './grpc/event-codec.js';
import { GuardCounts } from './grpc/guard/guard.js';
import { LongTasks } from './grpc/long-tasks.js';
import { type OpenStreamLimits, OpenStreams } from './grpc/open-streams.js';
import { type ConnectionLimits, type GrpcServer, startGrpcServer } from './grpc/server.js';
import { apiListener } from './http/api/api.js';
import { type EventStreamLimits, EventStreams } from './http/api/event-streams.js';
import { consoleListener, readConsole } from './http/console.js';
import { type Exposure, exposureOf } from './http/exposure.js';
import { createMetrics } from './http/metrics/metrics.js';
import type { NodeRegistry } from './http/metrics/node-registry.js';
import { HttpCounts, type HttpServer, startHttpServer } from './http/server.js';
import { siteListener } from './http/site.js';
import type { Log } from './log.js';
import type { DoubtSettings } from './presence/doubt/doubt.js';
import type { GroupSettings } from './presence/groups.js';
import type { IngestSettings } from './presence/ingest/ingest.js';
import type { LearningSettings } from './presence/learning.js';
import { type NamespaceSettings, Namespaces } from './presence/namespace.js';
import { Presence } from './presence/presence.js';
import { ChangeLogs, type ChangeLogsSettings } from './presence/shards/change-logs.js';
import { Shards, type ShardsSettings } from './presence/shards/shards.js';
import { Tunings } from './presence/tuning/tunings.js';
import type { WatchLimits } from './presence/watching/subscriptions.js';
import { openSecurity, type Security, type SecuritySettings } from './security.js';
import { MemoryStore } from './store/memory/memory-store.js';
import { RedisStore } from './store/redis/redis-store.js';
import type { RedisCertificates } from './store/redis/url.js';

export interface ServiceSettings extends SecuritySettings {
  /** host:port; port 0 takes a free one. */
  readonly grpcAddr: string;
  readonly httpAddr: string;
  readonly grpc: ConnectionLimits;
  readonly openStreams: OpenStreamLimits;
  /** URL of Redis; undefined for the embedded store. */
  readonly redis: string | undefined;
  /** Paths of PEM files, for rediss://. */
  readonly redisTls: Readonly<Partial<Record<'ca' | 'cert' | 'key', string | undefined>>>;
  readonly cachedUsersMax: number;
  /** Whether the log may name users. */
  readonly logsUsers: boolean;
  readonly ingest: IngestSettings;
  readonly groups: GroupSettings;
  readonly tracker: WatchLimits;
  readonly learning: LearningSettings;
  readonly doubt: DoubtSettings;
  readonly shards: ShardsSettings;
  readonly logs: ChangeLogsSettings;
  readonly stream: StreamSettings;
  readonly http: HttpSettings;
  readonly namespaces: Readonly<Record<string, NamespaceSettings>>;
}

/** Limits of the HTTP API. */
interface HttpSettings extends EventStreamLimits, Pick<Exposure, 'connectionsMax' | 'headerBytesMax'> {
  readonly bodyBytesMax: number;
  readonly hosts: readonly string[];
}

/** A running node. */
export interface Service {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly presence: Presence;
  readonly registry: NodeRegistry;
  /** Why it cannot serve now, in one line; undefined when it can. */
  unreadiness(): string | undefined;
  /** Stops gracefully: what was acknowledged is recorded, streams end (those of gRPC with UNAVAILABLE). */
  stop(): Promise<void>;
}

/** Where the build puts the console, also for a node that runs from source. */
const CONSOLE = fileURLToPath(new URL('../dist/console', import.meta.url));

/** How often health looks at the store, ms. */
const READINESS_INTERVAL_MS = 250;

/**
 * Puts a node together and starts it. Rejects when an address cannot be bound, or a file of TLS or of callers cannot be used. A
 * Redis that cannot be reached is no reason not to start: the node says so, is not ready, and keeps trying. `forwardingKey`: what is
 * served by HTTP is asked for by another process of phid, which has it.
 */
export async function startService(
  settings: ServiceSettings,
  log: Log,
  { clock = systemClock, forwardingKey }: { readonly clock?: Clock; readonly forwardingKey?: string } = {},
): Promise<Service> {
  const security = openSecurity(settings, { clock, log });
  const parts = assemble(settings, security, { clock, log });
  const { context, streams, counts, metrics, close } = parts;
  const { presence } = context;
  let grpc: GrpcServer;
  try {
    const { observeRpc: observe } = metrics;
    const hasReflection = settings.access?.hasReflection ?? true;
    const { stream, grpc: limits } = settings;
    const options = { ...context, ...security, hasReflection, settings: stream, limits, observe };
    const { openStreams, longTasks } = parts;
    const ofStreams = { openStreams, longTasks, counts: counts.grpc };
    grpc = await startGrpcServer(settings.grpcAddr, { ...options, ...ofStreams });
  } catch (error) {
    await close();
    throw error;
  }
  let stopped: Promise<void> | undefined;
  const report = () => grpc.setServing(presence.store.isReady());
  const reporting = setInterval(report, READINESS_INTERVAL_MS);
  report();
  const stopServing = async () => {
    clearInterval(reporting);
    grpc.setServing(false);
    streams.close();
    await grpc.stop();
    await close();
  };
  const unreadiness = () =>
    stopped ? 'shutting down' : presence.store.isReady() ? undefined : 'the store cannot be reached';
  const startHttp = async () => {
    const { registry, observeHttp: observe } = metrics;
    const isForwarded = forwardingKey !== undefined;
    const isSecure = settings.tls !== undefined;
    const { bodyBytesMax } = settings.http;
    const served = { ...context, access: security.access, streams, observe, bodyBytesMax };
    const api = apiListener({ ...served, isForwarded, isSecure });
    const rest = siteListener({ api, console: consoleListener(await readConsole(CONSOLE)) });
    const to = isForwarded ? { key: forwardingKey } : exposureOf(settings, security);
    return startHttpServer(settings.httpAddr, {
      ...{ counts: counts.http, metrics: registry, unreadiness, rest, to },
    });
  };
  let http: HttpServer;
  try {
    http = await startHttp();
  } catch (error) {
    await stopServing();
    throw error;
  }
  context.shards.begin();
  const stop = async () => {
    await stopServing();
    // The last: until then it says that the node is not ready.
    await http.stop();
  };
  return {
    grpcPort: grpc.port,
    httpPort: http.port,
    presence,
    registry: metrics.registry,
    unreadiness,
    stop: () => (stopped ??= stop()),
  };
}

/** The parts of a node, which serve nobody yet; and how to close them. */
function assemble(
  settings: ServiceSettings,
  security: Security,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
) {
  const { ingest, groups, tracker, learning, doubt, redis: url, cachedUsersMax, logsUsers } = settings;
  const certificates = contentsOf(settings.redisTls);
  const store = url
    ? new RedisStore({ url, certificates, clock, log, cachedUsersMax, logsUsers })
    : new MemoryStore(clock);
  const namespaces = new Namespaces(settings.namespaces);
  const { groupStore } = store;
  const presence = new Presence({
    ...{ namespaces, store, groupStore, clock, log },
    ...{ ingest, groups, tracker, learning, doubt },
    ...nodeId(settings),
  });
  const tunings = new Tunings({ store, presence, clock, log });
  const { shardStore } = store;
  const shards = new Shards(presence, {
    store: shardStore,
    log,
    settings: settings.shards,
    encode: encodeLoggedChange,
  });
  const logs = new ChangeLogs(presence, {
    store: shardStore,
    settings: settings.logs,
    isChange: isLoggedChange,
  });
  const streams = new EventStreams(clock, settings.http);
  const counts = { http: new HttpCounts(), grpc: new GuardCounts() };
  const openStreams = new OpenStreams(clock, settings.openStreams);
  const longTasks = new LongTasks();
  const grpc = { guard: counts.grpc, streams: openStreams, longTasks };
  const metrics = createMetrics(
    { presence, shards, logs, streams, security: { ...security, http: counts.http }, grpc },
    { ...ingest, ...tracker, cachedUsersMax, ...settings.shards, ...settings.logs, ...settings.grpc },
  );
  const close = async () => {
    tunings.close();
    logs.close();
    await shards.close();
    await presence.close();
    security.close();
  };
  const context = { presence, tunings, shards, logs, telling: new Telling(store), log };
  return { context, openStreams, longTasks, streams, counts, metrics, close };
}

/** The contents of the files that there are. */
function contentsOf(paths: ServiceSettings['redisTls']): RedisCertificates {
  const named = Object.entries(paths).filter(([, path]) => path !== undefined);
  return Object.fromEntries(named.map(([name, path]) => [name, readOrExplain(path as string)]));
}

/**
 * A process that starts where another one was killed takes its place; nobody knows that of a port that is any free one. Workers
 * share a port.
 */
function nodeId({ grpcAddr }: ServiceSettings): { readonly nodeId?: string } {
  return grpcAddr.endsWith(':0') ? {} : { nodeId: `${hostname()} ${grpcAddr} ${cluster.worker?.id ?? ''}` };
}
