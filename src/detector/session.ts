import { type AdaptiveState, judge, learn, redeclare } from './adaptive.js';
import { type Arrival, ArrivalFlag, firstArrival, STALE_ARRIVAL } from './arrival.js';
import { comesEarlier } from './comes-earlier.js';
import type { Detector, Estimate } from './detector.js';
import { dueOf, dueUs } from './due.js';
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
  /** The last heartbeat came out of a queue that is being released. */
  releasing: boolean;
  /** What the adaptive model learned; undefined under another model. */
  adaptive: AdaptiveState | undefined;
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

const OWED_MAX = 0xffff;
/** A sequence number may jump by anything; more than this is not told apart. */
const LOST_MAX = 0xffff;

/**
 * A warming session, or one that misses heartbeats again and again, may learn up to this many intervals from one gap: a
 * wrong prior costs one mistake and not ten, a client that slows down to a third about nine and not a whole window.
 */
const LEARNED_GAP_INTERVALS = 3;

/**
 * Of a first gap nobody knows what interval the lost heartbeats had; and a client whose sequence numbers are no count
 * (a time, a random number) has lost none. So many lost ones are believed of a first gap, and later so many intervals
 * more than the gap can hold.
 */
const FIRST_LOST_MAX = 20;
const LOST_EXCESS = 1.5;

/** Held back by each of two gaps in a row, by a client that slowed down; with less the mean keeps up. */
const SLOWED_LEAST = 3;

/** The record of a session that begins; what was learned of `donor`, an earlier session of the user, goes on in it. */
export function newSession(
  heartbeat: Heartbeat,
  atUs: number,
  detector: Detector,
  donor?: SessionRecord,
): SessionRecord {
  const session = blankSession(heartbeat, atUs);
  if (detector.settings.model !== 'adaptive') return session;
  if (donor?.adaptive) {
    session.adaptive = { ...donor.adaptive, beyond: [...donor.adaptive.beyond] };
    redeclare(session.adaptive, donor.declaredMs, heartbeat.declaredMs);
  } else {
    session.adaptive = detector.newAdaptiveState(session);
  }
  return session;
}

function blankSession(heartbeat: Heartbeat, atUs: number): SessionRecord {
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
    releasing: false,
    adaptive: undefined,
    window: new SampleWindow(),
  };
}

/** When a heartbeat arrived, and when it is recorded: until then whoever reads sees the silence go on. */
export interface ArrivalTime {
  readonly atUs: number;
  readonly nowUs: number;
  /** See ArrivalFlag.FOREIGN; false by default. */
  readonly isForeign?: boolean;
}

/**
 * Records a heartbeat in a session known before. Changes `session`, unless the arrival is STALE; says what it was.
 */
export function arrive(
  session: SessionRecord,
  heartbeat: Heartbeat,
  { atUs, nowUs, isForeign = false }: ArrivalTime,
  detector: Detector,
): Arrival {
  const knownUs = session.left ? session.baseUs : session.lastUs;
  // What was recorded in the future was recorded before the store's clock was set back: begin anew, or every heartbeat
  // would be old news until the clock has caught up.
  const isAhead = knownUs > nowUs;
  if (atUs < knownUs && !isAhead) return STALE_ARRIVAL;
  if (detector.settings.model !== 'adaptive') session.adaptive = undefined;
  else session.adaptive ??= detector.newAdaptiveState(session);
  if (session.left || isAhead) {
    session.left = false;
    session.releasing = false;
    session.owed = 0;
    session.sequence = heartbeat.sequence;
    accept(session, heartbeat, atUs, detector);
    return firstArrival({ atUs, is: dueOf(session, detector) });
  }

  const before = detector.estimate(session);
  const { lastUs } = session;
  const silenceMs = (atUs - lastUs) / 1000;
  // Not the silence that it ended, but the one that a reader could see until now: a heartbeat that arrived in time and
  // waited to be recorded would leave everybody who looked meanwhile with a suspicion that nothing takes back.
  const lateAtUs = dueUs(lastUs, before.watchMs, detector);
  const was = { atUs: lateAtUs, origin: session.origin };
  let flags = nowUs >= lateAtUs ? ArrivalFlag.LATE : 0;
  if (isForeign) flags |= ArrivalFlag.FOREIGN;

  const { sequence } = heartbeat;
  const numbered = sequence > 0 && session.sequence > 0;
  const restarted = numbered && sequence === 1 && session.sequence > 1;
  const isDuplicate = numbered && !restarted && sequence <= session.sequence;
  const lost =
    numbered && sequence > session.sequence ? Math.min(LOST_MAX, sequence - session.sequence - 1) : 0;
  const gapMs = (atUs - session.baseUs) / 1000;
  const explained = explainedLosses(session, before, lost, gapMs);
  const regularMs = before.shape?.onLattice
    ? Math.max(0, silenceMs - explained * before.intervalMs)
    : silenceMs;
  const z = (regularMs - before.locationMs) / before.scaleMs;
  if (before.shape?.onLattice) flags |= ArrivalFlag.ON_LATTICE;
  if (before.warming && session.adaptive) flags |= ArrivalFlag.WARMING;

  if (isDuplicate) {
    flags |= ArrivalFlag.DUPLICATE;
    session.lastUs = atUs;
  } else {
    const { releasing } = session;
    session.releasing = false;
    if (restarted) {
      session.owed = 0;
    } else if (detector.sight.blindUs(session.baseUs, atUs) > 0) {
      flags |= ArrivalFlag.BLIND;
      // What was held back meanwhile may come at once; that the client has slowed down it does not say.
      session.owed = heldBack(gapMs, dueMs(session, before));
      session.releasing = true;
    } else {
      const owedBefore = session.owed;
      const isSample = sample(session, gapMs, before, detector);
      session.releasing = !isSample;
      if (!isSample) flags |= ArrivalFlag.BURST;
      // Under numbers it is known which ones will not come.
      if (session.adaptive && isSample) session.owed = Math.max(0, session.owed - explained);
      const isNewRhythm =
        !before.warming && isSample && !releasing && explained === 0 && repeats(session, owedBefore);
      adapt(session, { gapMs, lost: explained, z, before, isNewRhythm }, detector);
    }
    if (sequence > 0) session.sequence = sequence;
    accept(session, heartbeat, atUs, detector);
  }
  const after = detector.estimate(session);
  if (comesEarlier(before, lastUs, after, atUs, detector)) flags |= ArrivalFlag.EARLIER;
  const is = { atUs: dueUs(session.lastUs, after.watchMs, detector), origin: session.origin };
  return { flags, z, scaleMs: before.scaleMs, silenceMs, lost, lateAtUs, atUs, was, is, before, next: after };
}

/** How many of the heartbeats lost by number the gap had room for. */
function explainedLosses(session: SessionRecord, before: Estimate, lost: number, gapMs: number): number {
  const isFirst = session.adaptive?.learned === 0 && session.declaredMs === 0;
  const isPlausible = isFirst
    ? lost <= FIRST_LOST_MAX
    : (lost + 1) * before.intervalMs <= LOST_EXCESS * gapMs;
  return isPlausible ? lost : 0;
}

/** Whether the gap just sampled is about as many undeclared intervals long as the one before, and at least four. */
function repeats({ owed, declaredMs }: SessionRecord, owedBefore: number): boolean {
  return (
    declaredMs === 0 &&
    owed >= SLOWED_LEAST &&
    owedBefore >= SLOWED_LEAST &&
    Math.abs(owed - owedBefore) <= 1 + owedBefore / 4
  );
}

/** Lets the adaptive model learn from an arrival in order. */
function adapt(
  { adaptive, declaredMs }: SessionRecord,
  arrival: {
    readonly gapMs: number;
    readonly lost: number;
    readonly z: number;
    readonly before: Estimate;
    readonly isNewRhythm: boolean;
  },
  { tables, zOutage }: Detector,
): void {
  if (!adaptive) return;
  const { gapMs, lost, z, before, isNewRhythm } = arrival;
  if (!before.warming) judge(adaptive, z, before.shape?.onLattice ? tables.lattice : tables.plain);
  const { warming, scaleMs } = before;
  learn(adaptive, { gapMs, lost, declaredMs, warming, scaleMs, zOutage, isNewRhythm });
}

/** A leave may come with a time of another node, whose reckoning differs; what is older than that came late, µs. */
export const LEAVE_SKEW_US = 1_000_000;

/**
 * Ends a session gracefully at `atUs`; returns whether it did. It does not where the session was heard after the leave. The
 * window stays: a client that returns need not be learned again.
 */
export function leave(session: SessionRecord, atUs: number): boolean {
  if (session.left || atUs < session.lastUs - LEAVE_SKEW_US) return false;
  session.left = true;
  session.releasing = false;
  session.baseUs = Math.max(atUs, session.lastUs);
  return true;
}

/** Adds the gap to the window unless it says nothing about the client's rhythm; returns whether it did. */
function sample(session: SessionRecord, gapMs: number, before: Estimate, detector: Detector): boolean {
  const { declaredMs } = session;
  const due = dueMs(session, before);
  if (gapMs < due / 2 && (session.owed > 0 || declaredMs > 0)) {
    if (session.owed > 0) session.owed -= 1;
    return false;
  }
  // The last gap swallowed heartbeats and no queue has released them: this is a new rhythm, or the network is that bad.
  const again = session.owed > 0;
  session.owed = heldBack(gapMs, due);
  // One outage must not blind the detector afterwards: it counts as the gap at which it would have been suspected.
  let limitMs = before.locationMs + before.scaleMs * detector.zOutage;
  if (before.warming || again) limitMs = Math.max(limitMs, LEARNED_GAP_INTERVALS * due);
  limitMs = Math.min(limitMs, detector.settings.maxSilenceMs);
  session.window.push(Math.min(gapMs, limitMs) - declaredMs, detector.settings.window);
  return true;
}

/** The interval after which the next heartbeat is due: what was declared goes before what is expected. */
function dueMs({ declaredMs }: SessionRecord, { expectedMs }: Estimate): number {
  return declaredMs > 0 ? declaredMs : expectedMs;
}

/** A gap of k intervals held k - 1 heartbeats back. */
function heldBack(gapMs: number, intervalMs: number): number {
  return intervalMs > 0 ? Math.min(OWED_MAX, Math.max(0, Math.floor(gapMs / intervalMs) - 1)) : 0;
}

/** The heartbeat in order becomes the one that the next is measured from. */
function accept(session: SessionRecord, heartbeat: Heartbeat, atUs: number, detector: Detector): void {
  if (session.adaptive) redeclare(session.adaptive, session.declaredMs, heartbeat.declaredMs);
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
