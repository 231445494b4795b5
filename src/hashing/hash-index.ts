/** Nothing is there: what an index keeps are numbers from 1 on. */
const NONE = 0;

/** At most so many of the places are taken: with more, chains become long. */
const LOAD_MAX = 3 / 4;
const PLACES_MIN = 64;

/**
 * Numbers by hash: open addressing with linear probing. The hash stands beside the number, so that a question touches
 * one line of memory here, and of the things meant the right one only. 11 to 21 bytes for each. It never becomes smaller.
 *
 *   hash | number | hash | number | ...     at the hash or as soon as possible behind it; NONE ends a chain
 */
export class HashIndex {
  #places = new Uint32Array(2 * PLACES_MIN);
  #mask = PLACES_MIN - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number with this hash that `isIt`, or 0. */
  find(hash: number, isIt: (number: number) => boolean): number {
    const places = this.#places;
    for (let place = hash & this.#mask; ; place = (place + 1) & this.#mask) {
      const number = places[2 * place + 1] as number;
      if (number === NONE || (places[2 * place] === hash && isIt(number))) return number;
    }
  }

  /** Takes a number that is not there yet: 1 .. 2³² - 1. */
  add(hash: number, number: number): void {
    this.#size += 1;
    if (this.#size > LOAD_MAX * (this.#mask + 1)) this.#grow();
    this.#insert(hash, number);
  }

  /** Takes out a number that is there. Whoever is behind and could be there moves up, so that no chain is broken. */
  remove(hash: number, number: number): void {
    this.#size -= 1;
    const places = this.#places;
    const mask = this.#mask;
    let hole = this.#placeOf(hash, number);
    for (let place = (hole + 1) & mask; places[2 * place + 1] !== NONE; place = (place + 1) & mask) {
      const home = (places[2 * place] as number) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      places.copyWithin(2 * hole, 2 * place, 2 * place + 2);
      hole = place;
    }
    places[2 * hole + 1] = NONE;
  }

  #placeOf(hash: number, number: number): number {
    let place = hash & this.#mask;
    while (this.#places[2 * place + 1] !== number) place = (place + 1) & this.#mask;
    return place;
  }

  #insert(hash: number, number: number): void {
    let place = hash & this.#mask;
    while (this.#places[2 * place + 1] !== NONE) place = (place + 1) & this.#mask;
    this.#places[2 * place] = hash;
    this.#places[2 * place + 1] = number;
  }

  /** Twice as many places. */
  #grow(): void {
    const before = this.#places;
    this.#places = new Uint32Array(2 * before.length);
    this.#mask = this.#places.length / 2 - 1;
    for (let at = 0; at < before.length; at += 2) {
      const number = before[at + 1] as number;
      if (number !== NONE) this.#insert(before[at] as number, number);
    }
  }
}
