import { type Arrival, ArrivalFlag, arrivalOf, firstArrival } from './arrival.js';
import type { Detector, Estimate } from './detector.js';
import { type Due, dueOf, dueUs, NOT_DUE } from './due.js';
import {
  type ArrivalTime,
  arrive,
  type Heartbeat,
  leave,
  newSession,
  type SessionRecord,
} from './session.js';
import { type Status, statusOf, type Thresholds, WATCHABLE_PHI_MIN } from './status.js';

/** All that is known of a user: one record, one key. */
export interface UserRecord {
  readonly sessions: SessionRecord[];
  /** Undefined as long as nobody said anything of it: the user is visible. */
  visibility?: Visibility | undefined;
}

/** Whether others may see a user, and what they see where not. */
export interface Visibility {
  /** When that was said last, µs of the store's clock. */
  readonly sinceUs: number;
  /** The sessions as if all had left when the user became invisible. Undefined: the user is visible. */
  readonly shown: SessionRecord[] | undefined;
}

/** Sessions kept for a user, at most. A new one beyond it takes the place of one that left, or of the most suspicious. */
export const SESSIONS_MAX = 16;

/** A session's record without its samples: what an answer about it may keep. */
export type SessionFacts = Readonly<Omit<SessionRecord, 'window' | 'adaptive'>> & {
  readonly samples: number;
  /** When the oldest heartbeat came that the samples tell of, about, µs: the first one, as long as the window is not full. */
  readonly sinceUs: number;
};

/** A session's suspicion at a moment. */
export interface SessionSuspicion {
  readonly session: SessionFacts;
  readonly estimate: Estimate;
  /** Standard deviation of the intervals in the window, ms. */
  readonly stdDevMs: number;
  readonly elapsedMs: number;
  /** Absent when the session left. */
  readonly phi: number | undefined;
}

/** A user's suspicion at a moment: that of the liveliest session. */
export interface UserSuspicion {
  /** min φ over the sessions that did not leave; absent when all left. */
  readonly phi: number | undefined;
  /** The session whose φ this is; when all left, the one seen last. */
  readonly liveliest: SessionSuspicion;
  readonly lastSeenUs: number;
  /** When the last leave of a session happened; 0 when none did. */
  readonly leftUs: number;
  readonly sessions: readonly SessionSuspicion[];
}

/** Whether others see the user as if they had left. */
export function isInvisible({ visibility }: UserRecord): boolean {
  return visibility?.shown !== undefined;
}

/** Records a heartbeat of `user` (changed in place). */
export function recordHeartbeat(
  user: UserRecord,
  heartbeat: Heartbeat,
  time: ArrivalTime,
  detector: Detector,
): Arrival {
  const arrival = arriveAt(user, heartbeat, time, detector);
  return isInvisible(user) ? arrivalOf(arrival, arrival, ArrivalFlag.INVISIBLE) : arrival;
}

function arriveAt(user: UserRecord, heartbeat: Heartbeat, time: ArrivalTime, detector: Detector): Arrival {
  const { atUs } = time;
  const { sessions } = user;
  const known = sessions.find((s) => s.sessionId === heartbeat.sessionId);
  if (known && sessions.length === 1) return arrive(known, heartbeat, time, detector);
  const was = userDue(user, detector);
  if (known) {
    const arrival = arrive(known, heartbeat, time, detector);
    return arrivalOf({ was, is: userDue(user, detector) }, arrival);
  }

  const donor = donorOf(sessions, atUs);
  // A new session is the moment to forget the dead: a reconnect under a new id is what usually killed the old one.
  const { maxSilenceMs, sessionsMax = SESSIONS_MAX } = detector.settings;
  const { sight } = detector;
  const alive = sessions.filter((s) => sight.silenceMs(Math.max(s.lastUs, s.baseUs), atUs) < maxSilenceMs);
  const isDisplacing = alive.length >= sessionsMax;
  // More than one, where more were kept before.
  while (alive.length >= sessionsMax) alive.splice(mostSuspicious(alive, atUs, detector), 1);
  alive.push(newSession(heartbeat, atUs, detector, donor));
  sessions.splice(0, sessions.length, ...alive);
  const flags =
    (isDisplacing ? ArrivalFlag.DISPLACING : 0) |
    (time.isForeign && sessions.length > 1 ? ArrivalFlag.FOREIGN : 0);
  return firstArrival({ atUs, was, is: userDue(user, detector), flags });
}

/** When the user is due: the latest of the sessions that did not leave. O(sessions). */
export function userDue({ sessions }: UserRecord, detector: Detector): Due {
  let latest = NOT_DUE;
  for (const session of sessions) {
    const due = dueOf(session, detector);
    if (due.atUs > latest.atUs) latest = due;
  }
  return latest;
}

/**
 * The session that a new one of the user takes over from: the one heard last, if it left or its next heartbeat is
 * overdue. A reconnect under a new id need not be learned again; a second device is somebody else.
 */
function donorOf(sessions: readonly SessionRecord[], atUs: number): SessionRecord | undefined {
  let donor: SessionRecord | undefined;
  for (const session of sessions) if (!donor || session.lastUs > donor.lastUs) donor = session;
  if (!donor?.adaptive) return undefined;
  return donor.left || (atUs - donor.lastUs) / 1000 >= donor.adaptive.meanMs ? donor : undefined;
}

/**
 * Which of the sessions is most surely gone: one that left; the highest φ, of equals the longest silence. One φ below what may be
 * watched says no more than another. O(sessions).
 */
function mostSuspicious(sessions: readonly SessionRecord[], atUs: number, detector: Detector): number {
  let most = 0;
  let mostPhi = -1;
  for (const [i, session] of sessions.entries()) {
    const silenceMs = detector.sight.silenceMs(session.lastUs, atUs);
    const phi = session.left
      ? Number.POSITIVE_INFINITY
      : Math.max(WATCHABLE_PHI_MIN, detector.phi(silenceMs, detector.estimate(session)));
    const isLonger = session.lastUs < (sessions[most] as SessionRecord).lastUs;
    if (phi < mostPhi || (phi === mostPhi && !isLonger)) continue;
    most = i;
    mostPhi = phi;
  }
  return most;
}

/** Ends one session of `user`, or all when `sessionId` is empty; returns whether anything changed. O(sessions). */
export function recordLeave(user: UserRecord, sessionId: string, atUs: number): boolean {
  let changed = false;
  for (const session of user.sessions) {
    if ((sessionId === '' || session.sessionId === sessionId) && leave(session, atUs)) changed = true;
  }
  return changed;
}

/** The last sign of life of any session, or the last leave, µs; 0 without sessions. */
export function lastSignUs({ sessions }: Pick<UserRecord, 'sessions'>): number {
  let lastUs = 0;
  for (const session of sessions) lastUs = Math.max(lastUs, session.lastUs, session.baseUs);
  return lastUs;
}

/** Whether so long ago that nothing is known of the user any more. */
export function isForgotten(user: Pick<UserRecord, 'sessions'>, retentionMs: number, nowUs: number): boolean {
  return lastSignUs(user) + retentionMs * 1000 <= nowUs;
}

/** Whether the record says nothing: neither of sessions, nor of who may see the user. */
export function isUnknown({ sessions, visibility }: UserRecord): boolean {
  return sessions.length === 0 && visibility === undefined;
}

/** The suspicion of a user at `nowUs`; undefined when nothing is known. O(sessions). */
export function suspicionOf(
  user: UserRecord | undefined,
  nowUs: number,
  detector: Detector,
): UserSuspicion | undefined {
  if (!user || user.sessions.length === 0) return undefined;
  const sessions = user.sessions.map((session): SessionSuspicion => {
    const estimate = detector.estimate(session);
    const elapsedMs = Math.max(0, (nowUs - session.lastUs) / 1000);
    const phi = session.left
      ? undefined
      : detector.phi(detector.sight.silenceMs(session.lastUs, nowUs), estimate);
    const stdDevMs = detector.stdDevMs(session);
    return { session: factsOf(session), estimate, stdDevMs, elapsedMs, phi };
  });
  const liveliest = sessions.reduce((a, b) => (livelier(b, a) ? b : a));
  let lastSeenUs = 0;
  let leftUs = 0;
  for (const { session } of sessions) {
    if (session.lastUs > lastSeenUs) lastSeenUs = session.lastUs;
    if (session.left && session.baseUs > leftUs) leftUs = session.baseUs;
  }
  return { phi: liveliest.phi, liveliest, lastSeenUs, leftUs, sessions };
}

/** Field by field: an object made of the rest of another one is a slow one, and this is done for every answer. */
function factsOf(session: SessionRecord): SessionFacts {
  return {
    sessionId: session.sessionId,
    origin: session.origin,
    lastUs: session.lastUs,
    baseUs: session.baseUs,
    sequence: session.sequence,
    declaredMs: session.declaredMs,
    rhythmMs: session.rhythmMs,
    activity: session.activity,
    owed: session.owed,
    left: session.left,
    releasing: session.releasing,
    samples: session.window.count,
    sinceUs: session.lastUs - 1000 * (session.window.sum + session.window.count * session.declaredMs),
  };
}

/** φ against thresholds; with `previous`, with hysteresis. A user who left is OFFLINE, an unknown one UNKNOWN. */
export function statusOfUser(
  suspicion: UserSuspicion | undefined,
  thresholds: Thresholds,
  previous?: Status,
): Status {
  if (!suspicion) return 'UNKNOWN';
  return suspicion.phi === undefined ? 'OFFLINE' : statusOf(suspicion.phi, thresholds, previous);
}

/** When the last of a user's sessions crosses a threshold, and which one that is. Times are µs of the store's clock. */
export interface LastCrossing {
  readonly atUs: number;
  /** Where that session is heard through, and when it was due; and where all that did not leave are. */
  readonly origin: string;
  readonly dueUs: number;
  readonly origins: readonly string[];
}

/**
 * Where the user's φ reaches `phi` if nobody hears of them again: when the last of the sessions crosses. In the past, when it
 * has crossed; undefined when all sessions left.
 */
export function lastCrossing(
  suspicion: UserSuspicion,
  phi: number,
  detector: Detector,
): LastCrossing | undefined {
  let last: LastCrossing | undefined;
  const origins: string[] = [];
  for (const { session, estimate } of suspicion.sessions) {
    if (session.left) continue;
    origins.push(session.origin);
    const atUs = detector.crossingUs(session.lastUs, phi, estimate);
    if (last && atUs <= last.atUs) continue;
    last = {
      atUs,
      origin: session.origin,
      dueUs: dueUs(session.lastUs, estimate.watchMs, detector),
      origins,
    };
  }
  return last;
}

/** The instant of it, µs. */
export function crossingUs(suspicion: UserSuspicion, phi: number, detector: Detector): number | undefined {
  return lastCrossing(suspicion, phi, detector)?.atUs;
}

function livelier(a: SessionSuspicion, b: SessionSuspicion): boolean {
  if (a.phi === undefined || b.phi === undefined) {
    return a.phi === b.phi ? a.session.lastUs > b.session.lastUs : a.phi !== undefined;
  }
  return a.phi < b.phi || (a.phi === b.phi && a.session.lastUs > b.session.lastUs);
}

/** Sessions with the liveliest first, those that left last. Most users have one. */
export function byLiveliness(sessions: readonly SessionSuspicion[]): readonly SessionSuspicion[] {
  return sessions.length === 1 ? sessions : [...sessions].sort(compareLiveliness);
}

function compareLiveliness(a: SessionSuspicion, b: SessionSuspicion): number {
  return (
    (a.phi ?? Number.POSITIVE_INFINITY) - (b.phi ?? Number.POSITIVE_INFINITY) ||
    b.session.lastUs - a.session.lastUs
  );
}
