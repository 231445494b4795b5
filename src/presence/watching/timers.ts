import type { Clock } from '../../clock.js';
import { Calendar } from './calendar.js';
import { Column, NONE } from './columns.js';

/** Children of a place in the heap; `parentOf` and `firstChildOf` shift by it. */
const ARITY = 4;
const parentOf = (place: number) => (place + 2) >> 2;
const firstChildOf = (place: number) => (place << 2) - 2;

/** Longest sleep of the one system timer: setTimeout takes no more than 2³¹ ms. */
const SLEEP_MS_MAX = 3_600_000;

/**
 * One system timer for any number of deadlines, one a row of a table, each exact to the fraction of a millisecond. Those of the
 * next moments are in a 4-ary heap of rows that know their place; all others in a calendar, where it costs next to nothing to move
 * them: of a hundred deadlines one is hardly ever met before it has moved. 20 bytes a row. Arm, re-arm and cancel are O(1) far from the
 * deadline, and O(log n) of those who are near it.
 */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #fire: (due: number[]) => void;
  readonly #notBeforeMs: (row: number) => number;
  /** Of each row: when it is due, and its place in the heap (NONE: it is not there). */
  readonly #dueMs = Column.float64();
  readonly #places = Column.uint32();
  /** Rows by place; the earliest is at place 1. */
  readonly #heap = Column.uint32();
  #heapSize = 0;
  readonly #calendar = new Calendar();
  #cancelSleep: (() => void) | undefined;
  #wakeMs = Number.POSITIVE_INFINITY;

  /**
   * `fire` gets all rows that are due, earliest first; never before their time. `notBeforeMs` is asked of a row when its time is
   * near: a deadline that has moved since need not be said at once.
   */
  constructor(
    clock: Clock,
    fire: (due: number[]) => void,
    notBeforeMs: (row: number) => number = () => Number.NEGATIVE_INFINITY,
  ) {
    this.#clock = clock;
    this.#fire = fire;
    this.#notBeforeMs = notBeforeMs;
  }

  get size(): number {
    return this.#heapSize + this.#calendar.size;
  }

  /** When the row is due; Infinity when it is not armed. */
  dueMs(row: number): number {
    return this.#isArmed(row) ? this.#dueMs.get(row) : Number.POSITIVE_INFINITY;
  }

  /** Arms a row for `dueMs` on the clock, or moves it there. */
  arm(row: number, dueMs: number): void {
    this.cancel(row);
    this.#put(row, dueMs);
    this.#sleep();
  }

  /** Arms a row that has fired for so much after the time at which it was due. */
  postpone(row: number, byMs: number): void {
    this.arm(row, this.#dueMs.get(row) + byMs);
  }

  cancel(row: number): void {
    const place = this.#places.get(row);
    if (place !== NONE) this.#takeOut(row, place);
    else if (this.#calendar.has(row)) this.#calendar.remove(row, this.#dueMs.get(row));
  }

  close(): void {
    this.#cancelSleep?.();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#places.clear();
    this.#heapSize = 0;
    this.#calendar.clear();
  }

  #isArmed(row: number): boolean {
    return this.#places.get(row) !== NONE || this.#calendar.has(row);
  }

  /** Puts in a row that is not armed. */
  #put(row: number, dueMs: number): void {
    this.#dueMs.set(row, dueMs);
    if (this.#calendar.isFar(dueMs)) {
      this.#calendar.put(row, dueMs);
      return;
    }
    this.#heapSize += 1;
    this.#sift(row, this.#heapSize);
  }

  #takeOut(row: number, place: number): void {
    const last = this.#heap.get(this.#heapSize);
    this.#heapSize -= 1;
    this.#places.set(row, NONE);
    if (last !== row) this.#sift(last, place);
  }

  /** Sleeps until the earliest row, or the day on which it is. A timer set too early by a cancelled row wakes for nothing, once. */
  #sleep(): void {
    const firstMs = this.#heapSize > 0 ? this.#dueMs.get(this.#heap.get(1)) : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(firstMs, this.#calendar.nextMs);
    if (nextMs >= this.#wakeMs) return;
    this.#cancelSleep?.();
    this.#wakeMs = nextMs;
    const delayMs = Math.min(Math.max(0, nextMs - this.#clock.nowMs()), SLEEP_MS_MAX);
    this.#cancelSleep = this.#clock.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.nowMs();
    this.#calendar.open(nowMs, (row) => {
      this.#put(row, Math.max(this.#dueMs.get(row), this.#notBeforeMs(row)));
    });
    const due: number[] = [];
    while (this.#heapSize > 0) {
      const first = this.#heap.get(1);
      if (this.#dueMs.get(first) > nowMs) break;
      this.#takeOut(first, 1);
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
      this.#place(parent, place);
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
      const end = Math.min(firstChild + ARITY - 1, this.#heapSize);
      for (let child = firstChild; child <= end; child++) {
        const candidate = this.#heap.get(child);
        const candidateMs = this.#dueMs.get(candidate);
        if (candidateMs >= earliestMs) continue;
        earliest = candidate;
        earliestMs = candidateMs;
        earliestPlace = child;
      }
      if (earliest === row) break;
      this.#place(earliest, place);
      place = earliestPlace;
    }
    this.#place(row, place);
  }

  #place(row: number, place: number): void {
    this.#heap.set(place, row);
    this.#places.set(row, place);
  }
}
