import type { Clock } from '../../clock.js';
import { Column } from './columns.js';
import { TimerQueue } from './timers.js';

/**
 * A timer fires when all but so much of the lateness has passed: if what is learned of the fleet has changed since it was
 * armed, the user is read then, in time for a crossing that came earlier by as much.
 */
const EARLY_SHARE = 0.1;
const EARLY_MS_MAX = 0xffff;

/** A crossing that rounding leaves a hair ahead must not spin, ms. */
const MIN_DELAY_MS = 0.5;

/** When a user is to be read, as seen from a reading. Times are µs of the store's clock. */
interface NextCrossing {
  readonly atUs: number;
  readonly nowUs: number;
  /** The node's clock at `nowUs`, or a little later. */
  readonly readMs: number;
  /** The part of the silence before `atUs` that is lateness; 0 where tables do not move the crossing. */
  readonly latenessUs: number;
}

/** The timers of watched users, one each, armed at the next crossing. 18 bytes a user. */
export class CrossingTimers {
  /** Timers that fired, those that only waited for the rest included. */
  fired = 0;
  readonly #queue: TimerQueue;
  /** By how much the timer fires before the crossing, whole ms. */
  readonly #earlyMs = Column.uint16();

  /** `due` gets users whose crossing has come; or is near, while `isStale` says that it may have moved. */
  constructor(
    clock: Clock,
    { isStale, due }: { isStale: (user: number) => boolean; due: (user: number) => void },
  ) {
    this.#queue = new TimerQueue(clock, (users) => {
      this.fired += users.length;
      for (const user of users) {
        const earlyMs = this.#earlyMs.get(user);
        this.#earlyMs.set(user, 0);
        if (earlyMs > 0 && !isStale(user)) this.#queue.postpone(user, earlyMs);
        else due(user);
      }
    });
  }

  get size(): number {
    return this.#queue.size;
  }

  /** When the timer fires next, on the node's clock; Infinity when it is not armed. */
  dueMs(user: number): number {
    return this.#queue.dueMs(user);
  }

  arm(user: number, { atUs, nowUs, readMs, latenessUs }: NextCrossing): void {
    const delayMs = Math.max(MIN_DELAY_MS, (atUs - nowUs) / 1000);
    const earlyMs = Math.min(EARLY_MS_MAX, Math.max(0, Math.floor((EARLY_SHARE * latenessUs) / 1000)));
    // Read so near to it, for whatever reason: the next time is at the crossing.
    const isNear = earlyMs >= delayMs;
    this.#earlyMs.set(user, isNear ? 0 : earlyMs);
    this.#queue.arm(user, readMs + (isNear ? delayMs : delayMs - earlyMs));
  }

  cancel(user: number): void {
    this.#queue.cancel(user);
  }

  close(): void {
    this.#queue.close();
  }
}
