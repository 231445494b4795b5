import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { HeartbeatStreamRequest } from '../../src/gen/phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse__Output } from '../../src/gen/phid/v1/HeartbeatStreamResponse.js';
import { Longest } from './longest.js';
import { type Client, connect } from './rpc.js';
import { type Beat, heartbeatOf } from './user.js';

type Stream = ClientDuplexStream<HeartbeatStreamRequest, HeartbeatStreamResponse__Output>;

/** What carries heartbeats to phid. */
export interface Carrier {
  /** How long nothing was acknowledged. */
  readonly service: Longest;
  /** Takes a heartbeat. Of a user who has one waiting, only the newer one stays. */
  offer(beat: Beat): void;
  /** Sends what was offered, if it can. */
  flush(): void;
  /** Goes over to the next node. */
  move(): void;
  /** Heartbeats sent or waiting that were not acknowledged. */
  readonly unanswered: number;
  close(): void;
}

/** A stream that ended is begun again after this, ms. */
const RETRY_MS = 200;
/** Heartbeats in a message: phid takes 1,000 (`limits.message_heartbeats_max`). */
const MESSAGE_BEATS_MAX = 1_000;
/** A node that leaves a batch unanswered for so long is left for another one, where there is one, ms. */
const PATIENCE_MS = 5_000;

/**
 * A gateway as phid's contract wants it: one HeartbeatStream for many users; when it ends, another one, to the next
 * node; what was not answered is sent again, the newest heartbeat of each session. It writes no faster than the stream
 * takes it.
 */
export class Gateway implements Carrier {
  readonly service = new Longest();
  readonly #origin: string;
  readonly #clients: readonly Client[];
  readonly #acknowledged: (beat: Beat) => void;
  #node = 0;
  #stream: Stream | undefined;
  #isWritable = true;
  #retryMs = 0;
  #batches = 0;
  readonly #sent = new Map<number, { readonly beats: readonly Beat[]; readonly sentMs: number }>();
  #waiting = new Map<string, Beat>();

  /** `addresses`: nodes, in the order in which it tries them. */
  constructor(origin: string, addresses: readonly string[], acknowledged: (beat: Beat) => void) {
    this.#origin = origin;
    this.#clients = addresses.map(connect);
    this.#acknowledged = acknowledged;
  }

  offer(beat: Beat): void {
    this.#waiting.set(beat.user.id, beat);
  }

  flush(): void {
    const nowMs = Date.now();
    const [oldest] = this.#sent.values();
    if (this.#clients.length > 1 && oldest && nowMs - oldest.sentMs > PATIENCE_MS) this.#lose();
    if (!this.#stream && nowMs >= this.#retryMs) this.#begin();
    while (this.#stream && this.#isWritable && this.#waiting.size > 0) {
      const beats = [...this.#waiting.values()].slice(0, MESSAGE_BEATS_MAX);
      for (const { user } of beats) this.#waiting.delete(user.id);
      const batchId = this.#batches++;
      this.#sent.set(batchId, { beats, sentMs: nowMs });
      this.#isWritable = this.#stream.write({
        ...{ origin: this.#origin, batchId, heartbeats: beats.map(heartbeatOf) },
      });
    }
  }

  move(): void {
    this.#lose();
  }

  get unanswered(): number {
    let beats = this.#waiting.size;
    for (const batch of this.#sent.values()) beats += batch.beats.length;
    return beats;
  }

  close(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#retryMs = Number.POSITIVE_INFINITY;
    stream?.cancel();
    for (const client of this.#clients) client.close();
  }

  #begin(): void {
    const stream = (this.#clients[this.#node] as Client).heartbeatStream();
    this.#stream = stream;
    this.#isWritable = true;
    const ended = () => {
      if (this.#stream === stream) this.#lose();
    };
    stream.on('error', ended);
    stream.on('end', ended);
    stream.on('drain', () => {
      if (this.#stream === stream) this.#isWritable = true;
    });
    stream.on('data', (answer: HeartbeatStreamResponse__Output) => {
      if (this.#stream === stream) this.#answered(answer);
    });
  }

  #answered({ batchId, rejections }: HeartbeatStreamResponse__Output): void {
    const batch = this.#sent.get(batchId);
    this.#sent.delete(batchId);
    const rejected = new Set(rejections.map(({ index }) => index));
    for (const [index, beat] of (batch?.beats ?? []).entries()) {
      if (!rejected.has(index)) this.#acknowledged(beat);
    }
    if (batch && rejected.size < batch.beats.length) this.service.succeeded(Date.now());
  }

  /** The stream is of no more use: what it left unanswered waits for the next one. */
  #lose(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.cancel();
    this.#retryMs = Date.now() + RETRY_MS;
    this.#node = (this.#node + 1) % this.#clients.length;
    const again = new Map<string, Beat>();
    for (const { beats } of this.#sent.values()) for (const beat of beats) again.set(beat.user.id, beat);
    for (const beat of this.#waiting.values()) again.set(beat.user.id, beat);
    this.#sent.clear();
    this.#waiting = again;
  }
}
