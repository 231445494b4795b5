import type { Detector } from '../../../src/detector/detector.js';
import type { Heartbeat } from '../../../src/detector/session.js';
import type { Status, Thresholds } from '../../../src/detector/status.js';
import {
  isForgotten,
  recordHeartbeat,
  recordLeave,
  statusOfUser,
  suspicionOf,
  type UserRecord,
  type UserSuspicion,
} from '../../../src/detector/user.js';

/** From when on a status is the true one. */
export interface Truth {
  readonly atUs: number;
  readonly status: Status;
  /** The same without hysteresis: who looked away for a µs may have missed what it remembers. */
  readonly plain: Status;
}

/**
 * The truth about a few users, in the eyes of one subscriber: φ is evaluated, never inverted, and nothing sleeps. Between
 * two facts a status only rises, so each of its instants is found by bisection, to the µs.
 */
export class Oracle {
  readonly #detector: Detector;
  readonly #retentionMs: number;
  readonly #users = new Map<string, UserRecord>();
  readonly #views: { readonly thresholds: Thresholds; readonly truths: Map<string, Truth[]> }[] = [];
  #nowUs: number;

  constructor(detector: Detector, { retentionMs, nowUs }: { retentionMs: number; nowUs: number }) {
    this.#detector = detector;
    this.#retentionMs = retentionMs;
    this.#nowUs = nowUs;
  }

  /** Begins to look at users with these thresholds; what it returns grows with time. */
  look(thresholds: Thresholds, userIds: readonly string[]): ReadonlyMap<string, readonly Truth[]> {
    const truths = new Map<string, Truth[]>();
    for (const userId of userIds) {
      truths.set(userId, [this.#truthAt(userId, this.#nowUs, thresholds)]);
    }
    this.#views.push({ thresholds, truths });
    return truths;
  }

  suspicion(userId: string, atUs = this.#nowUs): UserSuspicion | undefined {
    const known = this.#known(userId, atUs);
    return known && suspicionOf(known, atUs, this.#detector);
  }

  /** The highest sequence number of a session. */
  sequence(userId: string, sessionId: string): number {
    const sessions = this.#users.get(userId)?.sessions;
    return sessions?.find((s) => s.sessionId === sessionId)?.sequence ?? 0;
  }

  /** A heartbeat that is recorded now, and arrived some time ago. */
  heartbeat(heartbeat: Heartbeat, ageUs: number): void {
    const known = this.#known(heartbeat.userId, this.#nowUs) ?? { sessions: [] };
    this.#users.set(heartbeat.userId, known);
    recordHeartbeat(known, heartbeat, { atUs: this.#nowUs - ageUs, nowUs: this.#nowUs }, this.#detector);
    this.#judge(heartbeat.userId);
  }

  leave(userId: string, sessionId: string): void {
    const known = this.#known(userId, this.#nowUs);
    if (!known) return;
    recordLeave(known, sessionId, this.#nowUs);
    this.#judge(userId);
  }

  #known(userId: string, atUs: number): UserRecord | undefined {
    const known = this.#users.get(userId);
    return known && !isForgotten(known, this.#retentionMs, atUs) ? known : undefined;
  }

  /** Lets silence pass. */
  advanceTo(us: number): void {
    for (const { thresholds, truths } of this.#views) {
      for (const [userId, list] of truths) {
        for (;;) {
          const last = list.at(-1) as Truth;
          const isSame = (atUs: number) =>
            isSameTruth(this.#truthAt(userId, atUs, thresholds, last.status), last);
          if (isSame(us)) break;
          let before = Math.max(last.atUs, this.#nowUs);
          let after = us;
          while (after - before > 1) {
            const middle = Math.floor((before + after) / 2);
            if (isSame(middle)) before = middle;
            else after = middle;
          }
          list.push(this.#truthAt(userId, after, thresholds, last.status));
        }
      }
    }
    this.#nowUs = us;
  }

  /** A fact of this instant may have changed the status. */
  #judge(userId: string): void {
    for (const { thresholds, truths } of this.#views) {
      const list = truths.get(userId) as Truth[];
      const last = list.at(-1) as Truth;
      const truth = this.#truthAt(userId, this.#nowUs, thresholds, last.status);
      if (!isSameTruth(truth, last)) list.push(truth);
    }
  }

  #truthAt(userId: string, atUs: number, thresholds: Thresholds, previous?: Status): Truth {
    const suspicion = this.suspicion(userId, atUs);
    return {
      atUs,
      status: statusOfUser(suspicion, thresholds, previous),
      plain: statusOfUser(suspicion, thresholds),
    };
  }
}

function isSameTruth(a: Truth, b: Truth): boolean {
  return a.status === b.status && a.plain === b.plain;
}
