import type { Arrival } from '../../detector/arrival.js';
import type { Sight } from '../../detector/sight.js';
import type { UserRecord } from '../../detector/user.js';

/** Users known by name. Of so many a share is known to 6 %, by one standard deviation. */
const NAMES_MAX = 64;

/** Gaps between those noted are spread by it: users come in turn, and those who are cut off may be every tenth of them. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** A user as heard last here: when that was, and when they were due again, µs. */
export interface Named {
  readonly userId: string;
  readonly atUs: number;
  readonly dueUs: number;
}

/**
 * Names of some users of an origin who were heard within an interval, to ask after them. The census only counts, and counts
 * wrong where users are heard by other nodes meanwhile: what the store knows of a few of them tells.
 */
export class Roll {
  readonly #names: Named[] = [];
  #next = 0;
  /** One heartbeat in so many is noted, on average. */
  #step = 1;
  /** Heartbeats until the next one that is. */
  #left = 0;
  #turn = 0;

  /** How many users there are: the names are to be of all who are heard within an interval. */
  set population(users: number) {
    this.#step = Math.max(1, Math.ceil(users / NAMES_MAX));
  }

  hear(userId: string, { atUs, is }: Arrival): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#turn = (this.#turn + GOLDEN) % 1;
    this.#left = Math.ceil(this.#turn * (2 * this.#step - 1));
    this.#names[this.#next] = { userId, atUs, dueUs: is.atUs };
    this.#next = (this.#next + 1) % NAMES_MAX;
  }

  /** The same in a time in which nobody can be missed: whoever is heard takes no place of those who will be. */
  hearBlindly(userId: string, { atUs, is }: Arrival): void {
    const at = this.#names.findIndex((named) => named.userId === userId);
    const named = { userId, atUs, dueUs: is.atUs };
    if (at >= 0) this.#names[at] = named;
    else if (this.#names.length < NAMES_MAX) this.#names.push(named);
  }

  /** Those due from then on, whom the present may have reached or not. */
  dueSince(fromUs: number): Named[] {
    return this.#names.filter(({ dueUs }) => dueUs >= fromUs);
  }
}

/** Those who should have been heard before `nowUs`, as far as they could be. */
export function expectedBefore(names: readonly Named[], nowUs: number, sight: Sight): Named[] {
  return names.filter(({ atUs, dueUs }) => sight.instantUs(atUs, (dueUs - atUs) / 1000) <= nowUs);
}

/**
 * Whether nobody has heard of a user who was due since `sinceUs`: no node, and they did not leave. Undefined of whom was heard
 * again before that: they were due at another time than is noted.
 */
export function isSilent({ atUs }: Named, { sessions }: UserRecord, sinceUs: number): boolean | undefined {
  const there = sessions.filter(({ left }) => !left);
  if (there.length === 0) return false;
  const lastUs = Math.max(...there.map((session) => session.lastUs));
  if (lastUs <= atUs) return true;
  return lastUs >= sinceUs ? false : undefined;
}
