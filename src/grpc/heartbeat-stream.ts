import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import { validOrigin } from '../api/ids.js';
import type { Clock } from '../clock.js';
import type { HeartbeatStreamResponse } from '../gen/phid/v1/HeartbeatStreamResponse.js';
import type { Rejection } from '../gen/phid/v1/Rejection.js';
import { LimitReachedError } from '../presence/errors.js';
import type { Unrecorded } from '../presence/ingest/batch.js';
import type { Namespace } from '../presence/namespace.js';
import type { ReceivedHeartbeat } from '../store/store.js';
import { abandon } from './abandon.js';
import type { RpcContext } from './context.js';
import { decodeHeartbeatStreamRequest } from './heartbeat-codec.js';
import type { OpenStream } from './open-streams.js';
import { type RpcError, toRpcError } from './status.js';
import { completed, problemOf } from './validation.js';

type Call = ServerDuplexStream<Buffer, HeartbeatStreamResponse>;

/** A message that was received, and what of it can be recorded. */
interface Received {
  readonly batchId: number;
  readonly namespace: Namespace;
  readonly accepted: readonly ReceivedHeartbeat[];
  readonly rejections: Rejection[];
}

/**
 * One gateway's stream of batches. Each is answered when it is recorded, in order. While `batchesInFlightMax` are
 * being recorded, or there is no room for the one that came last, or the caller does not take the answers or has sent more
 * than it may in a second, the stream is not read: HTTP/2 flow control then holds the caller back. What ends the stream waits for
 * the answers to the batches before it.
 */
export class HeartbeatStream implements OpenStream {
  readonly #call: Call;
  readonly #context: RpcContext;
  readonly #permit: Permit;
  readonly #startedMs: number;
  /** Resolves when the batches received so far have been answered; rejects when one could not be recorded. */
  #answered: Promise<void> = Promise.resolve();
  #inFlight = 0;
  /** Set while a message waits for room: takes it back. */
  #takeBack: (() => void) | undefined;
  /** Set while the caller has to wait for having sent too much. */
  #cancelWait: (() => void) | undefined;
  /** When a message or an answer came last, ms; and since when answers are not taken. */
  #movedMs: number;
  #unreadSinceMs: number | undefined;
  #isHalfClosed = false;
  #ended = false;

  constructor(call: Call, permit: Permit, context: RpcContext) {
    this.#call = call;
    this.#permit = permit;
    this.#context = context;
    this.#startedMs = this.#clock.nowMs();
    this.#movedMs = this.#startedMs;
    permit.hold((error) => void this.end(toRpcError(error, context.log)));
    try {
      context.openStreams.add(this, 'HeartbeatStream');
    } catch (error) {
      permit.release();
      throw error;
    }
    call.on('data', (message: Buffer) => this.#receive(message));
    call.on('drain', () => this.#drained());
    call.on('end', () => this.#halfClose());
    call.on('cancelled', () => this.#close(status.CANCELLED));
    // One that is opened to begin anew must wait as well.
    this.#wait(permit.noteHeartbeats(0));
  }

  get idleSinceMs(): number | undefined {
    const isWaiting = this.#takeBack ?? this.#cancelWait ?? this.#unreadSinceMs;
    return isWaiting === undefined && this.#inFlight === 0 ? this.#movedMs : undefined;
  }

  get unreadSinceMs(): number | undefined {
    return this.#unreadSinceMs;
  }

  /** Reads no more, answers what was accepted and ends: with `error`, or well when the caller is done. */
  async end(error?: RpcError): Promise<void> {
    if (this.#ended) return;
    this.#stop();
    this.#call.pause();
    let failure = error;
    try {
      await this.#answered;
    } catch (cause) {
      failure = toRpcError(cause, this.#context.log);
    }
    if (failure) this.#call.emit('error', failure);
    else this.#call.end();
    this.#close(failure?.code ?? status.OK);
  }

  abandon(): void {
    this.#close(status.RESOURCE_EXHAUSTED);
    abandon(this.#call);
  }

  get #clock(): Clock {
    return this.#context.presence.clock;
  }

  #receive(message: Buffer): void {
    if (this.#ended) return;
    this.#movedMs = this.#clock.nowMs();
    let received: Received;
    try {
      received = this.#read(message);
    } catch (error) {
      void this.end(toRpcError(error, this.#context.log));
      return;
    }
    const { admission } = this.#context.presence.ingest;
    const size = received.accepted.length;
    // An empty message costs, too.
    this.#wait(this.#permit.noteHeartbeats(Math.max(1, size + received.rejections.length)));
    if (admission.hasRoom(size)) {
      this.#record(received);
      return;
    }
    this.#call.pause();
    this.#takeBack = admission.whenRoom(size, () => {
      this.#takeBack = undefined;
      this.#record(received);
      if (this.#isHalfClosed) void this.end();
      else this.#readOn();
    });
  }

  /** The caller is done. It may be heard of this while the last message still waits: a paused stream can end. */
  #halfClose(): void {
    this.#isHalfClosed = true;
    if (!this.#takeBack) void this.end();
  }

  /** Throws when the message as a whole cannot be accepted. */
  #read(message: Buffer): Received {
    const { presence, settings } = this.#context;
    const receivedMs = this.#clock.nowMs();
    const { batchId, heartbeats, ...request } = decodeHeartbeatStreamRequest(message);
    this.#permit.check(request.namespace);
    const namespace = presence.namespaces.get(request.namespace);
    const origin = validOrigin(request.origin);
    if (heartbeats.length > settings.heartbeatsPerMessageMax) {
      throw new LimitReachedError(
        `heartbeats: ${heartbeats.length} in one batch`,
        settings.heartbeatsPerMessageMax,
      );
    }
    const accepted: ReceivedHeartbeat[] = [];
    const rejections: Rejection[] = [];
    for (let index = 0; index < heartbeats.length; index++) {
      const heartbeat = heartbeats[index] as (typeof heartbeats)[number];
      const problem = problemOf(heartbeat, namespace);
      if (problem) rejections.push({ index, reason: problem.message });
      else accepted.push(completed(heartbeat, origin, receivedMs));
    }
    if (rejections.length > 0) presence.ingest.reject(namespace, rejections.length);
    return { batchId, namespace, accepted, rejections };
  }

  #record({ batchId, namespace, accepted, rejections }: Received): void {
    const recorded = this.#context.presence.ingest.record(namespace, accepted);
    // It may fail while an earlier one is still waiting for its answer.
    recorded.catch(() => {});
    this.#inFlight += 1;
    if (this.#inFlight >= this.#context.settings.batchesInFlightMax) this.#call.pause();
    const before = this.#answered;
    this.#answered = before
      .then(() => recorded)
      .then((unrecorded) => {
        this.#inFlight -= 1;
        const response = {
          batchId,
          accepted: accepted.length - unrecorded.length,
          rejections: unrecorded.length === 0 ? rejections : withUnrecorded(rejections, unrecorded),
          suggestedIntervalMs: this.#context.presence.ingest.suggestedIntervalMs(namespace),
        };
        this.#movedMs = this.#clock.nowMs();
        if (this.#call.write(response)) this.#readOn();
        else {
          this.#unreadSinceMs ??= this.#movedMs;
          this.#call.pause();
        }
      });
    this.#answered.catch(() => void this.end());
  }

  /** The caller is read no further for so long, ms. */
  #wait(ms: number): void {
    if (ms === 0 || this.#ended) return;
    this.#call.pause();
    this.#cancelWait?.();
    this.#cancelWait = this.#clock.after(ms, () => {
      this.#cancelWait = undefined;
      this.#readOn();
    });
  }

  #drained(): void {
    this.#unreadSinceMs = undefined;
    this.#readOn();
  }

  #readOn(): void {
    if (this.#ended || this.#takeBack || this.#cancelWait) return;
    if (this.#inFlight < this.#context.settings.batchesInFlightMax) this.#call.resume();
  }

  /** Nothing more is accepted from here on. */
  #stop(): void {
    this.#ended = true;
    this.#takeBack?.();
    this.#takeBack = undefined;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  #close(code: number): void {
    this.#stop();
    if (!this.#context.openStreams.delete(this)) return;
    this.#permit.release();
    this.#context.observe('HeartbeatStream', code, this.#clock.nowMs() - this.#startedMs);
  }
}

/** Adds heartbeats that the store could not take, by their position among those that were not rejected before. */
function withUnrecorded(rejections: readonly Rejection[], unrecorded: readonly Unrecorded[]): Rejection[] {
  const all = [...rejections];
  for (const { position, error } of [...unrecorded].sort((a, b) => a.position - b.position)) {
    // Every rejection before it moves it on by one.
    let index = position;
    for (const rejection of rejections) if ((rejection.index as number) <= index) index += 1;
    all.push({ index, reason: error.message });
  }
  return all.sort((a, b) => (a.index as number) - (b.index as number));
}
