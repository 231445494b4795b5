import { Column, NONE } from './columns.js';

/** In place of the row that follows: there is none yet. */
const END = 0x7fff_ffff;

/**
 * Rows in the order in which they were put in, each at most once: never more of them than the table has rows. 4 bytes
 * a row of the table.
 */
export class RowQueue {
  /** NONE: the row is not in it. */
  readonly #next = Column.uint32();
  #first = END;
  #last = END;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts the row at the end, unless it is in it. */
  push(row: number): void {
    if (this.#next.get(row) !== NONE) return;
    this.#next.set(row, END);
    if (this.#first === END) this.#first = row;
    else this.#next.set(this.#last, row);
    this.#last = row;
    this.#size += 1;
  }

  /** Takes the first row out; NONE when it is empty. */
  shift(): number {
    const row = this.#first;
    if (row === END) return NONE;
    this.#first = this.#next.get(row);
    this.#next.set(row, NONE);
    this.#size -= 1;
    return row;
  }
}
