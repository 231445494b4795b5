import { type Arrival, ArrivalFlag } from '../../detector/arrival.js';
import type { Due } from '../../detector/due.js';
import type { Sight } from '../../detector/sight.js';
import type { Status } from '../../detector/status.js';
import type { Departure, Hold } from '../../store/store.js';
import { Census, isCounted, type SilenceLimits } from './census.js';
import type { Crossing } from './crossing.js';
import { endUs, releasedUs } from './hold.js';
import { Witnesses } from './witnesses.js';

/** Of a namespace. */
export interface MassSilenceSettings extends SilenceLimits {
  /** How long OFFLINE is withheld when they do not come back, ms; 0 switches it off. */
  readonly holdMs: number;
  /** How many of them are let go a second then. */
  readonly releasePerSecond: number;
}

/** Origins counted for a namespace. Those beyond it are judged user by user. */
const ORIGINS_MAX = 1_000;

/** A silence of many, as it was found. */
interface Found {
  mostMissing: number;
  /** Users who were there, the missing ones included. */
  readonly live: number;
  /** The census was begun anew since. */
  isRecounted: boolean;
}

/** When so large a part of those who were there is there again, they are back. */
const BACK_SHARE = 0.9;

/** Expected intervals after which those who were counted by other tables have been heard and counted anew. */
const RECOUNT_INTERVALS = 2;

/** Of what may be let go a second, so many are on average. */
const RELEASE_SHARE = 2 / 3;

/** A user who cannot be judged yet is looked at again after this part of the expected interval. */
const UNSURE_SHARE = 1 / 20;

/** What became of a hold: it begins; it will end at another time than it was said; it withholds nothing more from now on. */
export type HoldNews = 'begun' | 'changed' | 'over';

/**
 * Doubts silences of many at once, of one namespace: users of an origin of whom a large share falls silent together were cut
 * off, and did not leave. Their OFFLINE is withheld until they are heard again, or it has lasted for long. So is, for a short
 * while, that of anybody of whose origin nobody else was heard since: nobody is OFFLINE without witnesses.
 */
export class MassSilence {
  /** Other nodes that hear users of the same origins. */
  readonly witnesses: Witnesses;
  /** For /metrics. */
  readonly counts = { trips: 0, uncounted: 0 };
  readonly #namespace: string;
  readonly #settings: MassSilenceSettings;
  /** The expected interval, µs. */
  readonly intervalUs: number;
  readonly #sight: Sight;
  readonly #keptUs: number;
  readonly #censuses = new Map<string, Census>();
  /** The census asked for last, and of which origin: heartbeats come by origin. */
  #lastOrigin: string | undefined;
  #lastCensus: Census | undefined;
  #isRecounting = false;
  /** Before it nobody is missed: the census is not what it says. */
  #countsFromUs = Number.NEGATIVE_INFINITY;
  /** In force, or ended not long ago: of this node and others, by their names. */
  readonly #holds = new Map<string, Hold>();
  /** Names of those that nobody was told the end of. */
  readonly #open = new Set<string>();
  /** The silences that this node found, which it alone may end. */
  readonly #found = new Map<string, Found>();

  constructor(options: {
    readonly namespace: string;
    readonly settings: MassSilenceSettings;
    readonly expectedIntervalMs: number;
    readonly maxSilenceMs: number;
    readonly sight: Sight;
  }) {
    this.#namespace = options.namespace;
    this.#settings = options.settings;
    this.intervalUs = options.expectedIntervalMs * 1000;
    this.#sight = options.sight;
    this.#keptUs = options.maxSilenceMs * 1000;
    this.witnesses = new Witnesses({ holdMs: options.settings.holdMs, intervalUs: this.intervalUs });
  }

  /** Those that this node hears users of. */
  get origins(): readonly string[] {
    return [...this.#censuses.keys()].sort();
  }

  /** The hold of this name as it is in force: what was said of it before is part of it. */
  holdOf(hold: Hold): Hold {
    return this.#holds.get(nameOf(hold)) ?? hold;
  }

  get holds(): readonly Hold[] {
    return [...this.#holds.values()];
  }

  /** Counts what the store said of heartbeats. */
  hear(arrivals: readonly Arrival[]): void {
    if (this.#settings.holdMs === 0) return;
    for (const arrival of arrivals) {
      if (!(arrival.flags & ArrivalFlag.FOREIGN)) this.#release(arrival.was);
      const { is } = arrival;
      if (is.atUs === Number.NEGATIVE_INFINITY) continue;
      // One that changed nothing says when the user is due all the same, where that was known otherwise.
      if (isCounted(arrival)) this.#censusOf(is.origin)?.hear(arrival);
      else this.#censusOf(is.origin)?.expect(is);
    }
  }

  /**
   * Those of `arrivals` that say what silences are usual: not who was missing while many were silent, or a drain was announced,
   * and comes back. As a rule all.
   */
  usual(arrivals: readonly Arrival[]): readonly Arrival[] {
    if (this.#holds.size === 0) return arrivals;
    return arrivals.filter(
      (arrival) => !this.#isReturn('silence', arrival) && !this.#isReturn('drain', arrival),
    );
  }

  #isReturn(cause: Hold['cause'], { was, atUs }: Arrival): boolean {
    const hold = this.#holds.get(nameOf({ cause, origin: was.origin }));
    return hold !== undefined && atUs > was.atUs && atUs >= hold.fromUs && was.atUs < endUs(hold);
  }

  /** Users are due at other times from now on: those counted by the old ones are only gone from the census after a while. */
  recount(): void {
    this.#isRecounting = true;
    for (const census of this.#censuses.values()) census.recount();
    for (const found of this.#found.values()) found.isRecounted = true;
  }

  /** Somebody left: they are not missed. */
  leave({ was, is, isForeign }: Departure): void {
    if (this.#settings.holdMs === 0 || isForeign) return;
    this.#release(was);
    if (is.atUs > Number.NEGATIVE_INFINITY) this.#censusOf(is.origin)?.expect(is);
  }

  /** How many users of an origin are there, as far as this node heard them. */
  live(origin: string, nowUs: number): number {
    return this.#censuses.get(origin)?.liveAt(nowUs) ?? 0;
  }

  /** Looks who is missing. Returns holds that begin or change by that, for all nodes. O(origins x buckets in use). */
  look(nowUs: number): Hold[] {
    const found: Hold[] = [];
    if (this.#isRecounting) this.#countsFromUs = nowUs + RECOUNT_INTERVALS * this.intervalUs;
    this.#isRecounting = false;
    for (const [origin, census] of this.#censuses) {
      const hold = this.#holds.get(nameOf({ cause: 'silence', origin }));
      const next =
        hold && nowUs < endUs(hold)
          ? this.#lookWhileHeld(hold, census, nowUs)
          : this.#find(origin, census, nowUs);
      if (next) found.push(next);
      if (!census.sweep(nowUs, hold && nowUs < hold.untilUs ? hold.fromUs : nowUs)) {
        this.#censuses.delete(origin);
        this.#lastOrigin = undefined;
      }
    }
    return found;
  }

  /** Holds that have begun to let go since this was asked last. Forgets those that ended long ago. */
  ended(nowUs: number): Hold[] {
    const ended: Hold[] = [];
    for (const [name, hold] of this.#holds) {
      if (nowUs >= hold.untilUs && this.#open.delete(name)) ended.push(hold);
      // Until then the last of them may still be told why, and those who come back are not usual.
      if (nowUs > endUs(hold) + this.#keptUs) {
        this.#holds.delete(name);
        this.#found.delete(name);
      }
    }
    return ended;
  }

  /** A hold is in force as it says from now on. Returns what that changes; undefined: nothing. */
  take(hold: Hold, nowUs: number): HoldNews | undefined {
    const name = nameOf(hold);
    const known = this.#holds.get(name);
    // Others speak of it for a while after its end.
    if (!known && nowUs >= endUs(hold)) return undefined;
    if (known?.untilUs === hold.untilUs && known.releaseUs === hold.releaseUs) return undefined;
    this.#open.add(name);
    if (!known || nowUs >= endUs(known)) {
      this.#holds.set(name, hold);
      return 'begun';
    }
    // Who was held is still held, and let go as the new one says.
    this.#holds.set(name, { ...hold, fromUs: Math.min(hold.fromUs, known.fromUs) });
    return 'changed';
  }

  /** How long the release of so many users takes, µs: they are spread by chance, and no second is to have too many. */
  releaseUs(users: number): number {
    return Math.ceil((users / (RELEASE_SHARE * this.#settings.releasePerSecond)) * 1e6);
  }

  /** Until when OFFLINE is withheld from somebody who has crossed its threshold, µs; in the past: it is not. */
  offlineWithheldUntilUs(crossing: Crossing): number {
    const heldUs = this.heldUntilUs('OFFLINE', crossing);
    if (heldUs > crossing.nowUs) return heldUs;
    return Math.max(heldUs, this.#unsureUntilUs(crossing), this.witnesses.awaitedUntilUs(crossing));
  }

  /** The same, as far as it is because of a hold, which may have ended long ago. Of SUSPECT only a drain is one. */
  heldUntilUs(status: Status, crossing: Pick<Crossing, 'userId' | 'origin' | 'atUs'>): number {
    const drainedUs = this.#releasedUs('drain', crossing);
    return status === 'OFFLINE' ? Math.max(this.#releasedUs('silence', crossing), drainedUs) : drainedUs;
  }

  /** The same for SUSPECT. */
  suspectWithheldUntilUs(crossing: Crossing): number {
    return this.heldUntilUs('SUSPECT', crossing);
  }

  #releasedUs(
    cause: Hold['cause'],
    { userId, origin, atUs }: Pick<Crossing, 'userId' | 'origin' | 'atUs'>,
  ): number {
    const hold = this.#holds.get(nameOf({ cause, origin }));
    if (!hold || atUs < hold.fromUs || atUs >= hold.untilUs) return Number.NEGATIVE_INFINITY;
    return releasedUs(hold, userId);
  }

  #unsureUntilUs({ origin, dueUs, atUs, nowUs }: Crossing): number {
    const { usersMin, share, holdMs } = this.#settings;
    if (holdMs === 0 || nowUs - atUs >= this.intervalUs) return Number.NEGATIVE_INFINITY;
    const census = this.#censuses.get(origin);
    if (!census || !this.#counts(census, nowUs) || census.liveAt(nowUs) < usersMin)
      return Number.NEGATIVE_INFINITY;
    if (!census.isUnsure(dueUs, nowUs, share)) return Number.NEGATIVE_INFINITY;
    return Math.min(nowUs + this.intervalUs * UNSURE_SHARE, atUs + this.intervalUs);
  }

  #find(origin: string, census: Census, nowUs: number): Hold | undefined {
    if (!this.#counts(census, nowUs)) return undefined;
    const silence = census.silence(nowUs, this.#sight.clearFromUs, this.#settings);
    if (!silence) return undefined;
    this.counts.trips += 1;
    const live = census.liveAt(nowUs);
    // Everybody may be back before it is looked again.
    const mostMissing = census.missing(silence.sinceUs, nowUs);
    this.#found.set(nameOf({ cause: 'silence', origin }), { mostMissing, live, isRecounted: false });
    return {
      namespace: this.#namespace,
      origin,
      cause: 'silence',
      fromUs: Math.floor(silence.sinceUs),
      untilUs: nowUs + this.#settings.holdMs * 1000,
      releaseUs: this.releaseUs(live),
    };
  }

  /** It ends before its time when most of those who were missing have been heard; the others have an interval for it. */
  #lookWhileHeld(hold: Hold, census: Census, nowUs: number): Hold | undefined {
    const found = this.#found.get(nameOf(hold));
    if (!found) return undefined;
    const missing = census.missing(hold.fromUs, nowUs);
    found.mostMissing = Math.max(found.mostMissing, missing);
    const untilUs = nowUs + this.intervalUs;
    const areBack = found.isRecounted
      ? // Who was missing is not known any more, but how many are there is.
        this.#counts(census, nowUs) && census.liveAt(nowUs) >= BACK_SHARE * found.live
      : missing < this.#settings.share * found.mostMissing;
    if (!areBack || untilUs >= hold.untilUs) return undefined;
    return { ...hold, untilUs, releaseUs: this.releaseUs(missing) };
  }

  /** Whether who is missing in the census is missing. */
  #counts(census: Census, nowUs: number): boolean {
    return census.isComplete && !this.#isRecounting && nowUs >= this.#countsFromUs;
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
      census = new Census(this.intervalUs / 1000);
      this.#censuses.set(origin, census);
    }
    this.#lastOrigin = origin;
    this.#lastCensus = census;
    return census;
  }
}

function nameOf({ cause, origin }: Pick<Hold, 'cause' | 'origin'>): string {
  return `${cause}:${origin}`;
}
