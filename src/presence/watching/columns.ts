/**
 * A node watches a million users, each of which a few numbers are kept of. As objects they would be millions of things
 * for the garbage collector to walk, and every number that is no small integer another one, of 16 bytes. So tables here
 * keep their rows in columns: typed arrays, indexed by row, in pages. Pages and not one array that doubles: a copy would
 * leave behind as much as there is, which malloc does not give back. Rows that are freed are used again, but a table
 * never becomes shorter: its memory is that of the most rows it ever had, which the limits of watching bound.
 */

/** No row: rows begin at 1, so that a column of rows needs no filling. */
export const NONE = 0;

const PAGE_BITS = 12;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;

type Page = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** Numbers of one kind, by row; 0 where none was set. */
export class Column {
  readonly #pages: Page[] = [];
  readonly #newPage: () => Page;

  private constructor(newPage: () => Page) {
    this.#newPage = newPage;
  }

  static uint8(): Column {
    return new Column(() => new Uint8Array(PAGE_ROWS));
  }

  static uint16(): Column {
    return new Column(() => new Uint16Array(PAGE_ROWS));
  }

  static uint32(): Column {
    return new Column(() => new Uint32Array(PAGE_ROWS));
  }

  static float32(): Column {
    return new Column(() => new Float32Array(PAGE_ROWS));
  }

  static float64(): Column {
    return new Column(() => new Float64Array(PAGE_ROWS));
  }

  get(row: number): number {
    const page = this.#pages[row >> PAGE_BITS];
    return page ? (page[row & PAGE_MASK] as number) : 0;
  }

  /** Rows are set in about the order of their numbers: no page may be left out. */
  set(row: number, value: number): void {
    const index = row >> PAGE_BITS;
    while (index >= this.#pages.length) this.#pages.push(this.#newPage());
    (this.#pages[index] as Page)[row & PAGE_MASK] = value;
  }

  /** Sets every row to 0. */
  clear(): void {
    for (const page of this.#pages) page.fill(0);
  }
}

/** Numbers of the rows of a table: those given back are given out again, the last first. */
export class Rows {
  readonly #free: number[] = [];
  #last = NONE;

  /** The highest number ever given out. */
  get last(): number {
    return this.#last;
  }

  take(): number {
    const row = this.#free.pop();
    if (row !== undefined) return row;
    this.#last += 1;
    return this.#last;
  }

  giveBack(row: number): void {
    this.#free.push(row);
  }
}
