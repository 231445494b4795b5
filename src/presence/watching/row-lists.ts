import { Column, NONE } from './columns.js';

/**
 * Any number of lists of rows of one table, a row in one list at most: 8 bytes a row, whichever it is in. A list is
 * named by its first row (NONE: it is empty), which its owner keeps: what changes a list returns its first row. Lists
 * are circular, so that the last row is the one before the first. Everything is O(1).
 */
export class RowLists {
  /** NONE where the row is in no list. */
  readonly #next = Column.uint32();
  readonly #previous = Column.uint32();

  /** Whether the row is in a list. */
  has(row: number): boolean {
    return this.#next.get(row) !== NONE;
  }

  /** Puts a row that is in no list at the end of one; returns the list. */
  append(first: number, row: number): number {
    if (first === NONE) {
      this.#link(row, row);
      return row;
    }
    this.#link(this.#previous.get(first), row);
    this.#link(row, first);
    return first;
  }

  /** Takes a row out of the list that it is in; returns the list. */
  remove(first: number, row: number): number {
    const next = this.#next.get(row);
    this.#link(this.#previous.get(row), next);
    this.#next.set(row, NONE);
    if (first !== row) return first;
    return next === row ? NONE : next;
  }

  /** The row that follows in the list; NONE after the last. */
  after(first: number, row: number): number {
    const next = this.#next.get(row);
    return next === first ? NONE : next;
  }

  #link(row: number, next: number): void {
    this.#next.set(row, next);
    this.#previous.set(next, row);
  }
}
