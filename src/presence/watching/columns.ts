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

/**
 * Numbers of one kind, by row; 0 where none was set. A class for each kind, with its own `get` and `set`: V8 makes fast code of a
 * place where it sees arrays of up to four kinds, and one that all five passed was a tenth of a node's time (bench `takeover`).
 */
export abstract class Column<P extends Page = Page> {
  protected readonly pages: P[] = [];

  static uint8 = (): Column => new Uint8Column();
  static uint16 = (): Column => new Uint16Column();
  static uint32 = (): Column => new Uint32Column();
  static float32 = (): Column => new Float32Column();
  static float64 = (): Column => new Float64Column();

  abstract get(row: number): number;

  /** Rows are set in about the order of their numbers: no page may be left out. */
  abstract set(row: number, value: number): void;

  /** Sets every row to 0. */
  clear(): void {
    for (const page of this.pages) page.fill(0);
  }

  protected abstract newPage(): P;

  /** Makes the page of a row, and those before it. */
  protected grow(row: number): P {
    const index = row >> PAGE_BITS;
    while (index >= this.pages.length) this.pages.push(this.newPage());
    return this.pages[index] as P;
  }
}

class Uint8Column extends Column<Uint8Array> {
  get(row: number): number {
    return this.pages[row >> PAGE_BITS]?.[row & PAGE_MASK] ?? 0;
  }

  set(row: number, value: number): void {
    (this.pages[row >> PAGE_BITS] ?? this.grow(row))[row & PAGE_MASK] = value;
  }

  protected newPage(): Uint8Array {
    return new Uint8Array(PAGE_ROWS);
  }
}

class Uint16Column extends Column<Uint16Array> {
  get(row: number): number {
    return this.pages[row >> PAGE_BITS]?.[row & PAGE_MASK] ?? 0;
  }

  set(row: number, value: number): void {
    (this.pages[row >> PAGE_BITS] ?? this.grow(row))[row & PAGE_MASK] = value;
  }

  protected newPage(): Uint16Array {
    return new Uint16Array(PAGE_ROWS);
  }
}

class Uint32Column extends Column<Uint32Array> {
  get(row: number): number {
    return this.pages[row >> PAGE_BITS]?.[row & PAGE_MASK] ?? 0;
  }

  set(row: number, value: number): void {
    (this.pages[row >> PAGE_BITS] ?? this.grow(row))[row & PAGE_MASK] = value;
  }

  protected newPage(): Uint32Array {
    return new Uint32Array(PAGE_ROWS);
  }
}

class Float32Column extends Column<Float32Array> {
  get(row: number): number {
    return this.pages[row >> PAGE_BITS]?.[row & PAGE_MASK] ?? 0;
  }

  set(row: number, value: number): void {
    (this.pages[row >> PAGE_BITS] ?? this.grow(row))[row & PAGE_MASK] = value;
  }

  protected newPage(): Float32Array {
    return new Float32Array(PAGE_ROWS);
  }
}

class Float64Column extends Column<Float64Array> {
  get(row: number): number {
    return this.pages[row >> PAGE_BITS]?.[row & PAGE_MASK] ?? 0;
  }

  set(row: number, value: number): void {
    (this.pages[row >> PAGE_BITS] ?? this.grow(row))[row & PAGE_MASK] = value;
  }

  protected newPage(): Float64Array {
    return new Float64Array(PAGE_ROWS);
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
