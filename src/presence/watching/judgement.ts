import type { Detector, Estimate } from '../../detector/detector.js';
import { dueUs } from '../../detector/due.js';
import type { SessionRecord } from '../../detector/session.js';
import { type Status, statusOf, type Thresholds } from '../../detector/status.js';
import { type LastCrossing, SESSIONS_MAX } from '../../detector/user.js';
import type { Reading } from '../../store/store.js';
import type { Facts } from './watches.js';

/**
 * What a reading says of a user, for any number of subscribers: the same as suspicionOf and crossingUs (user.ts), and
 * nothing that only an answer needs. Of all readings hardly one in a hundred changes anything. One object for all of
 * them: `read` judges the next, and what it was given may be lent.
 */
export class Judgement implements Facts {
  /** The store's clock when it was read, µs. */
  nowUs = 0;
  /** 0 when the user is unknown. */
  lastSeenUs = 0;
  leftUs = 0;
  /** All sessions left: there is no φ. */
  hasLeft = false;
  /** There is a record. */
  isKnown = false;
  /** The latest location m of a session that did not leave: what a crossing is later than that is lateness, µs. */
  locationUs = 0;
  /** Of the liveliest session. */
  #phi = 0;
  #detector: Detector | undefined;
  /**
   * Sessions that did not leave: how many, their last sign of life, µs, and what is estimated of the next. Arrays that
   * were emptied would be made anew for every reading; what is beyond `#live` is of readings before.
   */
  #live = 0;
  readonly #lastUs = new Float64Array(SESSIONS_MAX);
  readonly #estimates: Estimate[] = [];
  readonly #origins: string[] = [];
  /** Subscribers often ask for the same. */
  #crossingPhi = Number.NaN;
  #crossingUs = 0;
  /** The session that crosses last. */
  #lastToCross = 0;

  read({ record, nowUs }: Reading, detector: Detector): void {
    this.nowUs = nowUs;
    this.lastSeenUs = 0;
    this.leftUs = 0;
    this.locationUs = 0;
    this.#phi = Number.POSITIVE_INFINITY;
    this.#detector = detector;
    this.#live = 0;
    this.#crossingPhi = Number.NaN;
    this.isKnown = record !== undefined && record.sessions.length > 0;
    for (const session of record?.sessions ?? []) this.#readSession(session, detector);
    this.hasLeft = this.isKnown && this.#live === 0;
  }

  #readSession(session: SessionRecord, detector: Detector): void {
    const { lastUs, baseUs, left } = session;
    if (lastUs > this.lastSeenUs) this.lastSeenUs = lastUs;
    if (left) {
      if (baseUs > this.leftUs) this.leftUs = baseUs;
      return;
    }
    const estimate = detector.estimate(session);
    const phi = detector.phi(detector.sight.silenceMs(lastUs, this.nowUs), estimate);
    if (phi < this.#phi) this.#phi = phi;
    this.locationUs = Math.max(this.locationUs, lastUs + estimate.locationMs * 1000);
    this.#lastUs[this.#live] = lastUs;
    this.#estimates[this.#live] = estimate;
    this.#origins[this.#live] = session.origin;
    this.#live += 1;
  }

  /** As statusOfUser. */
  status(thresholds: Thresholds, previous: Status | undefined): Status {
    if (!this.isKnown) return 'UNKNOWN';
    return this.hasLeft ? 'OFFLINE' : statusOf(this.#phi, thresholds, previous);
  }

  /** The instant (µs) of the next crossing that can change `status`, if the silence lasts; Infinity: there is none. */
  nextCrossingUs(status: Status, { suspect, offline }: Thresholds): number {
    if (status !== 'ONLINE' && status !== 'SUSPECT') return Number.POSITIVE_INFINITY;
    const crossingUs = this.crossingUs(status === 'ONLINE' ? suspect : offline);
    // The store's clock counts whole µs, and a date in µs is exact to 1/4: a crossing can be seen at the next whole one.
    return this.nowUs + Math.floor(Math.max(0, crossingUs - this.nowUs)) + 1;
  }

  /** As lastCrossing (user.ts), of a user who did not leave. */
  lastCrossing(phi: number): LastCrossing {
    const atUs = this.crossingUs(phi);
    const last = this.#lastToCross;
    const { watchMs } = this.#estimates[last] as Estimate;
    return {
      atUs,
      origin: this.#origins[last] as string,
      dueUs: dueUs(this.#lastUs[last] as number, watchMs, this.#detector as Detector),
      origins: this.#origins.slice(0, this.#live),
    };
  }

  /** When the last of the sessions crosses, µs. */
  crossingUs(phi: number): number {
    if (phi === this.#crossingPhi) return this.#crossingUs;
    let latestUs = 0;
    for (let i = 0; i < this.#live; i++) {
      const lastUs = this.#lastUs[i] as number;
      const atUs = (this.#detector as Detector).crossingUs(lastUs, phi, this.#estimates[i] as Estimate);
      if (atUs <= latestUs) continue;
      latestUs = atUs;
      this.#lastToCross = i;
    }
    this.#crossingPhi = phi;
    this.#crossingUs = latestUs;
    return latestUs;
  }
}
