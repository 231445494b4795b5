import type { Arrival } from '../../detector/arrival.js';
import type { Sight } from '../../detector/sight.js';
import type { Status } from '../../detector/status.js';
import type { Departure, Hold, Reading, ReceivedHeartbeat } from '../../store/store.js';
import type { SilenceLimits } from './census.js';
import type { Crossing } from './crossing.js';
import { endUs, releasedUs } from './hold.js';
import { type Found, Origins } from './origins.js';
import { expectedBefore } from './roll.js';
import { answerOf, type RollCall } from './roll-call.js';
import { Witnesses } from './witnesses.js';

/** Of a namespace. */
export interface MassSilenceSettings extends SilenceLimits {
  /** How long OFFLINE is withheld when they do not come back, ms; 0 switches it off. */
  readonly holdMs: number;
  /** How many of them are let go a second then. */
  readonly releasePerSecond: number;
}

/** So often it is asked whether those are back who were silent, µs. */
const BACK_INTERVAL_US = 1_000_000;

/** Of what may be let go a second, so many are on average. */
const RELEASE_SHARE = 2 / 3;

/** A silence of many that this node found. */
interface Ongoing {
  readonly found: Found;
  mostUnheard: number;
  askedUs: number;
}

/** What became of a hold: it begins; it will end at another time than it was said; it withholds nothing more from now on. */
export type HoldNews = 'begun' | 'changed' | 'over';

/** Why a status is withheld: a hold of either cause, too few others who were heard, or another node that has not spoken yet. */
export type WithholdingReason = Hold['cause'] | 'alone' | 'witnesses';

/** Until when, µs, where that is known; it may end sooner. */
interface Withholding {
  readonly reason: WithholdingReason;
  readonly untilUs: number | undefined;
}

/**
 * Doubts silences of many at once, of one namespace: users of an origin of whom a large share falls silent together were cut
 * off, and did not leave. Their OFFLINE is withheld until they are heard again, or it has lasted for long. So is, for a short
 * while, that of anybody of whose origin nobody else was heard since: nobody is OFFLINE without witnesses.
 */
export class MassSilence {
  /** Other nodes that hear users of the same origins. */
  readonly witnesses: Witnesses;
  /** For /metrics. */
  readonly counts = { trips: 0 };
  /** Who is there, as this node heard them. */
  readonly origins: Origins;
  readonly #namespace: string;
  readonly #settings: MassSilenceSettings;
  /** The expected interval, µs. */
  readonly intervalUs: number;
  readonly #sight: Sight;
  readonly #keptUs: number;
  /** In force, or ended not long ago: of this node and others, by their names. */
  readonly #holds = new Map<string, Hold>();
  /** Names of those that nobody was told the end of. */
  readonly #open = new Set<string>();
  /** The silences that this node found, which it alone may end, by origin. */
  readonly #ongoing = new Map<string, Ongoing>();

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
    this.origins = new Origins({
      least: options.settings,
      intervalUs: this.intervalUs,
      sight: options.sight,
    });
  }

  /** The hold of this name as it is in force: what was said of it before is part of it. */
  holdOf(hold: Hold): Hold {
    return this.#holds.get(nameOf(hold)) ?? hold;
  }

  get holds(): readonly Hold[] {
    return [...this.#holds.values()];
  }

  /** Counts what the store said of each of `heartbeats`. */
  hear(heartbeats: readonly ReceivedHeartbeat[], arrivals: readonly Arrival[]): void {
    if (this.#settings.holdMs === 0) return;
    arrivals.forEach((arrival, i) => {
      this.origins.hear((heartbeats[i] as ReceivedHeartbeat).userId, arrival);
    });
  }

  /** Somebody left: they are not missed. */
  leave(departure: Departure): void {
    if (this.#settings.holdMs > 0) this.origins.leave(departure);
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

  /** Looks who is missing, and who may be back. Returns who is to be asked after. O(origins x buckets in use). */
  look(nowUs: number): RollCall[] {
    const calls = this.origins.look(nowUs, (origin) => this.#ongoing.has(origin));
    for (const [origin, ongoing] of this.#ongoing) {
      const hold = this.#holds.get(nameOf({ cause: 'silence', origin }));
      if (!hold || nowUs >= hold.untilUs) this.#ongoing.delete(origin);
      else if (nowUs >= ongoing.askedUs + BACK_INTERVAL_US) {
        ongoing.askedUs = nowUs;
        const { found } = ongoing;
        calls.push({ ...found, names: expectedBefore(found.names, nowUs, this.#sight) });
      }
    }
    return calls;
  }

  /** What the store says of those asked after. Returns a hold that begins or changes by that, for all nodes. */
  answer(call: RollCall, readings: readonly Reading[], nowUs: number): Hold | undefined {
    const answer = answerOf(call, readings);
    const ongoing = this.#ongoing.get(call.origin);
    // Of whom nothing is known was not heard either.
    if (ongoing) return this.#back(ongoing, call.names.length - (answer.known - answer.silent), nowUs);
    const found = this.origins.answer(call, answer, nowUs);
    return found && this.#begin(found, answer.silent, nowUs);
  }

  #begin(found: Found, mostUnheard: number, nowUs: number): Hold {
    const { origin, sinceUs, live } = found;
    this.counts.trips += 1;
    const untilUs = nowUs + this.#settings.holdMs * 1000;
    const releaseUs = this.releaseUs(live);
    const fromUs = Math.floor(sinceUs);
    this.#ongoing.set(origin, { found, mostUnheard, askedUs: nowUs });
    return { namespace: this.#namespace, origin, cause: 'silence', fromUs, untilUs, releaseUs };
  }

  /** It ends before its time when most of those who were missing have been heard; the others have an interval for it. */
  #back(ongoing: Ongoing, unheard: number, nowUs: number): Hold | undefined {
    const { origin, names, live } = ongoing.found;
    const hold = this.#holds.get(nameOf({ cause: 'silence', origin }));
    ongoing.mostUnheard = Math.max(ongoing.mostUnheard, unheard);
    const areBack = unheard < this.#settings.share * ongoing.mostUnheard;
    const untilUs = nowUs + this.intervalUs;
    if (!hold || !areBack || untilUs >= hold.untilUs) return undefined;
    // Should they fall silent again meanwhile, that is another silence.
    this.#ongoing.delete(origin);
    return { ...hold, untilUs, releaseUs: this.releaseUs((unheard / names.length) * live) };
  }

  /** Holds that have begun to let go since this was asked last. Forgets those that ended long ago. */
  ended(nowUs: number): Hold[] {
    const ended: Hold[] = [];
    for (const [name, hold] of this.#holds) {
      if (nowUs >= hold.untilUs && this.#open.delete(name)) ended.push(hold);
      // Until then the last of them may still be told why, and those who come back are not usual.
      if (nowUs > endUs(hold) + this.#keptUs) this.#holds.delete(name);
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
    const unsureUs = this.#settings.holdMs === 0 ? heldUs : this.origins.unsureUntilUs(crossing);
    return Math.max(heldUs, unsureUs, this.witnesses.awaitedUntilUs(crossing));
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

  /** Why a status is withheld from somebody who has crossed its threshold; undefined when it is not. */
  withholding(status: 'SUSPECT' | 'OFFLINE', crossing: Crossing): Withholding | undefined {
    const { nowUs } = crossing;
    const drainedUs = this.#releasedUs('drain', crossing);
    if (drainedUs > nowUs) return { reason: 'drain', untilUs: drainedUs };
    if (status === 'SUSPECT') return undefined;
    const silentUs = this.#releasedUs('silence', crossing);
    if (silentUs > nowUs) return { reason: 'silence', untilUs: silentUs };
    // Both are looked at again and again, and end as soon as there is no doubt.
    const isUnsure = this.#settings.holdMs > 0 && this.origins.unsureUntilUs(crossing) > nowUs;
    if (isUnsure) return { reason: 'alone', untilUs: undefined };
    const isAwaited = this.witnesses.awaitedUntilUs(crossing) > nowUs;
    return isAwaited ? { reason: 'witnesses', untilUs: undefined } : undefined;
  }

  #releasedUs(
    cause: Hold['cause'],
    { userId, origin, atUs }: Pick<Crossing, 'userId' | 'origin' | 'atUs'>,
  ): number {
    const hold = this.#holds.get(nameOf({ cause, origin }));
    if (!hold || atUs < hold.fromUs || atUs >= hold.untilUs) return Number.NEGATIVE_INFINITY;
    return releasedUs(hold, userId);
  }
}

function nameOf({ cause, origin }: Pick<Hold, 'cause' | 'origin'>): string {
  return `${cause}:${origin}`;
}
