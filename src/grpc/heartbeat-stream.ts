import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { HeartbeatStreamRequest__Output } from '../gen/phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse } from '../gen/phid/v1/HeartbeatStreamResponse.js';
import type { Rejection } from '../gen/phid/v1/Rejection.js';
import { InvalidRequestError, LimitReachedError, UnreadableRecordError } from '../presence/errors.js';
import type { ReceivedHeartbeat } from '../store/store.js';
import type { OpenStream, RpcContext } from './context.js';
import { type RpcError, toRpcError } from './status.js';
import { validHeartbeat, validOrigin } from './validation.js';

type Call = ServerDuplexStream<HeartbeatStreamRequest__Output, HeartbeatStreamResponse>;

/**
 * One gateway's stream of batches. Each is answered when it is recorded, in order. While `batchesInFlightMax` are
 * being recorded, or the caller does not take the answers, the stream is not read: HTTP/2 flow control then holds the
 * caller back. What ends the stream waits for the answers to the batches before it.
 */
export class HeartbeatStream implements OpenStream {
  readonly #call: Call;
  readonly #context: RpcContext;
  readonly #startedMs: number;
  /** Resolves when the batches received so far have been answered; rejects when one could not be recorded. */
  #answered: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #ended = false;

  constructor(call: Call, context: RpcContext) {
    this.#call = call;
    this.#context = context;
    this.#startedMs = context.presence.clock.nowMs();
    context.openStreams.add(this);
    call.on('data', (request: HeartbeatStreamRequest__Output) => this.#receive(request));
    call.on('drain', () => this.#readOn());
    call.on('end', () => void this.end());
    call.on('cancelled', () => this.#close(status.CANCELLED));
  }

  /** Reads no more, answers what was received and ends: with `error`, or well when the caller is done. */
  async end(error?: RpcError): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
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

  #receive(request: HeartbeatStreamRequest__Output): void {
    if (this.#ended) return;
    let recorded: Promise<HeartbeatStreamResponse>;
    try {
      recorded = this.#record(request);
    } catch (error) {
      void this.end(toRpcError(error, this.#context.log));
      return;
    }
    this.#inFlight += 1;
    if (this.#inFlight >= this.#context.settings.batchesInFlightMax) this.#call.pause();
    // It may fail while an earlier one is still waiting for its answer.
    recorded.catch(() => {});
    const before = this.#answered;
    this.#answered = before
      .then(() => recorded)
      .then((response) => {
        this.#inFlight -= 1;
        if (this.#call.write(response)) this.#readOn();
        else this.#call.pause();
      });
    this.#answered.catch(() => void this.end());
  }

  /** Starts to record a batch; throws when the batch as a whole cannot be accepted. */
  #record(request: HeartbeatStreamRequest__Output): Promise<HeartbeatStreamResponse> {
    const { presence, settings } = this.#context;
    const receivedMs = presence.clock.nowMs();
    const namespace = presence.namespaces.get(request.namespace);
    const origin = validOrigin(request.origin);
    if (request.heartbeats.length > settings.heartbeatsPerMessageMax) {
      throw new LimitReachedError(
        `heartbeats: ${request.heartbeats.length} in one batch`,
        settings.heartbeatsPerMessageMax,
      );
    }
    const accepted: ReceivedHeartbeat[] = [];
    const rejections: Rejection[] = [];
    request.heartbeats.forEach((heartbeat, index) => {
      try {
        accepted.push(validHeartbeat(heartbeat, { namespace, origin, receivedMs }));
      } catch (error) {
        if (!(error instanceof InvalidRequestError)) throw error;
        rejections.push({ index, reason: error.message });
      }
    });
    return presence.ingest.record(namespace, accepted).then((unreadable) => ({
      batchId: request.batchId,
      accepted: accepted.length - unreadable.length,
      rejections: unreadable.length === 0 ? rejections : withUnreadable(rejections, unreadable, request),
      suggestedIntervalMs: namespace.detector.settings.expectedIntervalMs,
    }));
  }

  #readOn(): void {
    if (!this.#ended && this.#inFlight < this.#context.settings.batchesInFlightMax) this.#call.resume();
  }

  #close(code: number): void {
    this.#ended = true;
    if (!this.#context.openStreams.delete(this)) return;
    this.#context.observe('HeartbeatStream', code, this.#context.presence.clock.nowMs() - this.#startedMs);
  }
}

/** Adds heartbeats that the store could not take, by their position among those that were not rejected before. */
function withUnreadable(
  rejections: readonly Rejection[],
  unreadable: readonly number[],
  { heartbeats }: HeartbeatStreamRequest__Output,
): Rejection[] {
  const rejected = new Set(rejections.map(({ index }) => index));
  const accepted = heartbeats.map((_, index) => index).filter((index) => !rejected.has(index));
  const { message: reason } = new UnreadableRecordError();
  const added = unreadable.map((position) => ({ index: accepted[position] as number, reason }));
  return [...rejections, ...added].sort((a, b) => (a.index as number) - (b.index as number));
}
