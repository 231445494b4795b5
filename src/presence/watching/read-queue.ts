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

/** Who waited at a moment of the node's clock: how many of each queue have not been taken since. */
interface Mark {
  readonly atMs: number;
  due: number;
  background: number;
}

/** Tracked users who are to be read, each once however often it was asked for. */
export class ReadQueue {
  readonly #users: TrackedUsers;
  readonly #clock: Clock;
  readonly #wanted: () => void;
  readonly #due = new RowQueue();
  readonly #background = new RowQueue();
  #cancelLeisure: (() => void) | undefined;
  /** The last batch has not been shown yet, nor put back. */
  #isReading = false;
  #mark: Mark | undefined;
  #readUpToMs = Number.NEGATIVE_INFINITY;

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

  /**
   * Everybody who was to be read by then has been, on the node's clock, ms. Of a queue that is never empty that is some way back, and
   * found out by asking again.
   */
  get readUpToMs(): number {
    const atMs = this.#clock.nowMs();
    if (this.size === 0 && !this.#isReading) return atMs;
    this.#mark ??= { atMs, due: this.#due.size, background: this.#background.size };
    return this.#readUpToMs;
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
    const take = (name: 'due' | 'background', usersMax: number) => {
      const queue = name === 'due' ? this.#due : this.#background;
      const end = rows.length + usersMax;
      for (let user = 0; rows.length < end; ) {
        user = queue.shift();
        if (user === NONE) return;
        if (this.#mark) this.#mark[name] -= 1;
        if (!this.#users.isTracked(user) || this.#users.isInFlight(user)) continue;
        this.#users.takeOff(user);
        rows.push(user);
        userIds.push(this.#users.idOf(user));
      }
    };
    take('due', DUE_MAX);
    take('background', BACKGROUND_MAX);
    this.#isReading = rows.length > 0;
    return { rows, userIds };
  }

  /** The last batch was shown. */
  shown(): void {
    this.#isReading = false;
    const mark = this.#mark;
    if (!mark || mark.due > 0 || mark.background > 0) return;
    this.#readUpToMs = mark.atMs;
    this.#mark = undefined;
  }

  /** The last batch could not be read: those of it who are still to be read are due. Who waited with them is not told apart any more. */
  putBack(users: readonly number[]): void {
    this.#isReading = false;
    this.#mark = undefined;
    for (const user of users) this.due(user);
  }

  close(): void {
    this.#cancelLeisure?.();
  }
}
