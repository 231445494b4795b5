import type { Clock } from '../clock.js';

/** Something that waits for an instant. The two fields belong to the queue. */
export interface Timed {
  dueMs: number;
  /** Place in the heap; -1 when not armed. */
  heapIndex: number;
}

const ARITY = 4;
/** Longest sleep of the one system timer: setTimeout takes no more than 2³¹ ms. */
const SLEEP_MS_MAX = 3_600_000;

/**
 * One system timer for any number of deadlines: a 4-ary heap whose entries know their place. Arm, re-arm and cancel
 * are O(log n); a million entries are twenty steps deep, two numbers each. A heap and not a timing wheel, because a
 * deadline here is exact to the fraction of a millisecond and is re-armed about once per heartbeat, not per packet.
 */
export class TimerQueue<T extends Timed> {
  readonly #clock: Clock;
  readonly #fire: (due: T[]) => void;
  readonly #heap: T[] = [];
  #cancelSleep: (() => void) | undefined;
  #wakeMs = Number.POSITIVE_INFINITY;

  /** `fire` gets all entries that are due, earliest first; never before their time. */
  constructor(clock: Clock, fire: (due: T[]) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Arms an entry for `dueMs` on the clock, or moves it there. */
  arm(entry: T, dueMs: number): void {
    if (entry.heapIndex === -1) {
      entry.heapIndex = this.#heap.length;
      this.#heap.push(entry);
    }
    entry.dueMs = dueMs;
    this.#siftUp(entry);
    this.#siftDown(entry);
    this.#sleep();
  }

  cancel(entry: T): void {
    const index = entry.heapIndex;
    if (index === -1) return;
    const last = this.#heap.pop() as T;
    entry.heapIndex = -1;
    if (last === entry) return;
    this.#place(last, index);
    this.#siftUp(last);
    this.#siftDown(last);
  }

  close(): void {
    this.#cancelSleep?.();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#heap) entry.heapIndex = -1;
    this.#heap.length = 0;
  }

  /** Sleeps until the earliest entry. A timer set too early by a cancelled entry wakes for nothing, once. */
  #sleep(): void {
    const first = this.#heap[0];
    if (!first || first.dueMs >= this.#wakeMs) return;
    this.#cancelSleep?.();
    this.#wakeMs = first.dueMs;
    const delayMs = Math.min(Math.max(0, first.dueMs - this.#clock.nowMs()), SLEEP_MS_MAX);
    this.#cancelSleep = this.#clock.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.nowMs();
    const due: T[] = [];
    for (let first = this.#heap[0]; first && first.dueMs <= nowMs; first = this.#heap[0]) {
      this.cancel(first);
      due.push(first);
    }
    if (due.length > 0) this.#fire(due);
    this.#sleep();
  }

  #siftUp(entry: T): void {
    let index = entry.heapIndex;
    while (index > 0) {
      const parentIndex = Math.floor((index - 1) / ARITY);
      const parent = this.#heap[parentIndex] as T;
      if (parent.dueMs <= entry.dueMs) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(entry, index);
  }

  #siftDown(entry: T): void {
    let index = entry.heapIndex;
    for (;;) {
      let earliest = entry;
      const firstChild = index * ARITY + 1;
      const end = Math.min(firstChild + ARITY, this.#heap.length);
      for (let child = firstChild; child < end; child++) {
        const candidate = this.#heap[child] as T;
        if (candidate.dueMs < earliest.dueMs) earliest = candidate;
      }
      if (earliest === entry) break;
      const earliestIndex = earliest.heapIndex;
      this.#place(earliest, index);
      index = earliestIndex;
    }
    this.#place(entry, index);
  }

  #place(entry: T, index: number): void {
    this.#heap[index] = entry;
    entry.heapIndex = index;
  }
}
