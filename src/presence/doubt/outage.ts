import type { Clock } from '../../clock.js';
import { StoreUnavailableError } from '../../store/store.js';
import type { BlindTime } from './blind-times.js';

/** An outage is taken to have begun with the last call that was answered, if that was not longer before the first that failed, ms. */
const UNNOTICED_MS_MAX = 1_000;

/** What hears of an outage. */
interface OutageListener {
  /** It began, or goes on, or is over. */
  noted(time: BlindTime): void;
  began(error: Error): void;
  ended(): void;
}

/**
 * Whether one kind of calls of the store fails because it cannot be reached, and since when. Heartbeats and questions have one
 * each: a server may answer one and not the other, as one that may only be read does.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #listener: OutageListener;
  #time: BlindTime | undefined;
  /** When the last call was made that was answered. */
  #answeredMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, listener: OutageListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** The last call has failed. */
  get isOpen(): boolean {
    return this.#time !== undefined;
  }

  /** Makes a call, and takes note of what becomes of it, which is the caller's to handle. */
  async watch<T>(call: () => Promise<T>): Promise<T> {
    const startedMs = this.#clock.nowMs();
    try {
      const answer = await call();
      this.#answeredMs = startedMs;
      this.#end();
      return answer;
    } catch (error) {
      if (error instanceof StoreUnavailableError) this.#fail(startedMs, error);
      throw error;
    }
  }

  /** It is out since before the first call that failed was made, not since that was known. */
  #fail(startedMs: number, error: Error): void {
    const isNew = this.#time === undefined;
    const nowMs = this.#clock.nowMs();
    this.#time ??= {
      fromMs: Math.max(this.#answeredMs, startedMs - UNNOTICED_MS_MAX),
      toMs: nowMs,
      isOver: false,
    };
    this.#time.toMs = nowMs;
    this.#listener.noted(this.#time);
    if (isNew) this.#listener.began(error);
  }

  #end(): void {
    const time = this.#time;
    if (!time) return;
    this.#time = undefined;
    time.toMs = this.#clock.nowMs();
    time.isOver = true;
    this.#listener.noted(time);
    this.#listener.ended();
  }
}
