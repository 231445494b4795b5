import { Column, NONE } from './columns.js';

/** Ids are kept in cells of so many bytes, so that what a removed one leaves fits the next of about its length. */
const CELL_BYTES = 16;
/** Cells of a page, none of which an id crosses. */
const PAGE_BITS = 12;
const PAGE_CELLS = 1 << PAGE_BITS;
const cellsOf = (bytes: number) => Math.ceil(bytes / CELL_BYTES);

/** Of the slots at most so many are in use: with more, chains become long. */
const LOAD_MAX = 3 / 4;
const SLOTS_MIN = 64;

/**
 * Finds the row of an id, and the id of a row: a Map of strings, off the heap. As strings in a Map ids were two thirds of
 * what the garbage collector had to look after for a watched user, and V8 lets its heap grow to several times what is
 * alive in it. 35 bytes for an id of 12. Everything is O(bytes of the id).
 *
 *   bytes    | user-17          | 0190f3a2-77b1-7cc0-8eff-0123456789ab ............. |   UTF-8, in cells
 *   by row   first cell | bytes + 1 (0: no id) | hash
 *   slots    rows, each at its hash or as soon as possible behind it; NONE ends a chain
 */
export class IdTable {
  readonly #pages: Buffer[] = [];
  #cellsUsed = 0;
  /** First cells of ids that were removed, by how many cells they are. */
  readonly #free: (number[] | undefined)[] = [];
  readonly #cells = Column.uint32();
  readonly #lengths = Column.uint16();
  readonly #hashes = Column.uint32();
  #slots = new Uint32Array(SLOTS_MIN);
  #size = 0;
  /** The id that is asked for. */
  #asked = Buffer.alloc(256);
  /** So that nobody can choose ids that collide. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);

  get size(): number {
    return this.#size;
  }

  /** The id's row, or NONE. */
  find(id: string): number {
    const bytes = this.#ask(id);
    const hash = this.#hash(bytes);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] as number;
      if (row === NONE || (this.#hashes.get(row) === hash && this.#isAsked(row, bytes))) return row;
    }
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
    const bytes = this.#ask(id);
    this.#cells.set(row, this.#allocate(cellsOf(bytes)));
    this.#lengths.set(row, bytes + 1);
    this.#hashes.set(row, this.#hash(bytes));
    this.#asked.copy(this.#pageOf(row), this.#startOf(row), 0, bytes);
    this.#size += 1;
    if (this.#size > LOAD_MAX * this.#slots.length) this.#rehash();
    this.#insert(row);
  }

  remove(row: number): void {
    this.#displace(row);
    const cells = cellsOf(this.#bytesOf(row));
    this.#free[cells] ??= [];
    this.#free[cells].push(this.#cells.get(row));
    this.#lengths.set(row, 0);
    this.#size -= 1;
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

  /** Writes the id down; returns how many bytes it is. */
  #ask(id: string): number {
    const bytes = Buffer.byteLength(id);
    if (bytes > this.#asked.length) this.#asked = Buffer.alloc(bytes);
    return this.#asked.write(id);
  }

  #isAsked(row: number, bytes: number): boolean {
    if (this.#bytesOf(row) !== bytes) return false;
    const page = this.#pageOf(row);
    const start = this.#startOf(row);
    for (let i = 0; i < bytes; i++) if (page[start + i] !== this.#asked[i]) return false;
    return true;
  }

  /** FNV-1a, and the last mixing of MurmurHash3, since it is the low bits that count. */
  #hash(bytes: number): number {
    let hash = this.#seed;
    for (let i = 0; i < bytes; i++) hash = Math.imul(hash ^ (this.#asked[i] as number), 0x0100_0193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
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

  #insert(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes.get(row) & mask;
    while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
    this.#slots[slot] = row;
  }

  /** Takes a row out of its slot. Whoever is behind and could be there moves up, so that no chain is broken. */
  #displace(row: number): void {
    const mask = this.#slots.length - 1;
    let hole = this.#hashes.get(row) & mask;
    while (this.#slots[hole] !== row) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const other = this.#slots[slot] as number;
      const home = this.#hashes.get(other) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#slots[hole] = other;
      hole = slot;
    }
    this.#slots[hole] = NONE;
  }

  /** Twice as many slots. */
  #rehash(): void {
    const rows = this.#slots;
    this.#slots = new Uint32Array(2 * rows.length);
    for (const row of rows) if (row !== NONE) this.#insert(row);
  }
}
