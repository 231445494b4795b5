import type { Detector } from '../../src/detector/detector.js';
import type { Heartbeat } from '../../src/detector/session.js';
import type { Status, Thresholds } from '../../src/detector/status.js';
import {
  recordHeartbeat,
  recordLeave,
  statusOfUser,
  suspicionOf,
  type UserRecord,
  type UserSuspicion,
} from '../../src/detector/user.js';

/** From when on a status is the true one. */
export interface Truth {
  readonly atUs: number;
  readonly status: Status;
}

interface Known {
  readonly record: UserRecord;
  expiresUs: number;
}

/**
 * The truth about a few users, in the eyes of one subscriber: φ is evaluated, never inverted, and nothing sleeps. Between
 * two facts a status only rises, so each of its instants is found by bisection, to the µs.
 */
export class Oracle {
  readonly #detector: Detector;
  readonly #retentionUs: number;
  readonly #users = new Map<string, Known>();
  readonly #views: { readonly thresholds: Thresholds; readonly truths: Map<string, Truth[]> }[] = [];
  #nowUs: number;

  constructor(detector: Detector, { retentionMs, nowUs }: { retentionMs: number; nowUs: number }) {
    this.#detector = detector;
    this.#retentionUs = retentionMs * 1000;
    this.#nowUs = nowUs;
  }

  /** Begins to look at users with these thresholds; what it returns grows with time. */
  look(thresholds: Thresholds, userIds: readonly string[]): ReadonlyMap<string, readonly Truth[]> {
    const truths = new Map<string, Truth[]>();
    for (const userId of userIds) {
      truths.set(userId, [{ atUs: this.#nowUs, status: this.#statusAt(userId, this.#nowUs, thresholds) }]);
    }
    this.#views.push({ thresholds, truths });
    return truths;
  }

  suspicion(userId: string, atUs = this.#nowUs): UserSuspicion | undefined {
    const known = this.#users.get(userId);
    return known && known.expiresUs > atUs ? suspicionOf(known.record, atUs, this.#detector) : undefined;
  }

  /** The highest sequence number of a session. */
  sequence(userId: string, sessionId: string): number {
    const sessions = this.#users.get(userId)?.record.sessions;
    return sessions?.find((s) => s.sessionId === sessionId)?.sequence ?? 0;
  }

  heartbeat(heartbeat: Heartbeat): void {
    let known = this.#users.get(heartbeat.userId);
    if (!known || known.expiresUs <= this.#nowUs) {
      known = { record: { sessions: [] }, expiresUs: 0 };
      this.#users.set(heartbeat.userId, known);
    }
    recordHeartbeat(known.record, heartbeat, this.#nowUs, this.#detector);
    known.expiresUs = this.#nowUs + this.#retentionUs;
    this.#judge(heartbeat.userId);
  }

  leave(userId: string, sessionId: string): void {
    const known = this.#users.get(userId);
    if (!known || known.expiresUs <= this.#nowUs) return;
    if (recordLeave(known.record, sessionId, this.#nowUs)) known.expiresUs = this.#nowUs + this.#retentionUs;
    this.#judge(userId);
  }

  /** Lets silence pass. */
  advanceTo(us: number): void {
    for (const { thresholds, truths } of this.#views) {
      for (const [userId, list] of truths) {
        for (;;) {
          const { atUs, status } = list.at(-1) as Truth;
          if (this.#statusAt(userId, us, thresholds, status) === status) break;
          let before = Math.max(atUs, this.#nowUs);
          let after = us;
          while (after - before > 1) {
            const middle = Math.floor((before + after) / 2);
            if (this.#statusAt(userId, middle, thresholds, status) === status) before = middle;
            else after = middle;
          }
          list.push({ atUs: after, status: this.#statusAt(userId, after, thresholds, status) });
        }
      }
    }
    this.#nowUs = us;
  }

  /** A fact of this instant may have changed the status. */
  #judge(userId: string): void {
    for (const { thresholds, truths } of this.#views) {
      const list = truths.get(userId) as Truth[];
      const previous = list.at(-1)?.status;
      const status = this.#statusAt(userId, this.#nowUs, thresholds, previous);
      if (status !== previous) list.push({ atUs: this.#nowUs, status });
    }
  }

  #statusAt(userId: string, us: number, thresholds: Thresholds, previous?: Status): Status {
    return statusOfUser(this.suspicion(userId, us), thresholds, previous);
  }
}
