import {
  type ChannelCredentials,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  InterceptingCall,
  type Interceptor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { AddToGroupRequest } from '../gen/phid/v1/AddToGroupRequest.js';
import type { AddToGroupResponse__Output } from '../gen/phid/v1/AddToGroupResponse.js';
import type { BatchSuspicionRequest } from '../gen/phid/v1/BatchSuspicionRequest.js';
import type { BatchSuspicionResponse__Output } from '../gen/phid/v1/BatchSuspicionResponse.js';
import type { DrainRequest } from '../gen/phid/v1/DrainRequest.js';
import type { DrainResponse__Output } from '../gen/phid/v1/DrainResponse.js';
import type { GetQualityRequest } from '../gen/phid/v1/GetQualityRequest.js';
import type { GetQualityResponse__Output } from '../gen/phid/v1/GetQualityResponse.js';
import type { HeartbeatRequest } from '../gen/phid/v1/HeartbeatRequest.js';
import type { HeartbeatResponse__Output } from '../gen/phid/v1/HeartbeatResponse.js';
import type { HeartbeatStreamRequest } from '../gen/phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse__Output } from '../gen/phid/v1/HeartbeatStreamResponse.js';
import type { InspectUserRequest } from '../gen/phid/v1/InspectUserRequest.js';
import type { InspectUserResponse__Output } from '../gen/phid/v1/InspectUserResponse.js';
import type { LeaveRequest } from '../gen/phid/v1/LeaveRequest.js';
import type { LeaveResponse__Output } from '../gen/phid/v1/LeaveResponse.js';
import type { ListGroupRequest } from '../gen/phid/v1/ListGroupRequest.js';
import type { ListGroupResponse__Output } from '../gen/phid/v1/ListGroupResponse.js';
import type { ListSuspectsRequest } from '../gen/phid/v1/ListSuspectsRequest.js';
import type { ListSuspectsResponse__Output } from '../gen/phid/v1/ListSuspectsResponse.js';
import type { RemoveFromGroupRequest } from '../gen/phid/v1/RemoveFromGroupRequest.js';
import type { RemoveFromGroupResponse__Output } from '../gen/phid/v1/RemoveFromGroupResponse.js';
import type { SetThresholdsRequest } from '../gen/phid/v1/SetThresholdsRequest.js';
import type { SetThresholdsResponse__Output } from '../gen/phid/v1/SetThresholdsResponse.js';
import type { SetVisibilityRequest } from '../gen/phid/v1/SetVisibilityRequest.js';
import type { SetVisibilityResponse__Output } from '../gen/phid/v1/SetVisibilityResponse.js';
import type { WatchNamespaceRequest } from '../gen/phid/v1/WatchNamespaceRequest.js';
import type { WatchNamespaceResponse__Output } from '../gen/phid/v1/WatchNamespaceResponse.js';
import type { WatchRequest } from '../gen/phid/v1/WatchRequest.js';
import type { WatchResponse__Output } from '../gen/phid/v1/WatchResponse.js';
import { PresenceService, TuningService } from '../grpc/definition.js';
import { CliError } from './cli-error.js';
import { authorizationOf, type CredentialOptions, tlsOf } from './credentials.js';
import { durationText, printable } from './text.js';

export interface ClientOptions extends CredentialOptions {
  /** host:port */
  readonly addr: string;
  /** Longest that one answer may take, ms. Streams are not limited. */
  readonly timeout: number;
}

/** A call that failed, told so that a person knows what to do. */
export class RpcFailure extends CliError {
  /** Name of the gRPC status: `UNAVAILABLE`. */
  readonly code: string;
  /** No server was reached, as opposed to one that answered. */
  readonly isUnreachable: boolean;

  constructor(error: ServiceError, { addr, timeout }: ClientOptions) {
    const code = status[error.code] ?? String(error.code);
    const isUnreachable = error.code === status.UNAVAILABLE && NOT_CONNECTED.test(error.details);
    super(
      isUnreachable
        ? `nothing answers on ${addr} (${reasonOf(error.details)}); start a server with "phid serve" or "phid demo", ` +
            'or name another one with --addr or PHID_ADDR'
        : error.code === status.DEADLINE_EXCEEDED
          ? `${code}: no answer from ${addr} within ${durationText(timeout)}; --timeout allows more`
          : `${code}: ${printable(error.details)}`,
    );
    this.code = code;
    this.isUnreachable = isUnreachable;
  }

  /** Whether the same call may succeed later, without anything about it being changed. */
  get isTransient(): boolean {
    return ['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED'].includes(this.code);
  }
}

/** What grpc-js itself says when there is no connection, as opposed to what a server answers. */
const NOT_CONNECTED =
  /^(No connection established|Name resolution failed|Connection dropped|Failed to connect)/;

function reasonOf(details: string): string {
  return /Last error: (?:Error: )?(.*?)(?:\. Resolution note:.*)?$/.exec(details)?.[1] ?? details;
}

function credentialsOf(options: ClientOptions): ChannelCredentials {
  const tls = tlsOf(options);
  if (!tls) return credentials.createInsecure();
  const {
    ca = null,
    key = null,
    cert = null,
  } = tls as Readonly<Record<'ca' | 'key' | 'cert', Buffer | undefined>>;
  return credentials.createSsl(ca, key, cert);
}

/** Not as credentials of a call: the library has none in plaintext, not even on this machine. */
function tokenInterceptor(options: ClientOptions): Interceptor {
  return (callOptions, nextCall) =>
    new InterceptingCall(nextCall(callOptions), {
      start(metadata, listener, next) {
        const { authorization } = authorizationOf(options, options.addr);
        if (authorization) metadata.set('authorization', authorization);
        next(metadata, listener);
      },
    });
}

/** A connection to one server. Every rejection and every stream error is to be shown as `failure` of it. */
export class Client {
  readonly options: ClientOptions;
  readonly #stub: InstanceType<typeof PresenceService>;
  readonly #tuning: InstanceType<typeof TuningService>;

  constructor(options: ClientOptions) {
    this.options = options;
    // What is wrong with a token is said before anything is called.
    authorizationOf(options, options.addr);
    const channel = {
      // A server that comes back should be found again within seconds; the library would wait for up to two minutes.
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2_000,
      // A watch may be silent for hours; a cut network must be noticed all the same.
      'grpc.keepalive_time_ms': 20_000,
      'grpc.keepalive_timeout_ms': 10_000,
    };
    const withToken = { ...channel, interceptors: [tokenInterceptor(options)] };
    this.#stub = new PresenceService(options.addr, credentialsOf(options), withToken);
    this.#tuning = new TuningService(options.addr, credentialsOf(options), withToken);
  }

  heartbeat(request: HeartbeatRequest): Promise<HeartbeatResponse__Output> {
    return this.#call((options, callback) => this.#stub.heartbeat(request, options, callback));
  }

  leave(request: LeaveRequest): Promise<LeaveResponse__Output> {
    return this.#call((options, callback) => this.#stub.leave(request, options, callback));
  }

  setVisibility(request: SetVisibilityRequest): Promise<SetVisibilityResponse__Output> {
    return this.#call((options, callback) => this.#stub.setVisibility(request, options, callback));
  }

  batchSuspicion(request: BatchSuspicionRequest): Promise<BatchSuspicionResponse__Output> {
    return this.#call((options, callback) => this.#stub.batchSuspicion(request, options, callback));
  }

  drain(request: DrainRequest): Promise<DrainResponse__Output> {
    return this.#call((options, callback) => this.#tuning.drain(request, options, callback));
  }

  getQuality(request: GetQualityRequest): Promise<GetQualityResponse__Output> {
    return this.#call((options, callback) => this.#tuning.getQuality(request, options, callback));
  }

  inspectUser(request: InspectUserRequest): Promise<InspectUserResponse__Output> {
    return this.#call((options, callback) => this.#tuning.inspectUser(request, options, callback));
  }

  listSuspects(request: ListSuspectsRequest): Promise<ListSuspectsResponse__Output> {
    return this.#call((options, callback) => this.#tuning.listSuspects(request, options, callback));
  }

  setThresholds(request: SetThresholdsRequest): Promise<SetThresholdsResponse__Output> {
    return this.#call((options, callback) => this.#tuning.setThresholds(request, options, callback));
  }

  addToGroup(request: AddToGroupRequest): Promise<AddToGroupResponse__Output> {
    return this.#call((options, callback) => this.#stub.addToGroup(request, options, callback));
  }

  removeFromGroup(request: RemoveFromGroupRequest): Promise<RemoveFromGroupResponse__Output> {
    return this.#call((options, callback) => this.#stub.removeFromGroup(request, options, callback));
  }

  listGroup(request: ListGroupRequest): Promise<ListGroupResponse__Output> {
    return this.#call((options, callback) => this.#stub.listGroup(request, options, callback));
  }

  heartbeatStream(): ClientDuplexStream<HeartbeatStreamRequest, HeartbeatStreamResponse__Output> {
    return this.#stub.heartbeatStream();
  }

  watch(request: WatchRequest): ClientReadableStream<WatchResponse__Output> {
    return this.#stub.watch(request);
  }

  watchNamespace(request: WatchNamespaceRequest): ClientReadableStream<WatchNamespaceResponse__Output> {
    return this.#stub.watchNamespace(request);
  }

  failure(error: unknown): RpcFailure {
    return new RpcFailure(error as ServiceError, this.options);
  }

  close(): void {
    this.#stub.close();
    this.#tuning.close();
  }

  #call<Response>(
    call: (
      options: { deadline: number },
      callback: (error: ServiceError | null, response?: Response) => void,
    ) => unknown,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      call({ deadline: Date.now() + this.options.timeout }, (error, response) =>
        error ? reject(this.failure(error)) : resolve(response as Response),
      );
    });
  }
}
