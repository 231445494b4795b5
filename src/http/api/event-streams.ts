import type { ServerResponse } from 'node:http';
import type { Permit } from '../../access/permit.js';
import { SHUTTING_DOWN } from '../../api/failure.js';
import type { Clock } from '../../clock.js';
import { LimitReachedError } from '../../presence/errors.js';
import { EventStream } from './event-stream.js';
import { HttpError } from './http-error.js';

/** So often those are looked up who are shown, ms. */
const TICK_MS = 1_000;
/** A comment goes to every stream each so many ticks. */
const KEEP_ALIVE_TICKS = 15;

export interface EventStreamLimits {
  readonly eventStreamsMax: number;
  /** A stream that is not read ends after so long, ms. */
  readonly unreadMs: number;
}

/** What fills a stream. */
export interface EventSource {
  /** Offers from now on what there is to be told. What it throws is the answer in place of a stream. */
  open(stream: EventStream): void;
  /** Called once a second. */
  tick(): void;
  close(): void;
}

/** The open streams of a node: how many there may be, one timer for all of them, and their end. */
export class EventStreams {
  /** For /metrics. */
  readonly counts = { refused: 0, unread: 0 };
  readonly max: number;
  readonly #unreadMs: number;
  readonly #clock: Clock;
  readonly #open = new Map<EventStream, EventSource>();
  #replacedBefore = 0;
  #ticks = 0;
  #isClosing = false;
  #cancelTick = () => {};

  constructor(clock: Clock, { eventStreamsMax, unreadMs }: EventStreamLimits) {
    this.#clock = clock;
    this.max = eventStreamsMax;
    this.#unreadMs = unreadMs;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Of these, those whose readers do not keep up. */
  get lagging(): number {
    let lagging = 0;
    for (const stream of this.#open.keys()) if (!stream.hasRoom) lagging += 1;
    return lagging;
  }

  /** Events that a newer one took the place of, because the reader did not keep up. */
  get replaced(): number {
    let replaced = this.#replacedBefore;
    for (const stream of this.#open.keys()) replaced += stream.replaced;
    return replaced;
  }

  /**
   * Opens a stream that `source` fills, for as long as it is permitted. Throws LimitReachedError where there are too many, on this
   * node or of the caller, or what `source` throws when it opens; nothing is sent then.
   */
  start(response: ServerResponse, source: EventSource, permit: Permit): void {
    if (this.#isClosing) throw new HttpError(SHUTTING_DOWN);
    if (this.#open.size >= this.max) {
      this.counts.refused += 1;
      throw new LimitReachedError('event streams of this node', this.max);
    }
    const stream = new EventStream(response);
    stream.closed = () => {
      permit.release();
      this.#closed(stream, source);
    };
    // Whoever connects again is told why.
    permit.hold(() => stream.end());
    try {
      source.open(stream);
    } catch (error) {
      permit.release();
      source.close();
      throw error;
    }
    this.#open.set(stream, source);
    if (this.#open.size === 1) this.#tickLater();
    stream.begin();
  }

  /** Ends all streams, and opens no more. */
  close(): void {
    this.#isClosing = true;
    for (const stream of this.#open.keys()) stream.end();
  }

  #closed(stream: EventStream, source: EventSource): void {
    if (!this.#open.delete(stream)) return;
    this.#replacedBefore += stream.replaced;
    source.close();
    if (this.#open.size === 0) this.#cancelTick();
  }

  #tickLater(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    this.#ticks += 1;
    const isAlive = this.#ticks % KEEP_ALIVE_TICKS === 0;
    for (const [stream, source] of this.#open) {
      if (stream.unreadTicks * TICK_MS >= this.#unreadMs) {
        this.counts.unread += 1;
        stream.abandon();
        continue;
      }
      stream.unreadTicks += stream.hasRoom ? 0 : 1;
      if (isAlive) stream.keepAlive();
      source.tick();
    }
    if (this.#open.size > 0) this.#tickLater();
  }
}
