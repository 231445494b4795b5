import type { Arrival } from '../../../src/detector/arrival.js';
import { NOT_DUE } from '../../../src/detector/due.js';

/** An arrival of a user who is due again `inMs` later. */
export function arrival(atMs: number, inMs: number, rest: Partial<Arrival> = {}): Arrival {
  return {
    flags: 0,
    z: 0,
    scaleMs: 1,
    silenceMs: 1_000,
    lost: 0,
    lateAtUs: 0,
    atUs: atMs * 1_000,
    was: NOT_DUE,
    is: { atUs: (atMs + inMs) * 1_000, origin: 'gw' },
    ...rest,
  };
}
