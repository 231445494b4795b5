import { once } from 'node:events';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type Clock, systemClock } from '../clock.js';
import type { Heartbeat } from '../gen/phid/v1/Heartbeat.js';
import type { HeartbeatStreamRequest } from '../gen/phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse__Output } from '../gen/phid/v1/HeartbeatStreamResponse.js';
import { TimerQueue } from '../presence/watching/timers.js';
import type { TraceLane } from './trace-lane.js';

/** What a server takes in one message, unless it was configured otherwise. */
const MESSAGE_HEARTBEATS_MAX = 1_000;
const REASONS_MAX = 5;

export interface TraceCounts {
  sent: number;
  acknowledged: number;
  rejected: number;
  /** How late the latest heartbeat left, ms: what the sender itself added to the recorded gaps. */
  latenessMsMax: number;
  /** What the first rejected ones were rejected for. */
  readonly reasons: string[];
}

interface TraceSendingOptions {
  readonly namespace: string;
  readonly origin: string;
  /** Ends the sending early; what was sent is still waited for. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

type Stream = ClientDuplexStream<HeartbeatStreamRequest, HeartbeatStreamResponse__Output>;

/** Sends the heartbeats of lanes over one stream, each at its time. */
export class TraceSending {
  readonly counts: TraceCounts = { sent: 0, acknowledged: 0, rejected: 0, latenessMsMax: 0, reasons: [] };
  readonly #stream: Stream;
  readonly #options: TraceSendingOptions;
  readonly #lanes: readonly TraceLane[];
  /** A row for each lane, from 1. */
  readonly #timers: TimerQueue;
  readonly #ready: number[] = [];
  readonly #clock: Clock;
  readonly #sent: Promise<void>;
  #done: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #lanesLeft: number;
  #startMs = 0;
  #isSending = false;

  constructor(stream: Stream, lanes: readonly TraceLane[], options: TraceSendingOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#lanes = lanes;
    this.#lanesLeft = lanes.length;
    this.#sent = new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#fail = reject;
    });
    this.#timers = new TimerQueue(this.#clock, (due) => {
      for (const row of due) this.#ready.push(row);
      if (!this.#isSending) void this.#send().catch(this.#fail);
    });
  }

  /** Resolves when all is sent and answered. Rejects with the error of the stream, or a TraceError. */
  async run(lanes: readonly TraceLane[]): Promise<void> {
    const answered = new Promise<void>((resolve, reject) => {
      this.#stream.on('data', (response: HeartbeatStreamResponse__Output) => this.#count(response));
      this.#stream.on('end', resolve);
      this.#stream.on('error', reject);
    });
    // Either may fail while nobody waits for it.
    answered.catch(() => {});
    this.#options.signal.addEventListener('abort', this.#done, { once: true });
    try {
      // Before the clock starts: connecting takes time, and so does finding a user at the end of a large file. The
      // empty batch is answered, or ends the stream when the namespace or the origin is wrong.
      const { namespace, origin } = this.#options;
      this.#stream.write({ namespace, origin, heartbeats: [] });
      await Promise.all([
        Promise.race([once(this.#stream, 'data'), answered]),
        ...lanes.map((lane) => lane.advance()),
      ]);
      this.#startMs = this.#clock.nowMs();
      for (let row = 1; row <= lanes.length; row++) this.#rearm(row);
      await Promise.race([this.#sent, answered]);
      this.#stream.end();
      await answered;
    } finally {
      this.#timers.close();
      this.#stream.cancel();
      await Promise.all(lanes.map((lane) => lane.close()));
    }
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    let batch: Heartbeat[] = [];
    for (let row = this.#ready.shift(); row; row = this.#ready.shift()) {
      const lane = this.#laneOf(row);
      while (lane.next && this.#startMs + lane.next.atMs <= this.#clock.nowMs()) {
        if (this.#options.signal.aborted) return;
        const lateMs = this.#clock.nowMs() - this.#startMs - lane.next.atMs;
        this.counts.latenessMsMax = Math.max(this.counts.latenessMsMax, lateMs);
        batch.push(lane.next.heartbeat);
        if (batch.length === MESSAGE_HEARTBEATS_MAX) await this.#write(batch.splice(0));
        await lane.advance();
      }
      this.#rearm(row);
      if (this.#ready.length === 0 && batch.length > 0) {
        const full = batch;
        batch = [];
        await this.#write(full);
      }
    }
    this.#isSending = false;
    if (this.#lanesLeft === 0) this.#done();
  }

  async #write(heartbeats: Heartbeat[]): Promise<void> {
    const { namespace, origin } = this.#options;
    this.counts.sent += heartbeats.length;
    const hasRoom = this.#stream.write({ namespace, origin, batchId: this.counts.sent, heartbeats });
    // A server that reads no further holds the sender back; the lateness tells of it.
    if (!hasRoom) await once(this.#stream, 'drain');
  }

  #laneOf(row: number): TraceLane {
    return this.#lanes[row - 1] as TraceLane;
  }

  #rearm(row: number): void {
    const { next } = this.#laneOf(row);
    if (next) this.#timers.arm(row, this.#startMs + next.atMs);
    else this.#lanesLeft -= 1;
  }

  #count({ accepted, rejections }: HeartbeatStreamResponse__Output): void {
    this.counts.acknowledged += accepted;
    this.counts.rejected += rejections.length;
    const { reasons } = this.counts;
    for (const { reason } of rejections) {
      if (reasons.length < REASONS_MAX && !reasons.includes(reason)) reasons.push(reason);
    }
  }
}
