import type { Declarations } from './declarations.js';

/** What the gRPC of a node has open, and what it did not let be. */
export interface GrpcFigures {
  readonly connections: {
    readonly open: number;
    readonly limits: { readonly connectionsMax: number };
    readonly counts: { readonly dropped: number; readonly pinging: number };
  };
  readonly openStreams: {
    readonly heartbeatStreams: number;
    readonly limits: { readonly heartbeatStreamsMax: number };
    readonly counts: Readonly<Record<'refused' | 'idle' | 'unread', number>>;
  };
}

/** Connections and streams of gRPC; those that watch are in WatchNamespace's and Watch's own figures, too. */
export function declareGrpc(declare: Declarations, { connections, openStreams }: GrpcFigures): void {
  declare.gauge('phid_grpc_connections', 'Open connections of gRPC.', () => connections.open);
  declare.gauge(
    'phid_grpc_connections_limit',
    'Limit of phid_grpc_connections.',
    () => connections.limits.connectionsMax,
  );
  declare.counter(
    'phid_grpc_connections_dropped_total',
    'Connections of gRPC closed as they came, because there were limits.connections_max.',
    () => connections.counts.dropped,
  );
  declare.counter(
    'phid_grpc_pinging_connections_total',
    'Connections of gRPC ended because their client sent too many pings.',
    () => connections.counts.pinging,
  );
  declare.gauge('phid_heartbeat_streams', 'Open HeartbeatStreams.', () => openStreams.heartbeatStreams);
  declare.gauge(
    'phid_heartbeat_streams_limit',
    'Limit of phid_heartbeat_streams.',
    () => openStreams.limits.heartbeatStreamsMax,
  );
  declare.counter(
    'phid_grpc_streams_refused_total',
    'HeartbeatStreams, and watches of health, refused because there were too many.',
    () => openStreams.counts.refused,
  );
  declare.counters(
    'phid_grpc_streams_ended_total',
    'Streams of gRPC that this node ended, by the reason.',
    () => [
      [{ reason: 'idle' }, openStreams.counts.idle],
      [{ reason: 'unread' }, openStreams.counts.unread],
    ],
  );
}
