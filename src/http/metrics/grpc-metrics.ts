import type { ConnectionCounts } from '../../connections.js';
import type { Declarations } from './declarations.js';

/** What the guard of the gRPC port counts, and the streams that are open. */
export interface GrpcFigures {
  readonly guard: {
    readonly connections: ConnectionCounts;
    readonly unfinished: { readonly bytes: number; readonly ended: number };
    readonly flooding: number;
  };
  readonly streams: {
    readonly heartbeatStreams: number;
    readonly limits: { readonly heartbeatStreamsMax: number };
    readonly counts: Readonly<Record<'refused' | 'idle' | 'unread', number>>;
  };
  readonly longTasks: { readonly waiting: number };
}

interface Limits {
  readonly connectionsMax: number;
  readonly unfinishedBytesMax: number;
}

/**
 * Connections of gRPC, what they hold before anything is done for them, and streams; those that watch are in WatchNamespace's and
 * Watch's own figures, too.
 */
export function declareGrpc(declare: Declarations, figures: GrpcFigures, limits: Limits): void {
  const { guard, streams, longTasks } = figures;
  const { connections, unfinished } = guard;
  declare.gauge('phid_grpc_connections', 'Open connections of gRPC.', () => connections.open);
  declare.gauge(
    'phid_grpc_connections_limit',
    'Limit of phid_grpc_connections.',
    () => limits.connectionsMax,
  );
  declare.counter(
    'phid_grpc_connections_dropped_total',
    'Connections of gRPC closed as they came: there were limits.connections_max, and none of them idle.',
    () => connections.dropped,
  );
  declare.counter(
    'phid_grpc_connections_evicted_total',
    'Connections of gRPC that were idle, closed for one that came when there were limits.connections_max.',
    () => connections.evicted,
  );
  declare.counter(
    'phid_grpc_connections_flooding_total',
    'Connections of gRPC closed for too many pings, settings, or calls taken back as they were made.',
    () => guard.flooding,
  );
  declare.gauge(
    'phid_grpc_unfinished_bytes',
    'What messages hold of which something has come and not all; 4 KiB a call included.',
    () => unfinished.bytes,
  );
  declare.gauge(
    'phid_grpc_unfinished_bytes_limit',
    'Limit of phid_grpc_unfinished_bytes.',
    () => limits.unfinishedBytesMax,
  );
  declare.counter(
    'phid_grpc_unfinished_ended_total',
    'Calls ended because their message held what others needed, or was not whole in time.',
    () => unfinished.ended,
  );
  declare.gauge('phid_heartbeat_streams', 'Open HeartbeatStreams.', () => streams.heartbeatStreams);
  declare.gauge(
    'phid_heartbeat_streams_limit',
    'Limit of phid_heartbeat_streams.',
    () => streams.limits.heartbeatStreamsMax,
  );
  declare.gauge(
    'phid_grpc_waiting_requests',
    'Requests to watch many users at once, and ends of such streams, that wait for their turn: of a stream one of each at most.',
    () => longTasks.waiting,
  );
  declare.counter(
    'phid_grpc_streams_refused_total',
    'HeartbeatStreams, and watches of health, refused because there were too many.',
    () => streams.counts.refused,
  );
  declare.counters(
    'phid_grpc_streams_ended_total',
    'Streams of gRPC that this node ended, by the reason.',
    () => [
      [{ reason: 'idle' }, streams.counts.idle],
      [{ reason: 'unread' }, streams.counts.unread],
    ],
  );
}
