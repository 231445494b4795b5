import { NONE } from './columns.js';
import { RowLists } from './row-lists.js';

/** A day of the calendar, ms. Rows are taken out at its beginning: the fewer days there are, the less often somebody wakes. */
const DAY_MS = 64;
/** Days in the ring, a power of two. Who is due after a year stands in the same list, and is put back when the day comes. */
const DAYS = 1024;

/**
 * Rows by the day on which they are due: who is far from it need not be in order. A calendar queue (Brown 1988) without the
 * sorting. Put and remove are O(1), and touch the row and its neighbours in the list; 8 bytes a row. When a row is due its owner
 * knows.
 */
export class Calendar {
  #lists = new RowLists();
  /** The first row of each day's list. */
  readonly #first = new Uint32Array(DAYS);
  #size = 0;
  /** The last day that was opened. */
  #today = Number.NEGATIVE_INFINITY;
  /** No day before it has a row. */
  #next = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#size;
  }

  /** When the next day begins on which something may be due, ms; Infinity: there is none. */
  get nextMs(): number {
    return this.#next * DAY_MS;
  }

  has(row: number): boolean {
    return this.#lists.has(row);
  }

  /** Whether its day is still to come. */
  isFar(dueMs: number): boolean {
    return dayOf(dueMs) > this.#today;
  }

  /** Puts in a row that is not there. */
  put(row: number, dueMs: number): void {
    const day = dayOf(dueMs);
    this.#first[day % DAYS] = this.#lists.append(this.#first[day % DAYS] as number, row);
    this.#size += 1;
    if (day < this.#next) this.#next = day;
  }

  /** Takes out a row that was put in for this time. */
  remove(row: number, dueMs: number): void {
    const day = dayOf(dueMs) % DAYS;
    this.#first[day] = this.#lists.remove(this.#first[day] as number, row);
    this.#size -= 1;
  }

  /** Takes out the rows of all days that have begun by now; `near` gets each, and may put it back for another day. */
  open(nowMs: number, near: (row: number) => void): void {
    const today = dayOf(nowMs);
    if (today < this.#next) return;
    // After a year's sleep each list is looked at once.
    const first = Math.max(this.#next, today - DAYS + 1);
    this.#today = today;
    for (let day = first; day <= today; day++) this.#openDay(day % DAYS, near);
    this.#next = this.#nextAfter(today);
  }

  clear(): void {
    this.#lists = new RowLists();
    this.#first.fill(NONE);
    this.#size = 0;
    this.#next = Number.POSITIVE_INFINITY;
  }

  #openDay(day: number, near: (row: number) => void): void {
    let list = this.#first[day] as number;
    this.#first[day] = NONE;
    while (list !== NONE) {
      const row = list;
      list = this.#lists.remove(list, row);
      this.#size -= 1;
      near(row);
    }
  }

  #nextAfter(today: number): number {
    if (this.#size === 0) return Number.POSITIVE_INFINITY;
    let day = today + 1;
    while (this.#first[day % DAYS] === NONE) day += 1;
    return day;
  }
}

/** Of a time before the clock began: the first. */
function dayOf(ms: number): number {
  return Math.max(0, Math.floor(ms / DAY_MS));
}
