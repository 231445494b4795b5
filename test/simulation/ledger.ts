import { type Arrival, ArrivalFlag } from '../../src/detector/arrival.js';
import { endUs } from '../../src/presence/doubt/hold.js';
import type { Hold, ReceivedHeartbeat } from '../../src/store/store.js';
import { trueMs } from './clocks.js';

/** A heartbeat that a node was handed. Times are true ones, ms. */
export interface HandedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly sequence: number;
  readonly origin: string;
  readonly node: number;
  /** When it reached the node, whose event loop may have stood still. */
  readonly reachedMs: number;
  /** When the node took it up. */
  readonly receivedMs: number;
  /** What became of it at the node: `lost` if it was refused, or the node crashed with it. */
  fate: 'pending' | 'acknowledged' | 'lost';
}

/** A hold as a node said it. Times are true ones, ms. */
export interface HeldBy {
  readonly hold: Hold;
  readonly node: number;
  readonly saidMs: number;
  /** From when on it withholds from whoever crossed, µs: where another one was in force, from the beginning of that. */
  readonly fromUs: number;
  /** When the store had it; Infinity when it never did. */
  storedMs: number;
  /** When the store had another one in its place. */
  supersededMs: number;
}

interface SessionFacts {
  /** When its count began anew, or it came back from a leave. */
  restartedMs: number;
  /** Highest number of a heartbeat that was older than what was recorded, and so changed nothing. */
  staleSequence: number;
  /** Newest last. */
  readonly handedIn: HandedIn[];
}

interface UserFacts {
  /** When what everybody may see of the record changed last. */
  changedMs: number;
  /** When anything of the user that everybody may see was last recorded as heard, whatever became of it since. */
  heardMs: number;
  /** The same of what nobody sees. */
  unseenHeardMs: number;
  /** Since when the user is invisible, and as of when; undefined: they are visible. */
  unseen: { readonly sinceMs: number; readonly saidMs: number } | undefined;
  readonly sessions: Map<string, SessionFacts>;
}

/** Heartbeats of a session that are remembered: those of more than any deadline. */
const HANDED_IN_MAX = 60;

/**
 * What really happened, as nobody in the simulated world knows it: which heartbeats nodes were handed, and what was done
 * to the records in the store. Times are true ones, ms.
 */
export class Ledger {
  readonly #users = new Map<string, UserFacts>();
  /** All that ever were. */
  readonly holds: HeldBy[] = [];
  /** When the store lost its data last. */
  lostMs = Number.NEGATIVE_INFINITY;

  /** A node wants all others to heed a hold. */
  held(hold: Hold, node: number, saidMs: number): void {
    if (this.holds.some((known) => known.hold === hold)) return;
    const never = Number.POSITIVE_INFINITY;
    const before = this.holds.filter((known) => {
      return isNamedAlike(known.hold, hold) && trueMs(endUs(known.hold)) >= saidMs;
    });
    const fromUs = Math.min(hold.fromUs, ...before.map((known) => known.fromUs));
    this.holds.push({ hold, node, saidMs, fromUs, storedMs: never, supersededMs: never });
  }

  /** The store has it. */
  stored(hold: Hold, nowMs: number): void {
    for (const known of this.holds) {
      if (known.hold === hold) known.storedMs = Math.min(known.storedMs, nowMs);
      else if (known.storedMs < nowMs && isNamedAlike(known.hold, hold))
        known.supersededMs = Math.min(known.supersededMs, nowMs);
    }
  }

  handedIn(heartbeat: HandedIn): void {
    const { handedIn } = this.session(heartbeat.userId, heartbeat.sessionId);
    handedIn.push(heartbeat);
    if (handedIn.length > HANDED_IN_MAX) handedIn.shift();
  }

  /** A heartbeat was recorded, as of `heardMs`. */
  recorded(
    { userId, sessionId, sequence }: ReceivedHeartbeat,
    { flags }: Arrival,
    { heardMs, nowMs }: { readonly heardMs: number; readonly nowMs: number },
  ): void {
    const session = this.session(userId, sessionId);
    if (flags & ArrivalFlag.STALE) {
      session.staleSequence = Math.max(session.staleSequence, sequence);
      return;
    }
    if (flags & ArrivalFlag.FIRST_SEEN || sequence === 1) session.restartedMs = nowMs;
    const user = this.user(userId);
    if (flags & ArrivalFlag.INVISIBLE) {
      user.unseenHeardMs = Math.max(user.unseenHeardMs, heardMs);
      return;
    }
    user.changedMs = nowMs;
    user.heardMs = Math.max(user.heardMs, heardMs);
  }

  left(userId: string, nowMs: number): void {
    const user = this.user(userId);
    if (!user.unseen) user.changedMs = nowMs;
  }

  /** A user became visible or invisible, as was said at `saidMs`; or is so already. */
  turned(
    userId: string,
    isUnseen: boolean,
    { saidMs, nowMs }: { readonly saidMs: number; readonly nowMs: number },
  ): void {
    const user = this.user(userId);
    if (isUnseen === (user.unseen !== undefined)) return;
    user.changedMs = nowMs;
    user.unseen = isUnseen ? { sinceMs: nowMs, saidMs } : undefined;
    user.heardMs = isUnseen ? Math.min(user.heardMs, saidMs) : Math.max(user.heardMs, user.unseenHeardMs);
  }

  lostAll(nowMs: number): void {
    this.lostMs = nowMs;
    for (const user of this.#users.values()) {
      user.changedMs = nowMs;
      user.unseen = undefined;
    }
  }

  /** A node crashed: what it had taken is lost, but for what it has acknowledged. */
  crashed(node: number): void {
    for (const { sessions } of this.#users.values()) {
      for (const { handedIn } of sessions.values()) {
        for (const heartbeat of handedIn) {
          if (heartbeat.node === node && heartbeat.fate === 'pending') heartbeat.fate = 'lost';
        }
      }
    }
  }

  /** The last heartbeat that any node was handed of a user. */
  lastOf(userId: string): HandedIn | undefined {
    let last: HandedIn | undefined;
    for (const { handedIn } of this.user(userId).sessions.values()) {
      const latest = handedIn.at(-1);
      if (latest && (!last || latest.reachedMs > last.reachedMs)) last = latest;
    }
    return last;
  }

  /** Whether a node acknowledged a heartbeat of an origin that it had received between two moments. */
  hears(node: number, origin: string, span: { readonly fromMs: number; readonly toMs: number }): boolean {
    const { fromMs, toMs } = span;
    for (const { sessions } of this.#users.values())
      for (const { handedIn } of sessions.values())
        for (const heartbeat of handedIn) {
          if (heartbeat.node !== node || heartbeat.origin !== origin || heartbeat.fate !== 'acknowledged')
            continue;
          if (fromMs <= heartbeat.receivedMs && heartbeat.receivedMs <= toMs) return true;
        }
    return false;
  }

  /** How many nodes were handed heartbeats of a user since then. */
  nodesOf(userId: string, sinceMs: number): number {
    const sessions = [...this.user(userId).sessions.values()];
    const recent = sessions.flatMap(({ handedIn }) =>
      handedIn.filter(({ reachedMs }) => reachedMs >= sinceMs),
    );
    return new Set(recent.map(({ node }) => node)).size;
  }

  user(userId: string): UserFacts {
    let user = this.#users.get(userId);
    if (!user) {
      const never = Number.NEGATIVE_INFINITY;
      const heard = { heardMs: never, unseenHeardMs: never };
      user = { changedMs: never, ...heard, unseen: undefined, sessions: new Map() };
      this.#users.set(userId, user);
    }
    return user;
  }

  session(userId: string, sessionId: string): SessionFacts {
    const { sessions } = this.user(userId);
    let session = sessions.get(sessionId);
    if (!session) {
      session = { restartedMs: Number.NEGATIVE_INFINITY, staleSequence: 0, handedIn: [] };
      sessions.set(sessionId, session);
    }
    return session;
  }
}

/** Whether one takes the place of the other. */
function isNamedAlike(a: Hold, b: Hold): boolean {
  return a.origin === b.origin && a.cause === b.cause;
}
