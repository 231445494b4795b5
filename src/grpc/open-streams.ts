import { status } from '@grpc/grpc-js';
import type { Clock } from '../clock.js';
import { LimitReachedError } from '../presence/errors.js';
import { type RpcError, shuttingDown } from './status.js';

/** A stream that somebody has to end: the server when it stops, or for what its caller does not do. */
export interface OpenStream {
  /** Since when it has had nothing to tell or to be told, ms; undefined: it has. */
  readonly idleSinceMs?: number | undefined;
  /** Since when nothing was taken of what its caller was sent, ms; undefined: there is nothing to be taken. */
  readonly unreadSinceMs?: number | undefined;
  /** Ends it with `error`; what was received before is answered first. */
  end(error: RpcError): Promise<void>;
  /** Ends it at once: whatever waits to be sent will not be read. */
  abandon?(): void;
}

export interface OpenStreamLimits {
  /** HeartbeatStreams of this node. Streams that watch have limits of their own (WatchLimits, ChangeLogsSettings). */
  readonly heartbeatStreamsMax: number;
  /** A stream with nothing to do ends after so long, ms. */
  readonly idleMs: number;
  /** A stream that is not read ends after so long, ms. */
  readonly unreadMs: number;
}

/** Watches of this node's health: for everybody, so that there must be an end to them. */
const HEALTH_WATCHES_MAX = 1_000;
/** So often streams are looked at, ms. */
const REVIEW_INTERVAL_MS = 1_000;

/** Streams whose number is limited here. */
type Limited = 'HeartbeatStream' | 'Health/Watch';

/** The open streams of a node's gRPC: how many there may be, one timer for all of them, and their end. */
export class OpenStreams {
  readonly limits: OpenStreamLimits;
  /** For /metrics: refused, because there were too many; ended, because they had nothing to do or were not read. */
  readonly counts = { refused: 0, idle: 0, unread: 0 };
  readonly #clock: Clock;
  readonly #open = new Map<OpenStream, Limited | undefined>();
  readonly #sizes: Record<Limited, number> = { HeartbeatStream: 0, 'Health/Watch': 0 };
  #cancelReview = () => {};

  constructor(clock: Clock, limits: OpenStreamLimits) {
    this.#clock = clock;
    this.limits = limits;
  }

  /** Open HeartbeatStreams. */
  get heartbeatStreams(): number {
    return this.#sizes.HeartbeatStream;
  }

  /** Throws LimitReachedError where there are too many of the kind. */
  add(stream: OpenStream, kind?: Limited): void {
    if (kind) {
      const max = kind === 'HeartbeatStream' ? this.limits.heartbeatStreamsMax : HEALTH_WATCHES_MAX;
      if (this.#sizes[kind] >= max) {
        this.counts.refused += 1;
        throw new LimitReachedError(`${kind} streams on this node`, max);
      }
      this.#sizes[kind] += 1;
    }
    this.#open.set(stream, kind);
    if (this.#open.size === 1) this.#reviewLater();
  }

  /** Says whether it was open. */
  delete(stream: OpenStream): boolean {
    const kind = this.#open.get(stream);
    if (!this.#open.delete(stream)) return false;
    if (kind) this.#sizes[kind] -= 1;
    if (this.#open.size === 0) this.#cancelReview();
    return true;
  }

  /** Ends all: the server stops. */
  async end(): Promise<void> {
    await Promise.all(Array.from(this.#open.keys(), (stream) => stream.end(shuttingDown)));
  }

  #reviewLater(): void {
    this.#cancelReview = this.#clock.after(REVIEW_INTERVAL_MS, () => {
      this.#review();
      if (this.#open.size > 0) this.#reviewLater();
    });
  }

  #review(): void {
    const { idleMs, unreadMs } = this.limits;
    const nowMs = this.#clock.nowMs();
    for (const stream of this.#open.keys()) {
      const { idleSinceMs = nowMs, unreadSinceMs = nowMs } = stream;
      if (nowMs - unreadSinceMs >= unreadMs) {
        this.counts.unread += 1;
        stream.abandon?.();
      } else if (nowMs - idleSinceMs >= idleMs) {
        this.counts.idle += 1;
        void stream.end(idle(idleMs));
      }
    }
  }
}

function idle(idleMs: number): RpcError {
  const details = `nothing was to be done on this stream for ${idleMs / 1000} s (limits.stream_idle); open it again when there is`;
  return { code: status.RESOURCE_EXHAUSTED, details };
}
