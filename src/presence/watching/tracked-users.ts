import { Column, NONE, Rows } from './columns.js';
import { IdTable } from './id-table.js';

/** The watched users of a namespace, one row each: 5 bytes and the id. */
export class TrackedUsers {
  readonly #rows = new Rows();
  readonly #ids = new IdTable();
  /** The list of those who watch the user (Watches.ofUser). */
  readonly #firstWatches = Column.uint32();
  readonly #inFlight = Column.uint8();

  get size(): number {
    return this.#ids.size;
  }

  /** No row is higher. */
  get lastRow(): number {
    return this.#rows.last;
  }

  /** The user's row, or NONE. */
  find(userId: string): number {
    return this.#ids.find(userId);
  }

  /** A row for a user who has none, whose id is valid (src/grpc/validation.ts). */
  add(userId: string): number {
    const row = this.#rows.take();
    this.#firstWatches.set(row, NONE);
    this.#ids.add(row, userId);
    return row;
  }

  /** The row is used again when no answer for it is on its way: that one must not be taken for another user's. */
  remove(row: number): void {
    this.#ids.remove(row);
    if (!this.#inFlight.get(row)) this.#rows.giveBack(row);
  }

  isTracked(row: number): boolean {
    return this.#ids.has(row);
  }

  /** The id of a user who is tracked. */
  idOf(row: number): string {
    return this.#ids.idOf(row);
  }

  firstWatch(row: number): number {
    return this.#firstWatches.get(row);
  }

  setFirstWatch(row: number, watch: number): void {
    this.#firstWatches.set(row, watch);
  }

  /** Whether the store was asked for this user and has not answered. */
  isInFlight(row: number): boolean {
    return this.#inFlight.get(row) === 1;
  }

  /** The store is asked for this user. */
  takeOff(row: number): void {
    this.#inFlight.set(row, 1);
  }

  /** The store has answered, or failed to. */
  land(row: number): void {
    this.#inFlight.set(row, 0);
    if (!this.isTracked(row)) this.#rows.giveBack(row);
  }
}
