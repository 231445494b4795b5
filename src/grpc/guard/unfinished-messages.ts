import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../clock.js';
import { MessageFraming } from './message-framing.js';

/** A call that waits for a message costs about so much, before any of it has come. */
const CALL_BYTES = 4_096;
/** How often it is looked whether a message takes too long, ms. */
const LOOK_MS = 1_000;

interface UnfinishedLimits {
  /** What unfinished messages of all calls may hold. */
  readonly bytesMax: number;
  /** From its first byte, or from the call where it can have only one message, until a message is whole. */
  readonly msMax: number;
}

/** For /metrics. */
export class UnfinishedCounts {
  bytes = 0;
  /** Calls ended for one that held too much, or took too long. */
  ended = 0;
}

interface Unfinished {
  readonly sinceMs: number;
  bytes: number;
}

/**
 * Messages of which something has come, and not all. The library keeps what has come for as long as the call lasts, which a
 * client may draw out, on as many calls as it likes, before it has proved who it is. Here they are ended, the one
 * that has waited the longest first: those of honest clients are whole within milliseconds.
 */
export class UnfinishedMessages {
  readonly #limits: UnfinishedLimits;
  readonly #counts: UnfinishedCounts;
  readonly #clock: Clock;
  /** That began first, first. */
  readonly #unfinished = new Map<ServerHttp2Stream, Unfinished>();
  #cancelLook = () => {};

  constructor(limits: UnfinishedLimits, counts: UnfinishedCounts, clock: Clock) {
    this.#limits = limits;
    this.#counts = counts;
    this.#clock = clock;
    this.#lookLater();
  }

  /** `isAwaited`: the call can do nothing before its message has come. */
  follow(stream: ServerHttp2Stream, isAwaited: boolean): void {
    const framing = new MessageFraming();
    if (isAwaited) this.#begin(stream);
    // Ahead of the library, which is to find a call that was ended for this piece closed.
    stream.prependListener('data', (piece: Buffer) => {
      if (framing.take(piece)) this.#forget(stream);
      if (framing.unfinishedBytes > 0) this.#hold(stream, framing.unfinishedBytes);
    });
    stream.once('close', () => this.#forget(stream));
  }

  close(): void {
    this.#cancelLook();
  }

  #begin(stream: ServerHttp2Stream): Unfinished {
    const begun = { sinceMs: this.#clock.nowMs(), bytes: CALL_BYTES };
    this.#unfinished.set(stream, begun);
    this.#counts.bytes += CALL_BYTES;
    this.#makeRoom();
    return begun;
  }

  #hold(stream: ServerHttp2Stream, unfinishedBytes: number): void {
    const unfinished = this.#unfinished.get(stream) ?? this.#begin(stream);
    const bytes = CALL_BYTES + unfinishedBytes;
    this.#counts.bytes += bytes - unfinished.bytes;
    unfinished.bytes = bytes;
    this.#makeRoom();
  }

  #forget(stream: ServerHttp2Stream): void {
    const unfinished = this.#unfinished.get(stream);
    if (!unfinished) return;
    this.#unfinished.delete(stream);
    this.#counts.bytes -= unfinished.bytes;
  }

  #makeRoom(): void {
    for (const stream of this.#unfinished.keys()) {
      if (this.#counts.bytes <= this.#limits.bytesMax) return;
      this.#end(stream);
    }
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_MS, () => {
      this.#endSlow();
      this.#lookLater();
    });
  }

  #endSlow(): void {
    const beganMs = this.#clock.nowMs() - this.#limits.msMax;
    for (const [stream, { sinceMs }] of this.#unfinished) {
      if (sinceMs > beganMs) return;
      this.#end(stream);
    }
  }

  /** The client hears RESOURCE_EXHAUSTED: so gRPC reads this code. */
  #end(stream: ServerHttp2Stream): void {
    this.#forget(stream);
    this.#counts.ended += 1;
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    // Not when the client has taken that: it may never.
    stream.destroy();
  }
}
