import type { Clock } from '../../clock.js';
import { NONE } from './columns.js';
import { RowQueue } from './row-queue.js';
import type { TrackedUsers } from './tracked-users.js';

/** Users of a batch of whom something is due: judged in a quarter of a millisecond, told in 5 if everybody changed. */
const DUE_MAX = 100;
/** Users added to it who wait for their snapshot, or are read because everybody is. */
export const BACKGROUND_MAX = 100;

/**
 * Who is only counted waits so long for others to be read with, ms: a call for each would cost ten times what reading the user
 * does. What callers watch is read at once.
 */
const LEISURE_MS = 50;

/** Tracked users who are to be read, each once however often it was asked for. */
export class ReadQueue {
  readonly #users: TrackedUsers;
  readonly #clock: Clock;
  readonly #wanted: () => void;
  readonly #due = new RowQueue();
  readonly #background = new RowQueue();
  #cancelLeisure: (() => void) | undefined;

  /** `wanted` hears that there is somebody to be taken. */
  constructor(users: TrackedUsers, clock: Clock, wanted: () => void) {
    this.#users = users;
    this.#clock = clock;
    this.#wanted = wanted;
  }

  /** How many wait; who is due and in the background too counts twice. */
  get size(): number {
    return this.#due.size + this.#background.size;
  }

  /** Has a user read with the next batch. Whoever asks for some says `wake` after the last. */
  due(user: number): void {
    this.#due.push(user);
  }

  /** As `due`, after those who are due. */
  background(user: number): void {
    this.#background.push(user);
  }

  wake(): void {
    if (this.size > 0) this.#wanted();
  }

  /** A little later, unless others are read before. */
  wakeAtLeisure(): void {
    if (this.size === 0) return;
    this.#cancelLeisure ??= this.#clock.after(LEISURE_MS, () => {
      this.#cancelLeisure = undefined;
      this.wake();
    });
  }

  /** The next to be read, who are in flight from now on; nobody twice at a time. */
  take(): { readonly rows: readonly number[]; readonly userIds: readonly string[] } {
    const rows: number[] = [];
    const userIds: string[] = [];
    const take = (queue: RowQueue, usersMax: number) => {
      const end = rows.length + usersMax;
      for (let user = 0; rows.length < end; ) {
        user = queue.shift();
        if (user === NONE) return;
        if (!this.#users.isTracked(user) || this.#users.isInFlight(user)) continue;
        this.#users.takeOff(user);
        rows.push(user);
        userIds.push(this.#users.idOf(user));
      }
    };
    take(this.#due, DUE_MAX);
    take(this.#background, BACKGROUND_MAX);
    return { rows, userIds };
  }

  close(): void {
    this.#cancelLeisure?.();
  }
}
