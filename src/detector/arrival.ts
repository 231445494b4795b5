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
  /** Not recorded: nothing is known of the user, and the namespace takes no more. */
  REFUSED: 2048,
  /** The first of a session that took the place of another one of the user, who had as many as are kept. */
  DISPLACING: 4096,
  /** The user is invisible: it changes nothing for anybody who watches. */
  INVISIBLE: 8192,
} as const;

/** Arrivals of which nothing is kept. */
export const UNRECORDED_FLAGS = ArrivalFlag.UNREADABLE | ArrivalFlag.REFUSED;

/** Arrivals that are news to whoever watches. */
export const NEWS_FLAGS = ArrivalFlag.FIRST_SEEN | ArrivalFlag.EARLIER;
/** Arrivals that trackers must hear of, a LATE one for who may be suspected; every other one only moves crossings later. */
export const ANNOUNCED_FLAGS = NEWS_FLAGS | ArrivalFlag.LATE;

/** Whether trackers must hear of such an arrival; every other one only moves crossings later. */
export function isAnnounced(flags: number): boolean {
  return (flags & ANNOUNCED_FLAGS) !== 0 && (flags & ArrivalFlag.INVISIBLE) === 0;
}

/** Arrivals whose z is no silence between two heartbeats of a client whose rhythm is known. */
export const UNJUDGED_FLAGS =
  ArrivalFlag.FIRST_SEEN |
  ArrivalFlag.DUPLICATE |
  ArrivalFlag.STALE |
  UNRECORDED_FLAGS |
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

/** An arrival that ended no silence; by default one that changed nothing either. */
function unjudged({
  flags,
  atUs = Number.NEGATIVE_INFINITY,
  was = NOT_DUE,
  is = NOT_DUE,
}: Pick<Arrival, 'flags'> & Partial<Pick<Arrival, 'atUs' | 'was' | 'is'>>): Arrival {
  const lateAtUs = Number.POSITIVE_INFINITY;
  const [before, next] = [undefined, undefined];
  return { flags, z: 0, scaleMs: 0, silenceMs: 0, lost: 0, lateAtUs, atUs, was, is, before, next };
}

export const UNREADABLE_ARRIVAL = unjudged({ flags: ArrivalFlag.UNREADABLE });
export const REFUSED_ARRIVAL = unjudged({ flags: ArrivalFlag.REFUSED });
export const STALE_ARRIVAL = unjudged({ flags: ArrivalFlag.STALE });

/** The first arrival of a session; other flags say more of it. */
export function firstArrival(
  first: Pick<Arrival, 'atUs' | 'is'> & { readonly was?: Due; readonly flags?: number },
): Arrival {
  const { atUs, is, was = NOT_DUE, flags = 0 } = first;
  return unjudged({ flags: flags | ArrivalFlag.FIRST_SEEN, atUs, was, is });
}

/**
 * The same arrival, of a user who was and is due at other times than this session, and with more flags. Field by field: there is one
 * for every heartbeat, and an object that is spread into another one costs microseconds.
 */
export function arrivalOf(user: Pick<Arrival, 'was' | 'is'>, arrival: Arrival, flags = 0): Arrival {
  const { z, scaleMs, silenceMs, lost, lateAtUs, atUs, before, next } = arrival;
  const { was, is } = user;
  return { flags: arrival.flags | flags, z, scaleMs, silenceMs, lost, lateAtUs, atUs, was, is, before, next };
}
