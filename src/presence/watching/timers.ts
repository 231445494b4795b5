import type { Clock } from '../../clock.js';
import { Column, NONE } from './columns.js';

/** Children of a place in the heap; `parentOf` and `firstChildOf` shift by it. */
const ARITY = 4;
const parentOf = (place: number) => (place + 2) >> 2;
const firstChildOf = (place: number) => (place << 2) - 2;

/** Longest sleep of the one system timer: setTimeout takes no more than 2³¹ ms. */
const SLEEP_MS_MAX = 3_600_000;

/**
 * One system timer for any number of deadlines, one a row of a table: a 4-ary heap of rows that know their place, 16
 * bytes each. Arm, re-arm and cancel are O(log n); a million rows are ten levels deep. A heap and not a timing wheel,
 * because a deadline here is exact to the fraction of a millisecond and is re-armed about once per heartbeat, not per
 * packet.
 */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #fire: (due: number[]) => void;
  /** Of each row: when it is due, and its place in the heap (NONE: it is not armed). */
  readonly #dueMs = Column.float64();
  readonly #places = Column.uint32();
  /** Rows by place; the earliest is at place 1. */
  readonly #heap = Column.uint32();
  #size = 0;
  #cancelSleep: (() => void) | undefined;
  #wakeMs = Number.POSITIVE_INFINITY;

  /** `fire` gets all rows that are due, earliest first; never before their time. */
  constructor(clock: Clock, fire: (due: number[]) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get size(): number {
    return this.#size;
  }

  /** When the row is due; Infinity when it is not armed. */
  dueMs(row: number): number {
    return this.#places.get(row) !== NONE ? this.#dueMs.get(row) : Number.POSITIVE_INFINITY;
  }

  /** Arms a row for `dueMs` on the clock, or moves it there. */
  arm(row: number, dueMs: number): void {
    this.#dueMs.set(row, dueMs);
    if (this.#places.get(row) === NONE) {
      this.#size += 1;
      this.#places.set(row, this.#size);
    }
    this.#sift(row, this.#places.get(row));
    this.#sleep();
  }

  /** Arms a row that has fired for so much after the time at which it was due. */
  postpone(row: number, byMs: number): void {
    this.arm(row, this.#dueMs.get(row) + byMs);
  }

  cancel(row: number): void {
    const place = this.#places.get(row);
    if (place === NONE) return;
    const last = this.#heap.get(this.#size);
    this.#size -= 1;
    this.#places.set(row, NONE);
    if (last !== row) this.#sift(last, place);
  }

  close(): void {
    this.#cancelSleep?.();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#places.clear();
    this.#size = 0;
  }

  /** Sleeps until the earliest row. A timer set too early by a cancelled row wakes for nothing, once. */
  #sleep(): void {
    if (this.#size === 0) return;
    const firstMs = this.#dueMs.get(this.#heap.get(1));
    if (firstMs >= this.#wakeMs) return;
    this.#cancelSleep?.();
    this.#wakeMs = firstMs;
    const delayMs = Math.min(Math.max(0, firstMs - this.#clock.nowMs()), SLEEP_MS_MAX);
    this.#cancelSleep = this.#clock.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.nowMs();
    const due: number[] = [];
    while (this.#size > 0) {
      const first = this.#heap.get(1);
      if (this.#dueMs.get(first) > nowMs) break;
      this.cancel(first);
      due.push(first);
    }
    if (due.length > 0) this.#fire(due);
    this.#sleep();
  }

  /** Puts a row where it belongs, as seen from `place`, which is free: up if it is due earlier, else down. */
  #sift(row: number, place: number): void {
    this.#siftDown(row, this.#siftUp(row, place));
  }

  #siftUp(row: number, from: number): number {
    const rowMs = this.#dueMs.get(row);
    let place = from;
    while (place > 1) {
      const parent = this.#heap.get(parentOf(place));
      if (this.#dueMs.get(parent) <= rowMs) break;
      this.#put(parent, place);
      place = parentOf(place);
    }
    return place;
  }

  #siftDown(row: number, from: number): void {
    let place = from;
    for (;;) {
      let earliest = row;
      let earliestMs = this.#dueMs.get(row);
      let earliestPlace = place;
      const firstChild = firstChildOf(place);
      const end = Math.min(firstChild + ARITY - 1, this.#size);
      for (let child = firstChild; child <= end; child++) {
        const candidate = this.#heap.get(child);
        const candidateMs = this.#dueMs.get(candidate);
        if (candidateMs >= earliestMs) continue;
        earliest = candidate;
        earliestMs = candidateMs;
        earliestPlace = child;
      }
      if (earliest === row) break;
      this.#put(earliest, place);
      place = earliestPlace;
    }
    this.#put(row, place);
  }

  #put(row: number, place: number): void {
    this.#heap.set(place, row);
    this.#places.set(row, place);
  }
}
