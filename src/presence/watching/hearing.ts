import { type Arrival, ArrivalFlag, NEWS_FLAGS } from '../../detector/arrival.js';
import { type Clocks, nodeMs, type ReceivedHeartbeat } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import { NONE } from './columns.js';
import { type CrossingTimers, earlyUs } from './crossing-timers.js';
import type { ReceivedArrivals } from './relayed-arrivals.js';
import type { Roster } from './roster.js';

/** Arrivals that change nothing. */
const UNCHANGING_FLAGS = ArrivalFlag.STALE | ArrivalFlag.UNREADABLE;
/** Arrivals that let nobody rest: the feed says that the user is to be read. */
const RESTLESS_FLAGS = UNCHANGING_FLAGS | NEWS_FLAGS;

/** Whether the user of this arrival will not be suspected for a time that is known now, as quietUntilUs says. */
export function isQuieting({ flags, next }: Arrival): boolean {
  return (flags & RESTLESS_FLAGS) === 0 && next !== undefined;
}

/** Until when nobody who suspects users at `phi` or above has to look at the user of a quieting arrival again, µs. */
export function quietUntilUs({ atUs, is, next }: Arrival, phi: number, namespace: Namespace): number {
  if (!next) return atUs;
  const { detector, isLearning } = namespace;
  // Of this session, and so no later than of the user. When they are due of all lies before any crossing that is watched.
  const crossingUs = detector.crossingUs(atUs, phi, next);
  const latenessUs = isLearning ? crossingUs - (atUs + 1000 * next.locationMs) : 0;
  return Math.max(is.atUs, crossingUs - earlyUs(latenessUs));
}

/**
 * Has timers know of recorded heartbeats, so that who beats need not be read: of all heartbeats of a watched user hardly one in a
 * hundred is followed by a silence that anybody would be told of.
 */
export class Hearing {
  readonly #namespace: Namespace;
  readonly #roster: Roster;
  readonly #timers: CrossingTimers;

  constructor(namespace: Namespace, roster: Roster, timers: CrossingTimers) {
    this.#namespace = namespace;
    this.#roster = roster;
    this.#timers = timers;
  }

  /** This node has recorded heartbeats. O(heartbeats). */
  hear(heartbeats: readonly ReceivedHeartbeat[], arrivals: readonly Arrival[], clocks: Clocks): void {
    for (let i = 0; i < arrivals.length; i++) {
      const arrival = arrivals[i] as Arrival;
      if (arrival.flags & UNCHANGING_FLAGS) continue;
      const user = this.#roster.users.find((heartbeats[i] as ReceivedHeartbeat).userId);
      if (user === NONE) continue;
      const { atUs } = arrival;
      const phi = isQuieting(arrival) ? this.#roster.lowestSuspect(user, atUs) : undefined;
      const untilUs = phi === undefined ? atUs : quietUntilUs(arrival, phi, this.#namespace);
      this.#timers.hear(user, { atMs: nodeMs(atUs, clocks), quietMs: (untilUs - atUs) / 1000 });
    }
  }

  /**
   * Another node has recorded heartbeats, as it says some time later: what this one has heard or read since counts. O(heartbeats).
   */
  hearRelayed({ phi, arrivals }: ReceivedArrivals, clocks: Clocks): void {
    for (const { userId, atUs, dueUs, quietUntilUs: untilUs } of arrivals) {
      const user = this.#roster.users.find(userId);
      if (user === NONE) continue;
      const atMs = nodeMs(atUs, clocks);
      if (atMs <= this.#timers.heardMs(user)) continue;
      const lowest = this.#roster.lowestSuspect(user, atUs);
      if (lowest === undefined) continue;
      const quietUs = (phi <= lowest ? untilUs : dueUs) - atUs;
      this.#timers.hear(user, { atMs, quietMs: quietUs / 1000 });
    }
  }
}
