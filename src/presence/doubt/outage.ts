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
 *
 * A store is out while a partition of it is: heartbeats come in messages of users of all of them, a message is acknowledged when
 * all of it is recorded, and so whoever waits for one partition soon brings nothing of the others either.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #listener: OutageListener;
  #time: BlindTime | undefined;
  /** Partitions whose last call has failed. */
  readonly #away = new Set<number>();
  /** When the last call of each partition was made that was answered. */
  readonly #answeredMs = new Map<number, number>();

  constructor(clock: Clock, listener: OutageListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** The last call of a partition has failed. */
  get isOpen(): boolean {
    return this.#away.size > 0;
  }

  /** Makes a call of a partition, and takes note of what becomes of it, which is the caller's to handle. */
  async watch<T>(partition: number, call: () => Promise<T>): Promise<T> {
    const startedMs = this.#clock.nowMs();
    try {
      const answer = await call();
      this.#answeredMs.set(partition, startedMs);
      if (this.#away.delete(partition) && this.#away.size === 0) this.#end();
      return answer;
    } catch (error) {
      if (error instanceof StoreUnavailableError) this.#fail(partition, startedMs, error);
      throw error;
    }
  }

  /** It is out since before the first call that failed was made, not since that was known. */
  #fail(partition: number, startedMs: number, error: Error): void {
    this.#away.add(partition);
    const isNew = this.#time === undefined;
    const nowMs = this.#clock.nowMs();
    const answeredMs = this.#answeredMs.get(partition) ?? Number.NEGATIVE_INFINITY;
    const fromMs = Math.max(answeredMs, startedMs - UNNOTICED_MS_MAX);
    this.#time ??= { fromMs, toMs: nowMs, isOver: false };
    this.#time.fromMs = Math.min(this.#time.fromMs, fromMs);
    this.#time.toMs = nowMs;
    this.#listener.noted(this.#time);
    if (isNew) this.#listener.began(error);
  }

  #end(): void {
    const time = this.#time as BlindTime;
    this.#time = undefined;
    time.toMs = this.#clock.nowMs();
    time.isOver = true;
    this.#listener.noted(time);
    this.#listener.ended();
  }
}
