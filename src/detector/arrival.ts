import type { Estimate } from './detector.js';
import { type Due, NOT_DUE } from './due.js';

/** What a heartbeat turned out to be; bits of `Arrival.flags`. */
export const ArrivalFlag = {
  /** First heartbeat of this session, or its first after a leave (or after the store's clock was set back). */
  FIRST_SEEN: 1,
  /** Until it was recorded, the silence had crossed the lowest watchable threshold: somebody may suspect the session. */
  LATE: 2,
  /** Sequence number seen before, or older than one seen: proves life, is no sample. */
  DUPLICATE: 4,
  /** Released from a queue with others, or sent before its time: proves life, is no sample. */
  BURST: 8,
  /** Older than what is recorded: changed nothing. */
  STALE: 16,
  /** A crossing now lies earlier than before: whoever sleeps until it must be told. */
  EARLIER: 32,
  /** Not recorded: the user's record has a format that this phid does not know, and is left alone. */
  UNREADABLE: 64,
  /** `adaptive` only: the prior still stood in for missing samples, so that z says nothing about the fleet. */
  WARMING: 128,
  /** z is the lateness beside what lost heartbeats explain. */
  ON_LATTICE: 256,
  /** Heartbeats before it may have come unheard, because phid was blind: proves life, is no sample. */
  BLIND: 512,
  /** The record was not as this node had left it: another one heard of the user meanwhile, or this one forgot. */
  FOREIGN: 1024,
} as const;

/** Arrivals that are news to whoever watches. */
export const NEWS_FLAGS = ArrivalFlag.FIRST_SEEN | ArrivalFlag.EARLIER;
/** Arrivals that trackers must hear of, a LATE one for who may be suspected; every other one only moves crossings later. */
export const ANNOUNCED_FLAGS = NEWS_FLAGS | ArrivalFlag.LATE;

/** Arrivals whose z is no silence between two heartbeats of a client whose rhythm is known. */
export const UNJUDGED_FLAGS =
  ArrivalFlag.FIRST_SEEN |
  ArrivalFlag.DUPLICATE |
  ArrivalFlag.STALE |
  ArrivalFlag.UNREADABLE |
  ArrivalFlag.WARMING |
  ArrivalFlag.BLIND;

export interface Arrival {
  readonly flags: number;
  /** Standardised silence that this heartbeat ended, judged by the record before it; 0 when first seen. */
  readonly z: number;
  /** The scale it was judged by, ms; 0 when first seen. */
  readonly scaleMs: number;
  /** The silence itself, ms. */
  readonly silenceMs: number;
  /** Heartbeats lost before this one, by sequence number; at most 65,535. */
  readonly lost: number;
  /** From when on this arrival is LATE, if it is not recorded before, µs. */
  readonly lateAtUs: number;
  readonly atUs: number;
  /** When the user was due before it, and is after it. */
  readonly was: Due;
  readonly is: Due;
  /** What was estimated of the session before it, by which it is judged, and after it; absent of the first. */
  readonly before?: Estimate | undefined;
  readonly next?: Estimate | undefined;
}

/** Of an arrival that changed nothing. */
const nothing = {
  z: 0,
  scaleMs: 0,
  silenceMs: 0,
  lost: 0,
  lateAtUs: Number.POSITIVE_INFINITY,
  atUs: Number.NEGATIVE_INFINITY,
  was: NOT_DUE,
  is: NOT_DUE,
  before: undefined,
  next: undefined,
} as const;
export const UNREADABLE_ARRIVAL: Arrival = { flags: ArrivalFlag.UNREADABLE, ...nothing };
export const STALE_ARRIVAL: Arrival = { flags: ArrivalFlag.STALE, ...nothing };

/** The first arrival of a session, of which it is due next as `is` says: it ended no silence. */
export function firstArrival(atUs: number, is: Due): Arrival {
  return { ...nothing, flags: ArrivalFlag.FIRST_SEEN, atUs, is };
}
