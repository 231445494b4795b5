import { type Clock, systemClock } from './clock.js';
import type { StreamSettings } from './grpc/context.js';
import { startGrpcServer } from './grpc/server.js';
import { createMetrics } from './http/metrics.js';
import { startHttpServer } from './http/server.js';
import type { Log } from './log.js';
import type { IngestSettings } from './presence/ingest.js';
import type { LearningSettings } from './presence/learning.js';
import { type NamespaceSettings, Namespaces } from './presence/namespace.js';
import { Presence } from './presence/presence.js';
import type { TrackerSettings } from './presence/tracker.js';
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
  readonly stream: StreamSettings;
  readonly namespaces: Readonly<Record<string, NamespaceSettings>>;
}

/** A running node. */
export interface Service {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly presence: Presence;
  /** Stops gracefully: what was acknowledged is recorded, streams end with UNAVAILABLE. */
  stop(): Promise<void>;
}

/** How often health and /readyz look at the store, ms. */
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
  const { ingest, tracker, learning, namespaces: namespaceSettings } = settings;
  const { redis: url, cachedUsersMax } = settings;
  const store = url ? new RedisStore({ url, clock, log, cachedUsersMax }) : new MemoryStore(clock);
  const namespaces = new Namespaces(namespaceSettings);
  const presence = new Presence({ namespaces, store, clock, log, ingest, tracker, learning });
  const metrics = createMetrics(presence, { ...ingest, ...tracker, cachedUsersMax });
  const undo: (() => Promise<void>)[] = [() => presence.close()];
  const unwind = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    let stopping = false;
    const http = await startHttpServer(settings.httpAddr, {
      registry: metrics.registry,
      unreadiness: () =>
        stopping ? 'shutting down' : store.isReady() ? undefined : 'the store cannot be reached',
    });
    undo.push(() => http.stop());
    const observe = metrics.observeRpc;
    const grpc = await startGrpcServer(settings.grpcAddr, {
      presence,
      log,
      settings: settings.stream,
      observe,
    });
    const readiness = setInterval(() => grpc.setServing(store.isReady()), READINESS_INTERVAL_MS);
    grpc.setServing(store.isReady());
    undo.push(async () => {
      stopping = true;
      clearInterval(readiness);
      grpc.setServing(false);
      await grpc.stop();
    });
    return { grpcPort: grpc.port, httpPort: http.port, presence, stop: unwind };
  } catch (error) {
    await unwind();
    throw error;
  }
}
