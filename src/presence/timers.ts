import type { Clock } from '../clock.js';
import { grown, NONE, ROWS_MIN } from './columns.js';

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
  #dueMs = new Float64Array(ROWS_MIN);
  #places = new Uint32Array(ROWS_MIN);
  /** Rows by place; the earliest is at place 1. */
  #heap = new Uint32Array(ROWS_MIN);
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
    return this.#isArmed(row) ? (this.#dueMs[row] as number) : Number.POSITIVE_INFINITY;
  }

  /** Arms a row for `dueMs` on the clock, or moves it there. */
  arm(row: number, dueMs: number): void {
    this.#dueMs = grown(this.#dueMs, row);
    this.#places = grown(this.#places, row);
    this.#dueMs[row] = dueMs;
    if (this.#places[row] === NONE) {
      this.#size += 1;
      this.#heap = grown(this.#heap, this.#size);
      this.#places[row] = this.#size;
    }
    this.#sift(row, this.#places[row] as number);
    this.#sleep();
  }

  cancel(row: number): void {
    if (!this.#isArmed(row)) return;
    const place = this.#places[row] as number;
    const last = this.#heap[this.#size] as number;
    this.#size -= 1;
    this.#places[row] = NONE;
    if (last !== row) this.#sift(last, place);
  }

  close(): void {
    this.#cancelSleep?.();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#places.fill(NONE);
    this.#size = 0;
  }

  #isArmed(row: number): boolean {
    return row < this.#places.length && this.#places[row] !== NONE;
  }

  /** Sleeps until the earliest row. A timer set too early by a cancelled row wakes for nothing, once. */
  #sleep(): void {
    if (this.#size === 0) return;
    const firstMs = this.#dueMs[this.#heap[1] as number] as number;
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
      const first = this.#heap[1] as number;
      if ((this.#dueMs[first] as number) > nowMs) break;
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
    const rowMs = this.#dueMs[row] as number;
    let place = from;
    while (place > 1) {
      const parent = this.#heap[parentOf(place)] as number;
      if ((this.#dueMs[parent] as number) <= rowMs) break;
      this.#put(parent, place);
      place = parentOf(place);
    }
    return place;
  }

  #siftDown(row: number, from: number): void {
    let place = from;
    for (;;) {
      let earliest = row;
      let earliestMs = this.#dueMs[row] as number;
      let earliestPlace = place;
      const firstChild = firstChildOf(place);
      const end = Math.min(firstChild + ARITY - 1, this.#size);
      for (let child = firstChild; child <= end; child++) {
        const candidate = this.#heap[child] as number;
        const candidateMs = this.#dueMs[candidate] as number;
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
    this.#heap[place] = row;
    this.#places[row] = place;
  }
}
