import type { Clock } from '../../clock.js';
import { type Arrival, ArrivalFlag, isAnnounced } from '../../detector/arrival.js';
import type { Clocks, ReceivedHeartbeat } from '../../store/store.js';
import { Column, NONE } from './columns.js';
import { TimerQueue } from './timers.js';

/**
 * A timer fires when all but so much of the lateness has passed: if what is learned of the fleet has changed since it was
 * armed, the user is read then, in time for a crossing that came earlier by as much.
 */
const EARLY_SHARE = 0.1;
const EARLY_MS_MAX = 0xffff;
const ERA_MASK = 0xffff;

/** Arrivals that change nothing for whoever watches. */
const UNCHANGING_FLAGS = ArrivalFlag.STALE | ArrivalFlag.UNREADABLE | ArrivalFlag.INVISIBLE;

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

/** The timers of watched users, one each, armed at the next crossing. 32 bytes a user. */
export class CrossingTimers {
  /** Timers that fired, those that only waited for the rest included. */
  fired = 0;
  readonly #queue: TimerQueue;
  readonly #era: () => number;
  /** By how much the timer fires before the crossing, whole ms. */
  readonly #earlyMs = Column.uint16();
  /** When the user was heard since the timer was armed, on the node's clock; 0: not since. Nothing is crossed for so long then. */
  readonly #heardMs = Column.float64();
  readonly #quietMs = Column.float32();
  /** The era in which that was known; of 65,536 in turn, which is longer than anybody is quiet. */
  readonly #quietEra = Column.uint16();

  /**
   * `due` gets users whose crossing has come, and who were not heard since; or is near, while `isStale` says that it may have
   * moved. `era`: the current one; what was known of a user in another one is not relied on.
   */
  constructor(
    clock: Clock,
    options: {
      readonly isStale: (user: number) => boolean;
      readonly era: () => number;
      readonly due: (user: number) => void;
    },
  ) {
    const { isStale, era, due } = options;
    this.#era = era;
    this.#queue = new TimerQueue(clock, (users) => {
      this.fired += users.length;
      const nowMs = clock.nowMs();
      for (const user of users) {
        const earlyMs = this.#earlyMs.get(user);
        const quietUntilMs = this.#heardMs.get(user) + this.#quietMs.get(user);
        this.#earlyMs.set(user, 0);
        if (quietUntilMs > nowMs && this.#quietEra.get(user) === (era() & ERA_MASK))
          this.#queue.arm(user, quietUntilMs);
        else if (earlyMs > 0 && !isStale(user)) this.#queue.postpone(user, earlyMs);
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
    this.#heardMs.set(user, 0);
    this.#quietMs.set(user, 0);
    this.#queue.arm(user, readMs + (isNear ? delayMs : delayMs - earlyMs));
  }

  /** The user was heard, and crosses nothing for so long: the timer need not fire, unless it is armed anew. O(1). */
  hear(user: number, { atMs, quietMs }: { readonly atMs: number; readonly quietMs: number }): void {
    this.#heardMs.set(user, atMs);
    this.#quietMs.set(user, quietMs);
    this.#quietEra.set(user, this.#era() & ERA_MASK);
  }

  /** As `hear`, of whoever has a timer of those who were recorded; `find` says the user's row, or NONE. O(heartbeats). */
  hearAll(
    heartbeats: readonly ReceivedHeartbeat[],
    arrivals: readonly Arrival[],
    { clocks, find }: { readonly clocks: Clocks; readonly find: (userId: string) => number },
  ): void {
    for (let i = 0; i < arrivals.length; i++) {
      const { flags, atUs, is } = arrivals[i] as Arrival;
      if (flags & UNCHANGING_FLAGS) continue;
      const user = find((heartbeats[i] as ReceivedHeartbeat).userId);
      if (user === NONE) continue;
      const atMs = clocks.nowMs + (atUs - clocks.nowUs) / 1000;
      const quietMs = isAnnounced(flags) ? 0 : (is.atUs - atUs) / 1000;
      this.hear(user, { atMs, quietMs });
    }
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
}
