import type { Clock } from '../clock.js';
import { LimitReachedError, RateReachedError } from '../presence/errors.js';
import { TokenBucket } from '../token-bucket.js';

/** What every caller may have of a node. */
export interface CallerLimits {
  /** Calls of gRPC, requests of HTTP, and messages of Track. */
  readonly callsPerSecond: number;
  /** Heartbeats of HeartbeatStreams. */
  readonly heartbeatsPerSecond: number;
  /** Streams open at a time, of whatever rpc or route. */
  readonly streamsMax: number;
}

/** Who has called nothing for so long may call as much at once, s. */
const BURST_SECONDS = 2;

/** The largest that may be set. */
export const CALLS_PER_SECOND_MAX = 1_000_000;
export const HEARTBEATS_PER_SECOND_MAX = 10_000_000;
export const CALLER_STREAMS_MAX = 1_000_000;

/** What one caller has left of its limits on this node, whatever connections and proofs it uses. */
export class Allowance {
  /** For /metrics. `held`: times that a stream was read no further for a while. */
  readonly counts = { callsRefused: 0, streamsRefused: 0, held: 0 };
  readonly #caller: string;
  readonly #clock: Clock;
  readonly #calls: TokenBucket;
  readonly #heartbeats: TokenBucket;
  #streamsMax: number;
  #streams = 0;

  constructor(caller: string, limits: CallerLimits, clock: Clock) {
    this.#caller = caller;
    this.#clock = clock;
    this.#calls = new TokenBucket(limits.callsPerSecond, BURST_SECONDS, clock.nowMs());
    this.#heartbeats = new TokenBucket(limits.heartbeatsPerSecond, BURST_SECONDS, clock.nowMs());
    this.#streamsMax = limits.streamsMax;
  }

  /** Streams open now, and how many may be. */
  get streams(): number {
    return this.#streams;
  }

  get streamsMax(): number {
    return this.#streamsMax;
  }

  /** Other limits from now on. Streams beyond them stay. */
  change({ callsPerSecond, heartbeatsPerSecond, streamsMax }: CallerLimits): void {
    const nowMs = this.#clock.nowMs();
    this.#calls.change(callsPerSecond, nowMs);
    this.#heartbeats.change(heartbeatsPerSecond, nowMs);
    this.#streamsMax = streamsMax;
  }

  /** Throws RateReachedError where the caller calls too often. */
  call(): void {
    const nowMs = this.#clock.nowMs();
    const retryAfterMs = this.#calls.waitMs(nowMs);
    if (retryAfterMs > 0) {
      this.counts.callsRefused += 1;
      const what = `calls a second of ${this.#caller} (limits.caller_calls_per_second)`;
      throw new RateReachedError(what, this.#calls.perSecond, retryAfterMs);
    }
    this.#calls.spend(1, nowMs);
  }

  /** Takes note of a message that came on a stream; returns for how long nothing more should be read, ms. */
  message(): number {
    return this.#hold(this.#calls, 1);
  }

  /** The same of one with so many heartbeats. */
  heartbeats(count: number): number {
    return this.#hold(this.#heartbeats, count);
  }

  /** Throws LimitReachedError where the caller has too many streams. */
  openStream(): void {
    if (this.#streams >= this.#streamsMax) {
      this.counts.streamsRefused += 1;
      throw new LimitReachedError(`streams of ${this.#caller} (limits.caller_streams_max)`, this.#streamsMax);
    }
    this.#streams += 1;
  }

  closeStream(): void {
    this.#streams -= 1;
  }

  #hold(bucket: TokenBucket, cost: number): number {
    const nowMs = this.#clock.nowMs();
    bucket.spend(cost, nowMs);
    const waitMs = bucket.waitMs(nowMs);
    if (waitMs > 0) this.counts.held += 1;
    return waitMs;
  }
}
