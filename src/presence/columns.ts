/**
 * A node watches a million users, each of which a few numbers are kept of. As objects they would be millions of things
 * for the garbage collector to walk, and every number that is no small integer another one, of 16 bytes. So tables here
 * keep their rows in columns: typed arrays, indexed by row. They double when they are full; the half not used yet takes
 * no memory before it is written to. Rows that are given back are used again, but a table never becomes shorter: its
 * memory is that of the most rows it ever had, which the limits of watching bound.
 */
type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** No row: rows begin at 1, so that a column of rows needs no filling. */
export const NONE = 0;

/** Rows that a table begins with. */
export const ROWS_MIN = 16;

/** The column with room for `row`: itself, or a copy that is at least twice as long. */
export function grown<T extends Column>(column: T, row: number): T {
  if (row < column.length) return column;
  const larger = new (column.constructor as new (length: number) => T)(Math.max(2 * column.length, row + 1));
  larger.set(column);
  return larger;
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
