import type { Http2Server } from 'node:http2';
import {
  type handleServerStreamingCall,
  Server,
  type ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Access } from '../access/access.js';
import type { Telling } from '../api/telling.js';
import type { BatchSuspicionRequest__Output } from '../gen/phid/v1/BatchSuspicionRequest.js';
import type { IsOnlineRequest__Output } from '../gen/phid/v1/IsOnlineRequest.js';
import type { ListGroupRequest__Output } from '../gen/phid/v1/ListGroupRequest.js';
import type { SuspicionRequest__Output } from '../gen/phid/v1/SuspicionRequest.js';
import type { Log } from '../log.js';
import type { Presence } from '../presence/presence.js';
import type { ChangeLogs } from '../presence/shards/change-logs.js';
import type { Shards } from '../presence/shards/shards.js';
import type { Tunings } from '../presence/tuning/tunings.js';
import type { Certificates } from '../tls/certificates.js';
import { admitted } from './admission.js';
import type { RpcContext, RpcObserver, StreamSettings } from './context.js';
import { addToGroup, listGroup, removeFromGroup } from './groups.js';
import { Guard, type GuardCounts, type GuardLimits } from './guard/guard.js';
import { HeartbeatStream } from './heartbeat-stream.js';
import type { LongTasks } from './long-tasks.js';
import { NamespaceStream } from './namespace-stream.js';
import type { OpenStream, OpenStreams } from './open-streams.js';
import { reflectionService } from './reflection.js';
import { type ServiceHandlers, serviceDefinition } from './service-definition.js';
import { toRpcError } from './status.js';
import { encodeAssessment, encodeAssessments, encodeMembers, encodeOnlineAnswer } from './suspicion-codec.js';
import { credentialsOf } from './tls-credentials.js';
import { tuningDefinition, tuningHandlers } from './tuning.js';
import {
  batchSuspicion,
  heartbeat,
  isOnline,
  leave,
  setVisibility,
  suspicion,
  telling,
  unary,
} from './unary.js';
import { track, watch } from './watch-stream.js';

const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** How long calls in progress may take to finish when the server stops, ms. */
const SHUTDOWN_MS_MAX = 5_000;

const SERVICE_NAMES = ['phid.v1.PresenceService', 'phid.v1.TuningService'];

export interface GrpcServer {
  readonly port: number;
  /** What grpc.health.v1 answers. */
  setServing(serving: boolean): void;
  /** Takes no new calls (GOAWAY), ends streams with UNAVAILABLE, lets calls in progress finish. */
  stop(): Promise<void>;
}

/** Limits of connections: of each, and of all. */
export interface ConnectionLimits extends GuardLimits {
  readonly connectionCallsMax: number;
  readonly connectionAgeMs: number | undefined;
  readonly messageBytesMax: number;
}

interface GrpcServerOptions {
  readonly presence: Presence;
  readonly tunings: Tunings;
  readonly shards: Shards;
  readonly logs: ChangeLogs;
  readonly telling: Telling;
  readonly log: Log;
  readonly settings: StreamSettings;
  readonly access: Access;
  readonly certificates: Certificates | undefined;
  readonly hasReflection: boolean;
  readonly limits: ConnectionLimits;
  readonly counts: GuardCounts;
  readonly openStreams: OpenStreams;
  readonly longTasks: LongTasks;
  readonly observe: RpcObserver;
}

/** Serves PresenceService, TuningService, health and reflection on `address`, host:port. Rejects when it cannot be bound. */
export async function startGrpcServer(address: string, options: GrpcServerOptions): Promise<GrpcServer> {
  const context: RpcContext = {
    ...options,
    observe: (method, code, durationMs) => options.observe(method, status[code] ?? String(code), durationMs),
  };
  const server = new Server({
    'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.keepalive_permit_without_calls': 1,
    // Figures of every call and message that nobody can ask for: the service that tells them is not offered.
    'grpc.enable_channelz': 0,
    'grpc.max_concurrent_streams': options.limits.connectionCallsMax,
    'grpc.max_receive_message_length': options.limits.messageBytesMax,
    ...(options.limits.connectionAgeMs && { 'grpc.max_connection_age_ms': options.limits.connectionAgeMs }),
  });
  server.addService(serviceDefinition, { ...handlersOf(context) });
  server.addService(tuningDefinition, { ...tuningHandlers(context) });
  const names = ['', ...SERVICE_NAMES];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'NOT_SERVING'])));
  health.addToServer(endingHealthWatches(server, context));
  if (options.hasReflection) reflectionService().addToServer(server);
  const port = await bind(server, address, credentialsOf(options.certificates));
  const guard = guarding(server, options);
  let wasServing = false;
  return {
    port,
    setServing(serving) {
      // The library tells its watchers of every call, changed or not.
      if (serving === wasServing) return;
      wasServing = serving;
      for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    },
    async stop() {
      const stopped = new Promise<void>((resolve) => {
        // Sends GOAWAY and waits for calls; must come before the streams end, or clients would come straight back.
        server.tryShutdown(() => resolve());
      });
      // Streams end when what they sent is recorded: a store that is away would keep them for ever.
      context.presence.ingest.giveUp();
      const ended = Promise.all([context.openStreams.end(), stopped]);
      // By force the library shuts down only what channelz counts; and who never reads is never told that a stream has ended.
      let cancel = () => {};
      const overdue = new Promise<void>((resolve) => {
        cancel = context.presence.clock.after(SHUTDOWN_MS_MAX, resolve);
      });
      await Promise.race([ended, overdue]);
      cancel();
      guard.close();
    },
  };
}

function handlersOf(context: RpcContext): ServiceHandlers {
  return {
    Heartbeat: unary('Heartbeat', context, (request) => heartbeat(context, request)),
    HeartbeatStream: admitted(
      'HeartbeatStream',
      context,
      (call, permit) => void new HeartbeatStream(call, permit, context),
    ),
    Leave: unary('Leave', context, (request) => leave(context, request)),
    SetVisibility: unary('SetVisibility', context, (request) => setVisibility(context, request)),
    IsOnline: telling(
      'IsOnline',
      context,
      (request: IsOnlineRequest__Output, asker) => isOnline(context, request, asker),
      encodeOnlineAnswer,
    ),
    Suspicion: telling(
      'Suspicion',
      context,
      (request: SuspicionRequest__Output) => suspicion(context, request),
      encodeAssessment,
    ),
    BatchSuspicion: telling(
      'BatchSuspicion',
      context,
      (request: BatchSuspicionRequest__Output) => batchSuspicion(context, request),
      encodeAssessments,
    ),
    Watch: admitted('Watch', context, (call, permit) => watch(context, call, permit)),
    Track: admitted('Track', context, (call, permit) => track(context, call, permit)),
    WatchNamespace: admitted(
      'WatchNamespace',
      context,
      (call, permit) => void new NamespaceStream(call, permit, context),
    ),
    AddToGroup: unary('AddToGroup', context, (request) => addToGroup(context, request)),
    RemoveFromGroup: unary('RemoveFromGroup', context, (request) => removeFromGroup(context, request)),
    ListGroup: telling(
      'ListGroup',
      context,
      (request: ListGroupRequest__Output) => listGroup(context, request),
      encodeMembers,
    ),
  };
}

/** Calls that may be open without a message for as long as they like. */
const STREAMING = new Set(
  [...Object.values(serviceDefinition), ...Object.values(tuningDefinition)]
    .filter(({ requestStream }) => requestStream)
    .map(({ path }) => path),
);

function guarding(server: Server, { presence, limits, counts }: GrpcServerOptions): Guard {
  const mayBeSilent = (path: string) => STREAMING.has(path);
  const guard = new Guard({ limits, counts, clock: presence.clock, mayBeSilent });
  // The library limits nothing of this, and shows the servers that it makes to nobody.
  const { http2Servers } = server as unknown as { http2Servers: ReadonlyMap<Http2Server, unknown> };
  for (const listening of http2Servers.keys()) guard.guard(listening);
  return guard;
}

/**
 * The server as the health library sees it. Its Watch never ends, and a client that checks health keeps one open: the
 * server would wait for it in vain when it stops.
 */
function endingHealthWatches(server: Server, { openStreams, log }: RpcContext): Server {
  const addService = (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
    const watch = implementation.watch as handleServerStreamingCall<unknown, unknown>;
    server.addService(definition, {
      ...implementation,
      watch: (call: Parameters<typeof watch>[0]) => {
        const stream: OpenStream = { end: async (error) => void call.emit('error', error) };
        try {
          openStreams.add(stream, 'Health/Watch');
        } catch (error) {
          call.emit('error', toRpcError(error, log));
          return;
        }
        call.on('cancelled', () => openStreams.delete(stream));
        watch(call);
      },
    });
  };
  return { addService } as unknown as Server;
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) =>
      error ? reject(new Error(`gRPC cannot listen on ${address}: ${error.message}`)) : resolve(port),
    );
  });
}
