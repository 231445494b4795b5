import { Telling } from '../../src/api/telling.js';
import { systemClock } from '../../src/clock.js';
import type { StreamSettings } from '../../src/grpc/context.js';
import { encodeLoggedChange, isLoggedChange } from '../../src/grpc/event-codec.js';
import { GuardCounts } from '../../src/grpc/guard/guard.js';
import { LongTasks } from '../../src/grpc/long-tasks.js';
import { OpenStreams } from '../../src/grpc/open-streams.js';
import { startGrpcServer } from '../../src/grpc/server.js';
import { EventStreams } from '../../src/http/api/event-streams.js';
import { createMetrics } from '../../src/http/metrics/metrics.js';
import { HttpCounts } from '../../src/http/server.js';
import type { IngestSettings } from '../../src/presence/ingest/ingest.js';
import { Namespaces } from '../../src/presence/namespace.js';
import { Presence } from '../../src/presence/presence.js';
import { ChangeLogs } from '../../src/presence/shards/change-logs.js';
import { Shards } from '../../src/presence/shards/shards.js';
import { Tunings } from '../../src/presence/tuning/tunings.js';
import { openSecurity } from '../../src/security.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { FaultyStore } from './faulty-store.js';
import { MemoryLog } from './log.js';
import { type Node, nodeOf } from './node.js';
import { serviceSettings } from './settings.js';

/** A node with a real server and real clients in front of a store whose answers the test holds in its hands. */
export interface FaultyNode extends Node {
  readonly store: FaultyStore;
  /** What /metrics would say of a metric without labels. */
  metric(name: string): Promise<number>;
}

export async function startFaultyNode(settings: {
  readonly ingest?: Partial<IngestSettings>;
  readonly stream?: Partial<StreamSettings>;
}): Promise<FaultyNode> {
  const defaults = serviceSettings();
  const log = new MemoryLog();
  const clock = systemClock;
  const memory = new MemoryStore(clock);
  const store = new FaultyStore(memory);
  const { groups, tracker, learning, doubt } = defaults;
  const ingest = { ...defaults.ingest, ...settings.ingest };
  const namespaces = new Namespaces(defaults.namespaces);
  const presence = new Presence({
    ...{ namespaces, store, clock, log, ingest, groups, tracker, learning, doubt },
    groupStore: memory.groupStore,
  });
  const tunings = new Tunings({ store: memory, presence, clock, log });
  const { shardStore } = memory;
  const shards = new Shards(presence, {
    store: shardStore,
    log,
    settings: defaults.shards,
    encode: encodeLoggedChange,
  });
  const logs = new ChangeLogs(presence, {
    store: shardStore,
    settings: defaults.logs,
    isChange: isLoggedChange,
  });
  const openStreams = new OpenStreams(clock, defaults.openStreams);
  const longTasks = new LongTasks();
  const security = openSecurity(defaults, { clock, log });
  const counts = new GuardCounts();
  const { registry, observeRpc: observe } = createMetrics(
    {
      presence,
      shards,
      logs,
      streams: new EventStreams(clock, defaults.http),
      security: { ...security, http: new HttpCounts() },
      grpc: { guard: counts, streams: openStreams, longTasks },
    },
    { ...defaults.grpc, ...ingest, ...tracker, ...defaults.shards, ...defaults.logs, cachedUsersMax: 0 },
  );
  const stream = { ...defaults.stream, ...settings.stream };
  const server = await startGrpcServer('127.0.0.1:0', {
    presence,
    tunings,
    shards,
    logs,
    telling: new Telling(store),
    log,
    settings: stream,
    ...security,
    openStreams,
    longTasks,
    hasReflection: false,
    limits: defaults.grpc,
    counts,
    observe,
  });
  const stop = async () => {
    await server.stop();
    tunings.close();
    logs.close();
    await shards.close();
    await presence.close();
  };
  return {
    ...nodeOf(
      { grpcPort: server.port, httpPort: 0, presence, registry, unreadiness: () => undefined, stop },
      log,
    ),
    store,
    async metric(name) {
      const [, value] = new RegExp(`^${name} (.*)$`, 'm').exec(await registry.metrics()) ?? [];
      return Number(value);
    },
  };
}
