import { HashIndex } from '../../hashing/hash-index.js';
import { IdBytes } from '../../hashing/id-bytes.js';
import { Column } from './columns.js';

/** Ids are kept in cells of so many bytes, so that what a removed one leaves fits the next of about its length. */
const CELL_BYTES = 16;
/** Cells of a page, none of which an id crosses. */
const PAGE_BITS = 12;
const PAGE_CELLS = 1 << PAGE_BITS;
const cellsOf = (bytes: number) => Math.ceil(bytes / CELL_BYTES);

/**
 * Finds the row of an id, and the id of a row: a Map of strings, off the heap. As strings in a Map ids were two thirds of
 * what the garbage collector had to look after for a watched user, and V8 lets its heap grow to several times what is
 * alive in it. 40 bytes for an id of 12. Everything is O(bytes of the id).
 *
 *   bytes    | user-17          | 0190f3a2-77b1-7cc0-8eff-0123456789ab ............. |   UTF-8, in cells
 *   by row   first cell | bytes + 1 (0: no id)
 */
export class IdTable {
  readonly #pages: Buffer[] = [];
  #cellsUsed = 0;
  /** First cells of ids that were removed, by how many cells they are. */
  readonly #free: (number[] | undefined)[] = [];
  readonly #cells = Column.uint32();
  readonly #lengths = Column.uint16();
  /** Rows. */
  readonly #index = new HashIndex();
  /** The id that is asked for. */
  readonly #asked = new IdBytes();
  readonly #isAsked = (row: number): boolean =>
    this.#bytesOf(row) === this.#asked.length && this.#asked.isAt(this.#pageOf(row), this.#startOf(row));

  get size(): number {
    return this.#index.size;
  }

  /** The id's row, or NONE. */
  find(id: string): number {
    this.#asked.take(id);
    return this.#index.find(this.#asked.hash, this.#isAsked);
  }

  has(row: number): boolean {
    return this.#lengths.get(row) !== 0;
  }

  /** The id of a row that has one. */
  idOf(row: number): string {
    const start = this.#startOf(row);
    return this.#pageOf(row).toString('utf8', start, start + this.#bytesOf(row));
  }

  /** Puts an id that it does not have at a row that has none: of 1 to 65,534 bytes. */
  add(row: number, id: string): void {
    const asked = this.#asked;
    asked.take(id);
    this.#cells.set(row, this.#allocate(cellsOf(asked.length)));
    this.#lengths.set(row, asked.length + 1);
    asked.copyTo(this.#pageOf(row), this.#startOf(row));
    this.#index.add(asked.hash, row);
  }

  remove(row: number): void {
    this.#asked.take(this.idOf(row));
    this.#index.remove(this.#asked.hash, row);
    const cells = cellsOf(this.#bytesOf(row));
    this.#free[cells] ??= [];
    this.#free[cells].push(this.#cells.get(row));
    this.#lengths.set(row, 0);
  }

  #bytesOf(row: number): number {
    return this.#lengths.get(row) - 1;
  }

  #pageOf(row: number): Buffer {
    return this.#pages[this.#cells.get(row) >> PAGE_BITS] as Buffer;
  }

  #startOf(row: number): number {
    return (this.#cells.get(row) % PAGE_CELLS) * CELL_BYTES;
  }

  #allocate(cells: number): number {
    const freed = this.#free[cells]?.pop();
    if (freed !== undefined) return freed;
    const room = this.#pages.length * PAGE_CELLS - this.#cellsUsed;
    if (cells > room) {
      this.#cellsUsed += room;
      this.#pages.push(Buffer.alloc(PAGE_CELLS * CELL_BYTES));
    }
    const cell = this.#cellsUsed;
    this.#cellsUsed += cells;
    return cell;
  }
}
