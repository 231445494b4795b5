import cluster from 'node:cluster';
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import { type Clock, systemClock } from './clock.js';
import type { StreamSettings } from './grpc/context.js';
import { encodeLoggedChange } from './grpc/event-codec.js';
import { type GrpcServer, startGrpcServer } from './grpc/server.js';
import { createMetrics } from './http/metrics/metrics.js';
import { startHttpServer } from './http/server.js';
import type { Log } from './log.js';
import type { DoubtSettings } from './presence/doubt/doubt.js';
import type { IngestSettings } from './presence/ingest/ingest.js';
import type { LearningSettings } from './presence/learning.js';
import { type NamespaceSettings, Namespaces } from './presence/namespace.js';
import { Presence } from './presence/presence.js';
import { ChangeLogs, type ChangeLogsSettings } from './presence/shards/change-logs.js';
import { Shards, type ShardsSettings } from './presence/shards/shards.js';
import { Tunings } from './presence/tuning/tunings.js';
import type { TrackerSettings } from './presence/watching/tracker.js';
import { MemoryStore } from './store/memory/memory-store.js';
import { RedisStore } from './store/redis/redis-store.js';

export interface ServiceSettings {
  /** host:port; port 0 takes a free one. */
  readonly grpcAddr: string;
  readonly httpAddr: string;
  /** URL of Redis; undefined for the embedded store. */
  readonly redis: string | undefined;
  readonly cachedUsersMax: number;
  readonly ingest: IngestSettings;
  readonly tracker: TrackerSettings;
  readonly learning: LearningSettings;
  readonly doubt: DoubtSettings;
  readonly shards: ShardsSettings;
  readonly logs: ChangeLogsSettings;
  readonly stream: StreamSettings;
  readonly namespaces: Readonly<Record<string, NamespaceSettings>>;
}

/** What serves gRPC: a node without its page for machines. */
export interface GrpcService {
  readonly grpcPort: number;
  readonly presence: Presence;
  readonly registry: Registry;
  /** Why it cannot serve now, in one line; undefined when it can. */
  unreadiness(): string | undefined;
  /** Stops gracefully: what was acknowledged is recorded, streams end with UNAVAILABLE. */
  stop(): Promise<void>;
}

/** A running node. */
export interface Service extends GrpcService {
  readonly httpPort: number;
}

/** How often health looks at the store, ms. */
const READINESS_INTERVAL_MS = 250;

/**
 * Puts a node together and starts it. Rejects when an address cannot be bound. A Redis that cannot be reached is no
 * reason not to start: the node says so, is not ready, and keeps trying.
 */
export async function startService(
  settings: ServiceSettings,
  log: Log,
  clock: Clock = systemClock,
): Promise<Service> {
  const grpc = await startGrpcService(settings, log, clock);
  try {
    const { registry: metrics, unreadiness } = grpc;
    const http = await startHttpServer(settings.httpAddr, { metrics, unreadiness });
    const stop = async () => {
      await grpc.stop();
      await http.stop();
    };
    return { ...grpc, httpPort: http.port, stop };
  } catch (error) {
    await grpc.stop();
    throw error;
  }
}

/**
 * A process that starts where another one was killed takes its place; nobody knows that of a port that is any free one. Workers
 * share a port.
 */
function nodeId({ grpcAddr }: ServiceSettings): { readonly nodeId?: string } {
  return grpcAddr.endsWith(':0') ? {} : { nodeId: `${hostname()} ${grpcAddr} ${cluster.worker?.id ?? ''}` };
}

/** As startService, without HTTP. */
export async function startGrpcService(
  settings: ServiceSettings,
  log: Log,
  clock: Clock = systemClock,
): Promise<GrpcService> {
  const { ingest, tracker, learning, doubt, stream, namespaces: namespaceSettings } = settings;
  const { redis: url, cachedUsersMax } = settings;
  const store = url ? new RedisStore({ url, clock, log, cachedUsersMax }) : new MemoryStore(clock);
  const namespaces = new Namespaces(namespaceSettings);
  const presence = new Presence({
    namespaces,
    store,
    clock,
    log,
    ingest,
    tracker,
    learning,
    doubt,
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
  const logs = new ChangeLogs(presence, shardStore, settings.logs);
  const { registry, observeRpc: observe } = createMetrics(
    { presence, shards, logs },
    {
      ...ingest,
      ...tracker,
      cachedUsersMax,
      ...settings.shards,
      ...settings.logs,
    },
  );
  const closeAll = async () => {
    tunings.close();
    logs.close();
    await shards.close();
    await presence.close();
  };
  let grpc: GrpcServer;
  try {
    const parts = { presence, tunings, shards, logs };
    grpc = await startGrpcServer(settings.grpcAddr, { ...parts, log, settings: stream, observe });
  } catch (error) {
    await closeAll();
    throw error;
  }
  let stopped: Promise<void> | undefined;
  const readiness = setInterval(() => grpc.setServing(store.isReady()), READINESS_INTERVAL_MS);
  grpc.setServing(store.isReady());
  const stop = async () => {
    clearInterval(readiness);
    grpc.setServing(false);
    await grpc.stop();
    await closeAll();
  };
  return {
    grpcPort: grpc.port,
    presence,
    registry,
    unreadiness: () =>
      stopped ? 'shutting down' : store.isReady() ? undefined : 'the store cannot be reached',
    stop: () => (stopped ??= stop()),
  };
}
