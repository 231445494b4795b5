import type { Status } from '../../../detector/status.js';

/** What somebody was told last of a member whom they are behind with. */
export type LastTold = Status | 'nothing';

/** A byte each; 0: not behind. */
const LAST_TOLD: readonly (LastTold | undefined)[] = [
  undefined,
  'nothing',
  'UNKNOWN',
  'ONLINE',
  'SUSPECT',
  'OFFLINE',
];

const SEATS_MIN = 64;

/**
 * The members of a group that a listener is behind with, by their seats, and what it was told of each: a byte a seat while
 * there are any, nothing while there are none. So a thousand streams may come to a room of thousands at once.
 */
export class Arrears {
  #codes: Uint8Array | undefined;
  #size = 0;
  /** Where looking for the next ones begins: behind the one that was settled last, so that each has its turn. */
  #next = 0;

  get size(): number {
    return this.#size;
  }

  /** Undefined: not behind with this one. */
  lastTold(seat: number): LastTold | undefined {
    return LAST_TOLD[this.#codes?.[seat] ?? 0];
  }

  /** It is behind with a member whom it was not behind with; seats are below `seats`. */
  add(seat: number, lastTold: LastTold, seats: number): void {
    this.#codes = withRoom(this.#codes, seats);
    this.#codes[seat] = LAST_TOLD.indexOf(lastTold);
    this.#size += 1;
  }

  /** It was told something else last of a member whom it is behind with. */
  replace(seat: number, lastTold: LastTold): void {
    if (this.#codes) this.#codes[seat] = LAST_TOLD.indexOf(lastTold);
  }

  /** It is behind with this member no longer. */
  settle(seat: number): void {
    if (!this.#codes?.[seat]) return;
    this.#codes[seat] = 0;
    this.#size -= 1;
    this.#next = seat + 1;
    if (this.#size === 0) this.#codes = undefined;
  }

  /** Seats that it is behind with, at most so many; with `isUntold` only those of whom nothing was told. O(seats). */
  first(seatsMax: number, isUntold: boolean): number[] {
    const seats: number[] = [];
    const codes = this.#codes;
    if (!codes || seatsMax <= 0) return seats;
    const untold = LAST_TOLD.indexOf('nothing');
    for (let i = 0; i < codes.length && seats.length < seatsMax; i++) {
      const seat = (this.#next + i) % codes.length;
      const code = codes[seat] as number;
      if (code === untold || (code !== 0 && !isUntold)) seats.push(seat);
    }
    return seats;
  }
}

function withRoom(codes: Uint8Array | undefined, seats: number): Uint8Array {
  if (codes && codes.length >= seats) return codes;
  const grown = new Uint8Array(Math.max(SEATS_MIN, codes ? 2 * seats : seats));
  if (codes) grown.set(codes);
  return grown;
}
