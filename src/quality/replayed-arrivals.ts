import type { ReplayArrival } from './detectors/family.js';
import { RECORD } from './spool.js';

/** What is kept of a user from one spooled arrival to the next. */
export interface ArrivalProgress {
  lastMs: number;
  largest: number;
}

/** Turns spooled records into arrivals as a detector meets them. One arrival for all of them, valid until the next. */
export class ReplayedArrivals {
  readonly arrival: { -readonly [K in keyof ReplayArrival]: ReplayArrival[K] } = {
    atMs: 0,
    intervalMs: 0,
    sequence: undefined,
    sequenceGap: 1,
    declaredMs: 0,
  };

  /** Reads the record at index `i` of a user's floats into `arrival`; returns whether it begins a session. */
  read(records: Float64Array, i: number, progress: ArrivalProgress): boolean {
    const { arrival } = this;
    const declared = records[i + RECORD.declared] as number;
    const sequence = records[i + RECORD.sequence] as number;
    arrival.atMs = records[i + RECORD.atMs] as number;
    const isNumbered = !Number.isNaN(sequence);
    arrival.sequence = isNumbered ? sequence : undefined;
    const begins = declared < 0;
    if (begins) {
      arrival.intervalMs = 0;
      arrival.sequenceGap = 1;
      arrival.declaredMs = -1 - declared;
      progress.largest = sequence;
    } else {
      arrival.intervalMs = arrival.atMs - progress.lastMs;
      arrival.declaredMs = declared;
      arrival.sequenceGap = isNumbered ? sequence - progress.largest : 1;
      if (arrival.sequenceGap > 0) progress.largest = sequence;
    }
    progress.lastMs = arrival.atMs;
    return begins;
  }
}
