import type { Clock } from '../../clock.js';
import { NONE } from './columns.js';

/** Users handed over at once, and the time until the next ones: 10,000 a second, a tenth of what a node can read. */
export const SWEEP_USERS = 100;
export const SWEEP_PAUSE_MS = 10;
/** Rows looked at in one turn, when few of them have to be read. */
const SWEEP_ROWS_MAX = 10_000;

/**
 * Goes through the rows of a table once and hands over those that have to be read, so many at a time that whatever else
 * is due does not wait for them. Asked to begin while it goes, it goes on from where it is, once around.
 */
export class Sweep {
  readonly #clock: Clock;
  readonly #lastRow: () => number;
  readonly #take: (row: number) => boolean;
  #row = NONE;
  #rowsLeft = 0;
  #cancelNext: (() => void) | undefined;

  /** `take` is offered every row up to `lastRow`, in use or not, and says whether it took it. */
  constructor(clock: Clock, { lastRow, take }: { lastRow: () => number; take: (row: number) => boolean }) {
    this.#clock = clock;
    this.#lastRow = lastRow;
    this.#take = take;
  }

  /** The first rows are offered at once. */
  begin(): void {
    this.#rowsLeft = this.#lastRow();
    if (!this.#cancelNext) this.#step();
  }

  close(): void {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#rowsLeft = 0;
  }

  #step(): void {
    this.#cancelNext = undefined;
    let taken = 0;
    for (let looked = 0; looked < SWEEP_ROWS_MAX && taken < SWEEP_USERS && this.#rowsLeft > 0; looked++) {
      this.#row = this.#row < this.#lastRow() ? this.#row + 1 : 1;
      this.#rowsLeft -= 1;
      if (this.#take(this.#row)) taken += 1;
    }
    if (this.#rowsLeft > 0) this.#cancelNext = this.#clock.after(SWEEP_PAUSE_MS, () => this.#step());
  }
}
