import type { Status } from '../../detector/status.js';
import { Column, NONE, Rows } from './columns.js';
import { RowLists } from './row-lists.js';
import type { Subscription } from './subscription.js';

/** What a change is judged by: the last sign of life and the last leave, µs (0: none), and whether there was no φ. */
export interface Facts {
  readonly lastSeenUs: number;
  readonly leftUs: number;
  readonly hasLeft: boolean;
}

/** What a subscriber was told of a user, and the facts and the era (eras.ts) that this was judged by. */
export interface Told extends Facts {
  readonly status: Status;
  readonly version: number;
  readonly era: number;
}

/** A status in three bits; 0: none. */
const CODES: Readonly<Record<Status, number>> = { UNKNOWN: 1, ONLINE: 2, SUSPECT: 3, OFFLINE: 4 };
const STATUSES: readonly (Status | undefined)[] = [undefined, 'UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE'];

/**
 * A row's state:   bit  8     7     6         5..3         2..0
 *                       lost  late  has left  status seen  status told
 */
const TOLD_MASK = 0b0000_0111;
const SEEN_MASK = 0b0011_1000;
const SEEN_SHIFT = 3;
const HAS_LEFT = 0b0100_0000;
const LATE = 0b1000_0000;
const LOST = 0b1_0000_0000;

/**
 * Who watches whom: a row for each subscription and user, with what the subscriber was told. Two statuses: the one told,
 * and the one seen last, which differ while the subscriber's stream cannot take more. 70 bytes a row; 4 more of a group's.
 */
export class Watches {
  /** Those who watch a user. */
  readonly ofUser = new RowLists();
  /** Those that a subscription has. */
  readonly ofSubscription = new RowLists();
  /** Those of a subscription that have something to be told and wait for room. */
  readonly untold = new RowLists();
  /** For /metrics: rows of callers by the status told; one that has no snapshot is in none. */
  readonly byStatus: Record<Status, number> = { UNKNOWN: 0, ONLINE: 0, SUSPECT: 0, OFFLINE: 0 };
  readonly #rows = new Rows();
  /** By their numbers, which rows refer to them by. */
  readonly #subscriptions: (Subscription | undefined)[] = [undefined];
  readonly #numbers = new Rows();
  readonly #subscribers = Column.uint32();
  readonly #users = Column.uint32();
  readonly #states = Column.uint16();
  readonly #versions = Column.float64();
  readonly #lastSeenUs = Column.float64();
  readonly #leftUs = Column.float64();
  readonly #eras = Column.uint32();
  readonly #seats = Column.uint32();

  /** A row, in no list yet. `isLate`: an answer about the user is on its way that was asked for before. */
  add(user: number, subscription: Subscription, isLate: boolean): number {
    const row = this.#rows.take();
    if (subscription.number === NONE) {
      subscription.number = this.#numbers.take();
      this.#subscriptions[subscription.number] = subscription;
    }
    this.#users.set(row, user);
    this.#subscribers.set(row, subscription.number);
    this.#states.set(row, isLate ? LATE : 0);
    this.#eras.set(row, 0);
    this.#lastSeenUs.set(row, 0);
    return row;
  }

  /** Removes a row that is in no list any more. */
  remove(row: number): void {
    this.#countTold(row, -1);
    this.#users.set(row, NONE);
    this.#rows.giveBack(row);
  }

  /** A subscription has no row any more. */
  forget(subscription: Subscription): void {
    this.#subscriptions[subscription.number] = undefined;
    this.#numbers.giveBack(subscription.number);
    subscription.number = NONE;
  }

  /** The row of the user who is watched; NONE when the row is not in use. */
  userOf(row: number): number {
    return this.#users.get(row);
  }

  /** Of a row in use. */
  subscriptionOf(row: number): Subscription {
    return this.#subscriptions[this.#subscribers.get(row)] as Subscription;
  }

  /** Whether it came after the answer under way was asked for, which may be older than what the subscriber knows. */
  isLate(row: number): boolean {
    return (this.#states.get(row) & LATE) !== 0;
  }

  /** The member's seat, of a row of an audience. */
  seat(row: number): number {
    return this.#seats.get(row);
  }

  setSeat(row: number, seat: number): void {
    this.#seats.set(row, seat);
  }

  /** That answer has come, or failed to. */
  clearLate(row: number): void {
    this.#states.set(row, this.#states.get(row) & ~LATE);
  }

  hasSnapshot(row: number): boolean {
    return (this.#states.get(row) & TOLD_MASK) !== 0;
  }

  /** The status seen last, told or not; undefined before the snapshot. */
  seen(row: number): Status | undefined {
    return STATUSES[(this.#states.get(row) & SEEN_MASK) >> SEEN_SHIFT];
  }

  setSeen(row: number, status: Status): void {
    this.#states.set(row, (this.#states.get(row) & ~SEEN_MASK) | (CODES[status] << SEEN_SHIFT));
  }

  /** Of a row that has its snapshot. */
  told(row: number): Told {
    const state = this.#states.get(row);
    return {
      status: STATUSES[state & TOLD_MASK] as Status,
      version: this.#versions.get(row),
      lastSeenUs: this.#lastSeenUs.get(row),
      leftUs: this.#leftUs.get(row),
      hasLeft: (state & HAS_LEFT) !== 0,
      era: this.#eras.get(row),
    };
  }

  /** The last sign of life by which the status was judged, µs; 0 before the snapshot. */
  lastSeenUs(row: number): number {
    return this.#lastSeenUs.get(row);
  }

  /** The era of what was told; 0 before the snapshot. */
  era(row: number): number {
    return this.#eras.get(row);
  }

  /** Notes what the subscriber is told now. */
  tell(row: number, status: Status, version: number): void {
    this.#countTold(row, -1);
    const code = CODES[status];
    this.#states.set(row, (this.#states.get(row) & (LATE | HAS_LEFT)) | (code << SEEN_SHIFT) | code);
    this.#versions.set(row, version);
    this.#countTold(row, 1);
  }

  /** Somebody of an audience was told a later version. */
  raiseVersion(row: number, version: number): void {
    if (version > this.#versions.get(row)) this.#versions.set(row, version);
  }

  /** The store has lost the record of this user: from `nowUs` on nothing is known but what was told. Counts once. */
  lose(row: number, nowUs: number): void {
    const state = this.#states.get(row);
    if (state & LOST) return;
    this.#states.set(row, state | LOST);
    this.#lastSeenUs.set(row, nowUs);
  }

  /** What was told is true by these facts, in this era. */
  confirm(row: number, { lastSeenUs, leftUs, hasLeft }: Facts, era: number): void {
    const state = this.#states.get(row) & ~LOST;
    this.#states.set(row, hasLeft ? state | HAS_LEFT : state & ~HAS_LEFT);
    this.#lastSeenUs.set(row, lastSeenUs);
    this.#leftUs.set(row, leftUs);
    this.#eras.set(row, era);
  }

  #countTold(row: number, by: number): void {
    if (!this.hasSnapshot(row) || this.subscriptionOf(row).isOfNode) return;
    this.byStatus[this.told(row).status] += by;
  }
}
