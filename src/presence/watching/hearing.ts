import { type Arrival, ArrivalFlag, NEWS_FLAGS } from '../../detector/arrival.js';
import { type Clocks, nodeMs, type ReceivedHeartbeat } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import { NONE } from './columns.js';
import { type CrossingTimers, earlyUs } from './crossing-timers.js';
import type { Roster } from './roster.js';

/** Arrivals that change nothing. */
const UNCHANGING_FLAGS = ArrivalFlag.STALE | ArrivalFlag.UNREADABLE;

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
    const { users } = this.#roster;
    for (let i = 0; i < arrivals.length; i++) {
      const arrival = arrivals[i] as Arrival;
      if (arrival.flags & UNCHANGING_FLAGS) continue;
      const user = users.find((heartbeats[i] as ReceivedHeartbeat).userId);
      if (user === NONE) continue;
      const { atUs } = arrival;
      const quietMs = (this.#quietUntilUs(user, arrival) - atUs) / 1000;
      this.#timers.hear(user, { atMs: nodeMs(atUs, clocks), quietMs });
    }
  }

  /** Until when nobody needs to be told anything of a user who was heard, µs. */
  #quietUntilUs(user: number, { flags, atUs, is, next }: Arrival): number {
    // The feed has them read.
    if (flags & NEWS_FLAGS || !next) return atUs;
    const phi = this.#roster.lowestSuspect(user);
    if (phi === undefined) return atUs;
    const { detector, isLearning } = this.#namespace;
    // Of this session, and so no later than of the user. When they are due of all, lies before any crossing that is watched.
    const crossingUs = detector.crossingUs(atUs, phi, next);
    const latenessUs = isLearning ? crossingUs - (atUs + 1000 * next.locationMs) : 0;
    return Math.max(is.atUs, crossingUs - earlyUs(latenessUs));
  }
}
