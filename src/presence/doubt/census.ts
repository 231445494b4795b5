import { type Arrival, ArrivalFlag, UNRECORDED_FLAGS } from '../../detector/arrival.js';
import type { Due } from '../../detector/due.js';
import { BucketCounts } from './bucket-counts.js';
import { Roll } from './roll.js';

/** Buckets of an expected interval: how finely it is known when users were due, and heard. */
const BUCKETS = 100;

/** Of users who are there, so many are not heard when they are due: due means φ = 0.95. */
const LATE_SHARE = 10 ** -0.95;
/**
 * Within moments that is no silence yet: then so many missing users are evidence, if they are by so many standard deviations
 * more than are late anyway. Of half an interval those who were only late have long been heard.
 */
const MISSING_MIN = 10;
const DEVIATIONS_MIN = 6;
const LATE_BUCKETS = BUCKETS / 2;
/** By so many deviations the share of those missing may be larger than it seems. */
const DEVIATIONS_UNSURE = 2;

/** Arrivals that say nothing of whether others are heard: those of a queue, several of one user at once. */
const NO_WITNESS = ArrivalFlag.BURST | ArrivalFlag.DUPLICATE;
const UNCOUNTED = ArrivalFlag.STALE | UNRECORDED_FLAGS;

/** What a silence of many is, at least: so large a part of those due, 0 .. 1, and so many users. */
export interface SilenceLimits {
  readonly share: number;
  readonly usersMin: number;
}

/** A silence of many at once. */
export interface Silence {
  /** When the first of them was due, µs. */
  readonly sinceUs: number;
  /** Of those due since, how many were not heard, 0 .. 1. */
  readonly share: number;
  /** Users who are there, the missing ones included. */
  readonly live: number;
}

/**
 * Who is there of one namespace and origin, as far as this node heard them: how many users are due when, and how many were
 * heard when. No user is known by name: a heartbeat takes the user off the bucket where they were due before, and puts
 * them where they are due next. Whoever is still in a bucket that has passed is missing.
 *
 * Times are of the store's clock, µs. A heartbeat is O(1).
 */
export class Census {
  readonly #widthUs: number;
  #due = new BucketCounts();
  readonly #heard = new BucketCounts();
  /** Some of the users, by name. */
  readonly roll = new Roll();
  /** When it turned out last that those who were missing had been heard elsewhere, µs. */
  refutedUs = Number.NEGATIVE_INFINITY;

  constructor(expectedIntervalMs: number) {
    this.#widthUs = (expectedIntervalMs * 1000) / BUCKETS;
  }

  /** Counts what was heard here, of a user last heard here or elsewhere. */
  hear({ flags, atUs, is }: Arrival): void {
    this.expect(is);
    if (!(flags & NO_WITNESS)) this.#heard.add(this.#bucketOf(atUs), 1);
  }

  /** Somebody is expected, by when says `due`. */
  expect({ atUs }: Due): void {
    this.#due.add(this.#bucketOf(atUs), 1);
  }

  /** Somebody is expected there no longer: they were heard, or left. */
  release({ atUs }: Due): void {
    this.#due.add(this.#bucketOf(atUs), -1);
  }

  /** Users who are there, or were due since `fromUs`. O(buckets in use). */
  liveSince(fromUs: number): number {
    const oldest = this.#bucketOf(fromUs);
    let live = 0;
    for (const [bucket, users] of this.#due.entries()) if (bucket >= oldest) live += users;
    return live;
  }

  /** Users due between two moments who were not heard. O(buckets in use). */
  missing(fromUs: number, toUs: number): number {
    const [first, end] = [this.#bucketOf(fromUs), this.#bucketOf(toUs)];
    let missing = 0;
    for (const [bucket, users] of this.#due.entries()) if (bucket >= first && bucket < end) missing += users;
    return Math.max(0, missing);
  }

  /**
   * The time up to `nowUs`, not before `fromUs`, in which at least `share` of those due, and `usersMin`, were not heard, or will
   * not have been by the look of it; undefined when there is none. Of several the one in which most are missing beyond that
   * share: it begins where the silence does. O(buckets in use).
   */
  silence(fromUs: number, nowUs: number, least: SilenceLimits): Silence | undefined {
    // As a rule hardly anybody is missing.
    const enough = Math.min(MISSING_MIN, least.usersMin);
    if (this.missing(fromUs, nowUs) < enough) return undefined;
    const [oldest, current] = [this.#bucketOf(fromUs), this.#bucketOf(nowUs)];
    const present = this.liveSince(nowUs);
    let heard = this.#heard.get(current);
    let missing = 0;
    let since: number | undefined;
    let found = 0;
    let most = -1;
    for (const bucket of this.#inUse(oldest, current)) {
      heard += this.#heard.get(bucket);
      missing += this.#due.get(bucket);
      // In more than an interval they are heard again and again.
      const due = missing + Math.min(heard, present);
      const excess = missing - least.share * due;
      if (excess < 0 || excess <= most) continue;
      const isLong = current - bucket >= LATE_BUCKETS && missing >= least.usersMin;
      if (!isLong && !isSudden(missing, due)) continue;
      most = excess;
      since = bucket;
      found = missing / due;
    }
    if (since === undefined) return undefined;
    const live = this.liveSince(fromUs);
    if (Math.round(found * live) < least.usersMin) return undefined;
    return { sinceUs: since * this.#widthUs, share: found, live };
  }

  /** The latest first. */
  #inUse(first: number, end: number): number[] {
    const buckets = new Set<number>();
    for (const counts of [this.#due, this.#heard])
      for (const [bucket] of counts.entries()) if (bucket >= first && bucket < end) buckets.add(bucket);
    return [...buckets].sort((a, b) => b - a);
  }

  /**
   * Whether of those due since `dueUs` perhaps `share` were not heard: there are too few witnesses that it is fewer. Of one
   * missing among others who are heard it takes about eleven.
   */
  isUnsure(dueUs: number, nowUs: number, share: number): boolean {
    const missing = this.missing(dueUs, nowUs);
    const [first, last] = [this.#bucketOf(dueUs), this.#bucketOf(nowUs)];
    let heard = 0;
    for (const [bucket, users] of this.#heard.entries()) if (bucket > first && bucket <= last) heard += users;
    const due = missing + Math.min(heard, this.liveSince(nowUs));
    if (due === 0) return true;
    const seen = missing / due;
    return seen + DEVIATIONS_UNSURE * Math.sqrt((seen * (1 - seen)) / due) >= share;
  }

  /** Forgets what was before `fromUs`; returns whether anything is left. */
  sweep(fromUs: number): boolean {
    const oldest = this.#bucketOf(fromUs);
    this.#due.deleteBefore(oldest);
    this.#heard.deleteBefore(oldest);
    this.roll.population = this.liveSince(fromUs);
    return this.#due.size + this.#heard.size > 0;
  }

  #bucketOf(us: number): number {
    return Math.floor(us / this.#widthUs);
  }
}

/** Whether so many missing of so many due are far more than are late by chance. */
function isSudden(missing: number, due: number): boolean {
  const late = LATE_SHARE * due;
  return missing >= MISSING_MIN && missing - late >= DEVIATIONS_MIN * Math.sqrt(late * (1 - LATE_SHARE));
}

export function isCounted({ flags }: Arrival): boolean {
  return !(flags & UNCOUNTED);
}
