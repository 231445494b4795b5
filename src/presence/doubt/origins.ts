import { type Arrival, ArrivalFlag } from '../../detector/arrival.js';
import type { Due } from '../../detector/due.js';
import type { Sight } from '../../detector/sight.js';
import type { Departure } from '../../store/store.js';
import { Census, isCounted, type Silence, type SilenceLimits } from './census.js';
import type { Crossing } from './crossing.js';
import { expectedBefore, type Named } from './roll.js';
import { type Answer, isConfirmed, KNOWN_MIN, type RollCall } from './roll-call.js';

/** Origins counted for a namespace. Those beyond it are judged user by user. */
const ORIGINS_MAX = 1_000;

/** This part of the expected interval after somebody was due they are asked after, or judged again who could not be before. */
const UNSURE_SHARE = 1 / 20;

/** For this part of the expected interval it is believed that users who are missing here were heard elsewhere. */
const REFUTED_SHARE = 1 / 4;

/** So many expected intervals after a time in which nobody could be heard those are looked for who were due in it. */
const BLIND_INTERVALS = 2;

/** Many of an origin were silent, and those asked after confirmed it. `names`: who is asked whether they are back. */
export interface Found extends RollCall {
  /** Users who are there, the missing ones included. */
  readonly live: number;
}

/**
 * Who is there of each origin of a namespace, as far as this node heard them. Finds silences of many: where the census misses
 * them, and the store, asked after some of them by name, knows of nobody either who heard them.
 */
export class Origins {
  /** For /metrics: silences found, of which it turned out that others had heard the users; heartbeats of origins that are not counted. */
  readonly counts = { refuted: 0, uncounted: 0 };
  readonly #least: SilenceLimits;
  readonly #intervalUs: number;
  readonly #sight: Sight;
  readonly #censuses = new Map<string, Census>();
  #suspectedSinceUs = Number.POSITIVE_INFINITY;
  /** The census asked for last, and of which origin: heartbeats come by origin. */
  #lastOrigin: string | undefined;
  #lastCensus: Census | undefined;

  constructor(options: {
    readonly least: SilenceLimits;
    readonly intervalUs: number;
    readonly sight: Sight;
  }) {
    this.#least = options.least;
    this.#intervalUs = options.intervalUs;
    this.#sight = options.sight;
  }

  /** Those that this node hears users of. */
  get names(): readonly string[] {
    return [...this.#censuses.keys()].sort();
  }

  /** Since when there may be a silence of many, which was not confirmed yet, µs; Infinity: there is none, by the last look. */
  get suspectedSinceUs(): number {
    return this.#suspectedSinceUs;
  }

  /** Counts what the store said of a user's heartbeat. */
  hear(userId: string, arrival: Arrival): void {
    const { flags, was, is, atUs } = arrival;
    if (!(flags & ArrivalFlag.FOREIGN)) this.#release(was);
    if (is.atUs === Number.NEGATIVE_INFINITY) return;
    const census = this.#censusOf(is.origin);
    if (!census) return;
    // One that changed nothing says when the user is due all the same, where that was known otherwise.
    if (!isCounted(arrival)) {
      census.expect(is);
      return;
    }
    census.hear(arrival);
    if (atUs >= this.#sight.clearFromUs) census.roll.hear(userId, arrival);
    else census.roll.hearBlindly(userId, arrival);
  }

  /** Somebody left: they are not missed. */
  leave({ was, is, isForeign }: Departure): void {
    if (isForeign) return;
    this.#release(was);
    if (is.atUs > Number.NEGATIVE_INFINITY) this.#censusOf(is.origin)?.expect(is);
  }

  /** How many users of an origin are there. */
  live(origin: string, nowUs: number): number {
    return this.#censuses.get(origin)?.liveSince(this.#keptSinceUs(nowUs)) ?? 0;
  }

  /** Looks who is missing, but of those origins of which `isKnown` is true. Returns who is to be asked after. O(origins x buckets in use). */
  look(nowUs: number, isKnown: (origin: string) => boolean): RollCall[] {
    const calls: RollCall[] = [];
    const keptSinceUs = this.#keptSinceUs(nowUs);
    this.#suspectedSinceUs = Number.POSITIVE_INFINITY;
    for (const [origin, census] of this.#censuses) {
      const silence = isKnown(origin) ? undefined : this.#silenceOf(census, nowUs);
      if (silence) {
        this.#suspectedSinceUs = Math.min(this.#suspectedSinceUs, silence.sinceUs);
        const names = this.#expected(census, silence, nowUs);
        if (names.length >= KNOWN_MIN) calls.push({ origin, ...silence, names });
      }
      if (census.sweep(keptSinceUs)) continue;
      this.#censuses.delete(origin);
      this.#lastOrigin = undefined;
    }
    return calls;
  }

  /** What the answer to a roll call tells: a silence of many, or nothing. */
  answer({ origin, share }: RollCall, answer: Answer, nowUs: number): Found | undefined {
    const census = this.#censuses.get(origin);
    const isSilent = isConfirmed(answer, share, this.#least.share);
    if (!census || isSilent === undefined) return undefined;
    if (!isSilent) {
      this.counts.refuted += 1;
      census.refutedUs = nowUs;
      return undefined;
    }
    const silence = this.#silenceOf(census, nowUs);
    return silence && { origin, ...silence, names: census.roll.dueSince(silence.sinceUs) };
  }

  /** Until when it is not known whether somebody is one of many who are silent, µs; in the past: it is. */
  unsureUntilUs({ origin, dueUs, atUs, nowUs }: Crossing): number {
    const no = Number.NEGATIVE_INFINITY;
    if (nowUs - atUs >= this.#intervalUs) return no;
    const census = this.#censuses.get(origin);
    if (!census || this.#isRefuted(census, nowUs)) return no;
    if (census.liveSince(this.#keptSinceUs(nowUs)) < this.#least.usersMin) return no;
    if (!census.isUnsure(dueUs, nowUs, this.#least.share)) return no;
    return Math.min(nowUs + this.#intervalUs * UNSURE_SHARE, atUs + this.#intervalUs);
  }

  #silenceOf(census: Census, nowUs: number): Silence | undefined {
    if (nowUs < this.#sight.clearFromUs || this.#isRefuted(census, nowUs)) return undefined;
    return census.silence(this.#keptSinceUs(nowUs), nowUs, this.#least);
  }

  #isRefuted({ refutedUs }: Census, nowUs: number): boolean {
    return nowUs < refutedUs + this.#intervalUs * REFUTED_SHARE;
  }

  /** Those of the silent who can be asked after: others may only be late. */
  #expected(census: Census, { sinceUs }: Silence, nowUs: number): Named[] {
    const dueBeforeUs = nowUs - this.#intervalUs * UNSURE_SHARE;
    return expectedBefore(census.roll.dueSince(sinceUs), dueBeforeUs, this.#sight);
  }

  /** An interval ago; and while nobody could be heard, and until those are due who were heard last meanwhile, when that began. */
  #keptSinceUs(nowUs: number): number {
    const fromUs = nowUs - this.#intervalUs;
    const { clearFromUs, intervals } = this.#sight;
    const isOver = nowUs >= clearFromUs + BLIND_INTERVALS * this.#intervalUs;
    return isOver ? fromUs : Math.min(fromUs, intervals.at(-1)?.fromUs ?? fromUs);
  }

  #release(due: Due): void {
    if (due.atUs > Number.NEGATIVE_INFINITY) this.#censusOf(due.origin)?.release(due);
  }

  #censusOf(origin: string): Census | undefined {
    if (origin === this.#lastOrigin) return this.#lastCensus;
    let census = this.#censuses.get(origin);
    if (!census) {
      if (this.#censuses.size >= ORIGINS_MAX) {
        this.counts.uncounted += 1;
        return undefined;
      }
      census = new Census(this.#intervalUs / 1000);
      this.#censuses.set(origin, census);
    }
    this.#lastOrigin = origin;
    this.#lastCensus = census;
    return census;
  }
}
