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
export interface NextCrossing {
  readonly atUs: number;
  readonly nowUs: number;
  /** The node's clock at `nowUs`, or a little later. */
  readonly readMs: number;
  /** The part of the silence before `atUs` that is lateness; 0 where tables do not move the crossing. */
  readonly latenessUs: number;
}

/** How much before a crossing a timer fires, of whose silence `latenessUs` are lateness. */
export function earlyUs(latenessUs: number): number {
  return Math.max(0, EARLY_SHARE * latenessUs);
}

/** The timers of watched users, one each, armed at the next crossing. 30 bytes a user. */
export class CrossingTimers {
  /** Timers that fired, those that only waited for the rest included. */
  fired = 0;
  readonly #queue: TimerQueue;
  /** By how much the timer fires before the crossing, whole ms. */
  readonly #earlyMs = Column.uint16();
  /** When the user was heard since the timer was armed, on the node's clock; 0: not since. Nothing is crossed for so long then. */
  readonly #heardMs = Column.float64();
  readonly #quietMs = Column.float32();

  /**
   * `due` gets users whose crossing has come, and who were not heard since; or is near, while `isStale` says that it may have
   * moved.
   */
  constructor(
    clock: Clock,
    options: {
      readonly isStale: (user: number) => boolean;
      readonly due: (user: number) => void;
    },
  ) {
    const { isStale, due } = options;
    const fire = (users: number[]) => {
      this.fired += users.length;
      const nowMs = clock.nowMs();
      for (const user of users) {
        const quietUntilMs = this.#quietUntilMs(user);
        const earlyMs = this.#earlyMs.get(user);
        this.#earlyMs.set(user, 0);
        if (quietUntilMs > nowMs) this.#queue.arm(user, quietUntilMs);
        else if (earlyMs > 0 && !isStale(user)) this.#queue.postpone(user, earlyMs);
        else due(user);
      }
    };
    this.#queue = new TimerQueue(clock, fire, (user) => this.#quietUntilMs(user));
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
    const earlyMs = Math.min(EARLY_MS_MAX, Math.floor(earlyUs(latenessUs) / 1000));
    // Read so near to it, for whatever reason: the next time is at the crossing.
    const isNear = earlyMs >= delayMs;
    this.#earlyMs.set(user, isNear ? 0 : earlyMs);
    this.#heardMs.set(user, 0);
    this.#quietMs.set(user, 0);
    this.#queue.arm(user, readMs + (isNear ? delayMs : delayMs - earlyMs));
  }

  /** The user was heard, and crosses nothing for so long: the timer need not fire, unless it is armed anew. O(1). */
  hear(user: number, { atMs, quietMs }: { readonly atMs: number; readonly quietMs: number }): void {
    this.#heardMs.set(user, atMs);
    this.#quietMs.set(user, quietMs);
  }

  /** When that was, on the node's clock; 0: not since the timer was armed. */
  heardMs(user: number): number {
    return this.#heardMs.get(user);
  }

  cancel(user: number): void {
    this.#queue.cancel(user);
  }

  close(): void {
    this.#queue.close();
  }

  /** Nothing is crossed until then, whatever was known when the timer was armed; 0: the user was not heard since. */
  #quietUntilMs(user: number): number {
    const heardMs = this.#heardMs.get(user);
    if (heardMs === 0) return 0;
    // The crossing that the timer was to be early for is another one now.
    this.#earlyMs.set(user, 0);
    return heardMs + this.#quietMs.get(user);
  }
}
