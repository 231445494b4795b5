import { collectDefaultMetrics, Histogram } from 'prom-client';
import type { Presence } from '../../presence/presence.js';
import type { ChangeLogs } from '../../presence/shards/change-logs.js';
import type { Shards } from '../../presence/shards/shards.js';
import { version } from '../../version.js';
import type { EventStreams } from '../api/event-streams.js';
import { declareDoubt } from './doubt-metrics.js';
import { declareGrpc, type GrpcFigures } from './grpc-metrics.js';
import { declareHttp } from './http-metrics.js';
import { declareIngest } from './ingest-metrics.js';
import { NodeRegistry } from './node-registry.js';
import { declareQuality } from './quality-metrics.js';
import { declareSecurity, type Guarded } from './security-metrics.js';
import { declareShards } from './shard-metrics.js';
import { declareStore } from './store-metrics.js';
import { declareWatching } from './watch-metrics.js';

/** Gauges of the library that are named like counters, and are the sums of others. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Delays of the event loop are measured by a timer of so many ms: that is what an idle node shows. */
const EVENT_LOOP_PRECISION_MS = 20;

interface Metrics {
  readonly registry: NodeRegistry;
  observeRpc(method: string, code: string, durationMs: number): void;
  observeHttp(route: string, status: number, durationMs: number): void;
}

/** What the metrics are of. */
interface Measured {
  readonly presence: Presence;
  readonly shards: Shards;
  readonly logs: ChangeLogs;
  readonly streams: EventStreams;
  readonly grpc: GrpcFigures;
  readonly security: Guarded;
}

/** What some gauges are compared with. */
interface Limits {
  readonly pendingMax: number;
  readonly trackedUsersMax: number;
  readonly subscriptionsMax: number;
  readonly cachedUsersMax: number;
  readonly usersMax: number;
  readonly followersMax: number;
  readonly connectionsMax: number;
  readonly unfinishedBytesMax: number;
}

/**
 * Every metric of a node. Names and units follow Prometheus (https://prometheus.io/docs/practices/naming/). No label holds an
 * id of a user, a session or an origin: what there are of series is known from the configuration.
 */
export function createMetrics(measured: Measured, limits: Limits): Metrics {
  const { presence, shards, logs, streams, grpc, security } = measured;
  const registry = new NodeRegistry();
  const { library, declare } = registry;
  // A timer of 10 ms would wake an idle process more often than all else together; what it measures includes its interval.
  collectDefaultMetrics({ register: library, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  for (const name of MISNAMED) library.removeSingleMetric(name);
  declareIngest(declare, presence, limits);
  declareQuality(declare, presence);
  declareWatching(declare, presence, limits);
  declareDoubt(declare, presence);
  declareShards(declare, { shards, logs }, limits);
  declareStore(declare, presence, limits);
  declareHttp(declare, streams);
  declareSecurity(declare, security);
  declareGrpc(declare, grpc, limits);
  declare.gauges(
    'phid_build_info',
    '1; the labels say which phid runs on which Node.',
    () => [[{ version, node_version: process.version }, 1]],
    'first',
  );
  const rpcs = new Histogram({
    name: 'phid_rpc_duration_seconds',
    help: 'Duration of finished rpcs by method and gRPC status code; of a stream, how long it was open.',
    registers: [library],
    labelNames: ['method', 'code'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  });
  const requests = new Histogram({
    name: 'phid_http_request_duration_seconds',
    help: 'Duration of finished requests of the HTTP API by route and status; of a stream, how long it was open.',
    registers: [library],
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  });
  return {
    registry,
    observeHttp: (route, status, durationMs) => requests.observe({ route, status }, durationMs / 1000),
    observeRpc: (method, code, durationMs) => rpcs.observe({ method, code }, durationMs / 1000),
  };
}
