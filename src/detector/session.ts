import type { Detector, Estimate } from './detector.js';
import { SampleWindow } from './window.js';

/** One connection or device of a user, as the store keeps it. Times are µs of the store's clock. */
export interface SessionRecord {
  readonly sessionId: string;
  /** Where the last heartbeat came through; may be empty. */
  origin: string;
  /** Arrival of the last sign of life. Silence is counted from here. */
  lastUs: number;
  /** Arrival from which the next interval is measured: the last heartbeat in order. For a session that left: when. */
  baseUs: number;
  /** Highest sequence number seen; 0 when heartbeats are not numbered. */
  sequence: number;
  /** Interval declared with the last heartbeat, ms; 0 when none was. */
  declaredMs: number;
  /** Mean interval, ms, when the client began to declare: what to expect again when it ceases. 0: none was learned. */
  rhythmMs: number;
  /** What the client said the user is doing: number of the wire's Activity. */
  activity: number;
  /** Heartbeats that the last gap swallowed and a queue may still release at once. */
  owed: number;
  left: boolean;
  readonly window: SampleWindow;
}

/** One sign of life, as a client sent it. */
export interface Heartbeat {
  readonly userId: string;
  readonly sessionId: string;
  /** 0: not numbered. 1 begins anew. */
  readonly sequence: number;
  /** 0: not declared. */
  readonly declaredMs: number;
  readonly activity: number;
  readonly origin: string;
}

/** What a heartbeat turned out to be; bits of `Arrival.flags`. */
export const ArrivalFlag = {
  /** First heartbeat of this session, or its first after a leave (or after the store's clock was set back). */
  FIRST_SEEN: 1,
  /** Until it was recorded, the silence had crossed the lowest watchable threshold: somebody may suspect the session. */
  LATE: 2,
  /** Sequence number seen before, or older than one seen: proves life, is no sample. */
  DUPLICATE: 4,
  /** Released from a queue with others, or sent before its time: proves life, is no sample. */
  BURST: 8,
  /** Older than what is recorded: changed nothing. */
  STALE: 16,
  /** A crossing now lies earlier than before: whoever sleeps until it must be told. */
  EARLIER: 32,
  /** Not recorded: the user's record has a format that this phid does not know, and is left alone. */
  UNREADABLE: 64,
} as const;

/** Arrivals that trackers must hear of; every other one only moves crossings later. */
export const ANNOUNCED_FLAGS = ArrivalFlag.FIRST_SEEN | ArrivalFlag.LATE | ArrivalFlag.EARLIER;

export interface Arrival {
  readonly flags: number;
  /** Standardised silence that this heartbeat ended, judged by the record before it; 0 when first seen. */
  readonly z: number;
  /** The silence itself, ms. */
  readonly silenceMs: number;
  /** Heartbeats lost before this one, by sequence number; at most 65,535. */
  readonly lost: number;
}

const OWED_MAX = 0xffff;
/** A sequence number may jump by anything; more than this is not told apart. */
const LOST_MAX = 0xffff;

/**
 * A warming session, or one that misses heartbeats again and again, may learn up to this many intervals from one gap: a
 * wrong prior costs one mistake and not ten, a client that slows down to a third about nine and not a whole window.
 */
const LEARNED_GAP_INTERVALS = 3;

export function newSession(heartbeat: Heartbeat, atUs: number): SessionRecord {
  return {
    sessionId: heartbeat.sessionId,
    origin: heartbeat.origin,
    lastUs: atUs,
    baseUs: atUs,
    sequence: heartbeat.sequence,
    declaredMs: heartbeat.declaredMs,
    rhythmMs: 0,
    activity: heartbeat.activity,
    owed: 0,
    left: false,
    window: new SampleWindow(),
  };
}

/** When a heartbeat arrived, and when it is recorded: until then whoever reads sees the silence go on. */
export interface ArrivalTime {
  readonly atUs: number;
  readonly nowUs: number;
}

/**
 * Records a heartbeat in a session known before. Changes `session`; says what the arrival was.
 * record.lua does the same, step by step, on the packed record; a randomised test holds the two together.
 */
export function arrive(
  session: SessionRecord,
  heartbeat: Heartbeat,
  { atUs, nowUs }: ArrivalTime,
  detector: Detector,
): Arrival {
  const knownUs = session.left ? session.baseUs : session.lastUs;
  // What was recorded in the future was recorded before the store's clock was set back: begin anew, or every heartbeat
  // would be old news until the clock has caught up.
  const isAhead = knownUs > nowUs;
  if (atUs < knownUs && !isAhead) return { flags: ArrivalFlag.STALE, z: 0, silenceMs: 0, lost: 0 };
  if (session.left || isAhead) {
    session.left = false;
    session.owed = 0;
    session.sequence = heartbeat.sequence;
    accept(session, heartbeat, atUs, detector);
    return { flags: ArrivalFlag.FIRST_SEEN, z: 0, silenceMs: 0, lost: 0 };
  }

  const before = detector.estimate(session);
  const lastUs = session.lastUs;
  const silenceMs = (atUs - lastUs) / 1000;
  const z = (silenceMs - before.locationMs) / before.scaleMs;
  // Not the silence that it ended, but the one that a reader could see until now: a heartbeat that arrived in time and
  // waited to be recorded would leave everybody who looked meanwhile with a suspicion that nothing takes back.
  const seenMs = (nowUs - lastUs) / 1000;
  const isLate =
    (seenMs - before.locationMs) / before.scaleMs >= detector.zWatchableMin ||
    seenMs >= detector.settings.maxSilenceMs;
  let flags = isLate ? ArrivalFlag.LATE : 0;
  let lost = 0;

  const { sequence } = heartbeat;
  const numbered = sequence > 0 && session.sequence > 0;
  const restarted = numbered && sequence === 1 && session.sequence > 1;
  if (numbered && !restarted && sequence <= session.sequence) {
    flags |= ArrivalFlag.DUPLICATE;
    session.lastUs = atUs;
  } else {
    if (numbered && !restarted) lost = Math.min(LOST_MAX, sequence - session.sequence - 1);
    if (restarted) session.owed = 0;
    else if (!sample(session, (atUs - session.baseUs) / 1000, before, detector)) flags |= ArrivalFlag.BURST;
    if (sequence > 0) session.sequence = sequence;
    accept(session, heartbeat, atUs, detector);
  }
  if (comesEarlier(before, lastUs, detector.estimate(session), atUs, detector)) flags |= ArrivalFlag.EARLIER;
  return { flags, z, silenceMs, lost };
}

/** Ends a session gracefully at `atUs`. The window stays: a client that returns need not be learned again. */
export function leave(session: SessionRecord, atUs: number): boolean {
  if (session.left) return false;
  session.left = true;
  session.baseUs = atUs;
  return true;
}

/** Adds the gap to the window unless it says nothing about the client's rhythm; returns whether it did. */
function sample(session: SessionRecord, gapMs: number, before: Estimate, detector: Detector): boolean {
  const { declaredMs } = session;
  const dueMs = declaredMs > 0 ? declaredMs : before.expectedMs;
  if (gapMs < dueMs / 2 && (session.owed > 0 || declaredMs > 0)) {
    if (session.owed > 0) session.owed -= 1;
    return false;
  }
  // The last gap swallowed heartbeats and no queue has released them: this is a new rhythm, or the network is that bad.
  const again = session.owed > 0;
  // A gap of k intervals held k - 1 heartbeats back.
  session.owed = dueMs > 0 ? Math.min(OWED_MAX, Math.max(0, Math.floor(gapMs / dueMs) - 1)) : 0;
  // One outage must not blind the detector afterwards: it counts as the gap at which it would have been suspected.
  let limitMs = before.locationMs + before.scaleMs * detector.zOutage;
  if (before.warming || again) limitMs = Math.max(limitMs, LEARNED_GAP_INTERVALS * dueMs);
  limitMs = Math.min(limitMs, detector.settings.maxSilenceMs);
  session.window.push(Math.min(gapMs, limitMs) - declaredMs, detector.settings.window);
  return true;
}

/** The heartbeat in order becomes the one that the next is measured from. */
function accept(session: SessionRecord, heartbeat: Heartbeat, atUs: number, detector: Detector): void {
  // Samples are residuals when the interval is declared and intervals when not: re-base the window at a change.
  const { window } = session;
  if (session.declaredMs === 0 && heartbeat.declaredMs > 0) {
    session.rhythmMs = Math.floor(window.meanMs + 0.5);
    window.shift(-session.rhythmMs);
  } else if (session.declaredMs > 0 && heartbeat.declaredMs === 0) {
    // A residual of a longer interval could become an interval below zero, and the session be suspected at every
    // heartbeat until the window has turned over. sample() takes none below half either.
    const rhythmMs = session.rhythmMs || detector.settings.expectedIntervalMs;
    window.shift(rhythmMs, rhythmMs / 2);
  }
  session.lastUs = atUs;
  session.baseUs = atUs;
  session.declaredMs = heartbeat.declaredMs;
  session.activity = heartbeat.activity;
  session.origin = heartbeat.origin;
}

/**
 * Whether any watchable crossing lies earlier after an arrival than before it. Crossings are linear in z up to the
 * z where max_silence cuts the old one off, and the new cut is always later; so the two ends of that range decide.
 */
function comesEarlier(
  before: Estimate,
  beforeLastUs: number,
  after: Estimate,
  afterLastUs: number,
  { zWatchableMin, zWatchableMax, settings: { maxSilenceMs } }: Detector,
): boolean {
  const movedMs = (afterLastUs - beforeLastUs) / 1000;
  const earlierAt = (z: number) =>
    movedMs + after.locationMs + after.scaleMs * z <
    Math.min(before.locationMs + before.scaleMs * z, maxSilenceMs);
  const zCut = (maxSilenceMs - before.locationMs) / before.scaleMs;
  return earlierAt(zWatchableMin) || earlierAt(Math.max(zWatchableMin, Math.min(zWatchableMax, zCut)));
}
