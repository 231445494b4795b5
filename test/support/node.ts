import { type ClientReadableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { expect, vi } from 'vitest';
import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { WatchResponse__Output } from '../../src/gen/phid/v1/WatchResponse.js';
import { PresenceService } from '../../src/grpc/definition.js';
import { type Service, type ServiceSettings, startService } from '../../src/service.js';
import { received } from './heartbeat.js';
import { MemoryLog } from './log.js';
import { serviceSettings } from './settings.js';

type Client = InstanceType<typeof PresenceService>;
type UnaryMethod =
  | 'Heartbeat'
  | 'Leave'
  | 'SetVisibility'
  | 'IsOnline'
  | 'Suspicion'
  | 'BatchSuspicion'
  | 'AddToGroup'
  | 'RemoveFromGroup'
  | 'ListGroup';
type Request<M extends UnaryMethod> = Parameters<Client[M]>[0];
type Response<M extends UnaryMethod> = Parameters<
  Extract<Parameters<Client[M]>[1], (...args: never[]) => void>
>[1];

/** A real node with a real client on loopback. */
export interface Node {
  readonly service: Service;
  readonly client: Client;
  readonly log: MemoryLog;
  call<M extends UnaryMethod>(method: M, request: Request<M>): Promise<NonNullable<Response<M>>>;
  /** How a call fails: its code and details as text, or 'OK'. */
  outcome<M extends UnaryMethod>(method: M, request: Request<M>): Promise<string>;
  watch(request: Parameters<Client['Watch']>[0]): Events;
  /** Records a past: heartbeats every `intervalMs`, the last `agoMs` ago. */
  seed(past: {
    userId?: string;
    sessionId?: string;
    intervalMs: number;
    n: number;
    agoMs: number;
  }): Promise<void>;
  httpUrl(path: string): string;
  stop(): Promise<void>;
}

export async function startNode(overrides: Partial<ServiceSettings> = {}): Promise<Node> {
  const log = new MemoryLog();
  const node = nodeOf(await startService(serviceSettings(overrides), log), log);
  if (overrides.redis)
    await vi.waitFor(() => expect(node.service.presence.store.isReady()).toBe(true), 5_000);
  return node;
}

/** A client and what tests need around a running service. */
export function nodeOf(service: Service, log: MemoryLog): Node {
  const client = new PresenceService(`127.0.0.1:${service.grpcPort}`, credentials.createInsecure());
  const call: Node['call'] = (method, request) =>
    new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response: unknown) =>
        error ? reject(error) : resolve(response as never);
      (client[method] as (r: unknown, m: Metadata, callback: typeof done) => void)(
        request,
        new Metadata(),
        done,
      );
    });
  return {
    service,
    client,
    log,
    call,
    outcome: (method, request) =>
      call(method, request).then(
        () => 'OK',
        (error: ServiceError) => error.message,
      ),
    watch: (request) => new Events(client.Watch(request)),
    async seed({ userId = 'alice', sessionId = 'phone', intervalMs, n, agoMs }) {
      const { presence } = service;
      const nowMs = presence.clock.nowMs();
      const heartbeats = Array.from({ length: n }, (_, i) =>
        received({ userId, sessionId, receivedMs: nowMs - agoMs - (n - 1 - i) * intervalMs }),
      );
      await presence.ingest.record(presence.namespaces.get(''), heartbeats);
    },
    httpUrl: (path) => `http://127.0.0.1:${service.httpPort}${path}`,
    async stop() {
      client.close();
      await service.stop();
    },
  };
}

/** What a Watch or Track stream has said so far. */
export class Events {
  readonly all: (WatchResponse__Output & { readonly receivedMs: number })[] = [];
  error: ServiceError | undefined;
  readonly #stream: ClientReadableStream<WatchResponse__Output>;

  constructor(stream: ClientReadableStream<WatchResponse__Output>) {
    this.#stream = stream;
    stream.on('data', (event: WatchResponse__Output) => {
      this.all.push({ ...event, receivedMs: Date.now() });
    });
    stream.on('error', (error: ServiceError) => {
      this.error = error;
    });
  }

  get changes(): StatusChange__Output[] {
    return this.all.flatMap((event) => (event.change ? [event.change] : []));
  }

  /** Changes of a user after the snapshot, as `PREVIOUS>STATUS CAUSE threshold`. */
  lines(userId = 'alice'): string[] {
    return this.changes
      .filter((change) => change.userId === userId && change.cause !== 'SNAPSHOT')
      .map(({ previous, status, cause, threshold }) => `${previous}>${status} ${cause} ${threshold ?? '-'}`);
  }

  async synced(times = 1): Promise<void> {
    await vi.waitFor(() => expect(this.all.filter((event) => event.synced)).toHaveLength(times));
  }

  async until(lines: string[], userId = 'alice'): Promise<void> {
    await vi.waitFor(() => expect(this.lines(userId)).toEqual(lines), 5_000);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  async cancel(): Promise<void> {
    this.#stream.cancel();
    await vi.waitFor(() => expect(this.error).toBeDefined());
  }
}

/** ms since the epoch of a wire Timestamp. */
export function timestampMs(at: { seconds: number | string; nanos: number } | null): number {
  if (!at) throw new Error('no timestamp');
  return Number(at.seconds) * 1000 + at.nanos / 1e6;
}
