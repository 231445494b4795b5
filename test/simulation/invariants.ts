import { PHI_MAX, type Status } from '../../src/detector/status.js';
import {
  isForgotten,
  type LastCrossing,
  lastCrossing,
  statusOfUser,
  suspicionOf,
  type UserRecord,
} from '../../src/detector/user.js';
import type { Assessment } from '../../src/presence/assessment.js';
import { LimitReachedError } from '../../src/presence/errors.js';
import type { Change } from '../../src/presence/watching/changes.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { doubtSettings } from '../support/settings.js';
import type { Invariant } from './auditor.js';
import { storeUs, trueMs } from './clocks.js';
import type { Unrecorded } from './fault.js';
import { type Crossing, crossingOf, drainedUntilMs, tellableMs, thresholdOf } from './hold-invariants.js';
import type { HandedIn } from './ledger.js';
import type { Node } from './node.js';
import type { Scenario } from './scenario.js';
import type { Watcher } from './watcher.js';
import { HEALTHY_DELAY_MS, type Problem, RANK, ROUNDING_MS, type World } from './world.js';

/** So often a node says whom it hears, ms. */
const SIGN_MS = 250;

/** Nobody is called ONLINE of whom nothing was recorded for max_silence, and as long as somebody could not observe or a drain lasts. */
export function onlineIsHeard({ userId, status, suspicion }: Assessment, world: World): Problem {
  if (status !== 'ONLINE') return undefined;
  const { nowMs, scenario, faults, ledger } = world;
  const { heardMs } = ledger.user(userId);
  const limitMs = scenario.detector.maxSilenceMs + faults.blindMs(heardMs, nowMs) + HEALTHY_DELAY_MS;
  if (nowMs - heardMs <= limitMs) return undefined;
  const origins = suspicion?.sessions.map(({ session }) => session.origin) ?? [];
  const drainedMs = Math.max(...origins.map((origin) => drainedUntilMs(origin, world)));
  return nowMs <= drainedMs + HEALTHY_DELAY_MS ? undefined : { userId, heardMs, limitMs, drainedMs };
}

/** Of who was invisible when they were read nothing is told of what came after the word that made them so. */
export function unseenIsGone({ userId, status, suspicion, nowUs }: Assessment, { ledger }: World): Problem {
  const { unseen } = ledger.user(userId);
  if (!unseen || trueMs(nowUs) <= unseen.sinceMs + ROUNDING_MS) return undefined;
  const lastSeenMs = suspicion ? trueMs(suspicion.lastSeenUs) : Number.NEGATIVE_INFINITY;
  const isGone = (status === 'OFFLINE' && suspicion?.phi === undefined) || status === 'UNKNOWN';
  if (isGone && lastSeenMs <= unseen.saidMs + ROUNDING_MS) return undefined;
  return { userId, status, lastSeenMs, ...unseen };
}

/**
 * Nobody is called OFFLINE whose heartbeats came in time. Those count that a node was handed while neither it nor the
 * store nor the way between them was touched by a fault, nor in the time that it takes to record them; by what is
 * learned of the session, φ of the silence since is below the threshold. No fault is an excuse, but one of another node that is
 * not waited for. `speaker`: the node that says so.
 */
export function offlineIsSilent(assessment: Assessment, speaker: number, world: World): Problem {
  const { userId, status, suspicion, thresholds, namespace, nowUs } = assessment;
  if (status !== 'OFFLINE' || suspicion?.phi === undefined) return undefined;
  const { ledger } = world;
  const readMs = trueMs(nowUs);
  const { atUs, origin } = crossingOf(assessment) as Crossing;
  const said = { speaker, origin, crossedMs: trueMs(atUs), readMs };
  for (const { session, estimate, phi } of suspicion.sessions) {
    if (phi === undefined) continue;
    const { handedIn } = ledger.session(userId, session.sessionId);
    const heard = handedIn.findLast((heartbeat) => isSurelyHeard(heartbeat, said, world));
    if (!heard || ledger.lostMs >= heard.reachedMs) continue;
    const silenceMs = readMs - heard.reachedMs + ROUNDING_MS;
    const truePhi = namespace.detector.phi(silenceMs, estimate);
    // What falls just below the threshold is still OFFLINE, by hysteresis.
    if (truePhi < Math.min(0.8 * thresholds.offline, PHI_MAX)) {
      const { lastUs } = session;
      return {
        userId,
        sessionId: session.sessionId,
        phi,
        truePhi,
        silenceMs,
        readMs,
        lastMs: trueMs(lastUs),
      };
    }
  }
  return undefined;
}

function isSurelyHeard(heartbeat: HandedIn, said: Said, world: World): boolean {
  const { speaker, crossedMs, readMs } = said;
  const { node, reachedMs, fate } = heartbeat;
  const { faults } = world;
  if (fate === 'lost') return false;
  if (node !== speaker) {
    const unrecorded = faults.unrecorded(node, { fromMs: reachedMs, toMs: readMs });
    if (unrecorded && (reachedMs > crossedMs || !isWaitedFor(heartbeat, unrecorded, world))) return false;
  }
  // A shorter stall than that goes unnoticed.
  const span = { fromMs: reachedMs, toMs: reachedMs + HEALTHY_DELAY_MS };
  const stallMs = faults.touchedByStall(node, span) ? doubtSettings.stallMs : 0;
  return readMs >= reachedMs + HEALTHY_DELAY_MS + stallMs;
}

/** Who says OFFLINE, by what. Times are true ones, ms. */
interface Said {
  readonly speaker: number;
  /** Of the session that crossed last. */
  readonly origin: string;
  readonly crossedMs: number;
  readonly readMs: number;
}

/**
 * Whether other nodes wait for one that does not record: for as long as a hold; and where they could know that it hears users of
 * this origin.
 */
function isWaitedFor(
  { node, origin, reachedMs }: HandedIn,
  { sinceMs, lengthMs }: Unrecorded,
  { ledger, scenario }: World,
): boolean {
  const { massSilence, detector } = scenario;
  if (lengthMs >= massSilence.holdMs) return false;
  const untilMs = Math.min(sinceMs, reachedMs);
  const span = { fromMs: untilMs - detector.expectedIntervalMs, toMs: untilMs - SIGN_MS - HEALTHY_DELAY_MS };
  return ledger.hears(node, origin, span);
}

/** What a subscriber is told of a user has higher and higher versions. */
export function versionsIncrease(before: Change | undefined, { version, assessment }: Change): Problem {
  if (!before || version > before.version) return undefined;
  return { userId: assessment.userId, before: before.version, version };
}

/** Each change begins where the one before ended, and changes something. */
export function changesFollow(before: Change | undefined, { previous, assessment, cause }: Change): Problem {
  const { userId, status } = assessment;
  const told = before?.assessment.status ?? 'UNKNOWN';
  if (cause === 'SNAPSHOT' || (previous === told && previous !== status)) return undefined;
  return { userId, told, previous, status };
}

/**
 * What is told was true when it was read: never early, never invented; milder where that is said. `record`: the one that it
 * was read from.
 */
export function toldWasTrue(
  { userId, status, thresholds, namespace, nowUs, isWithheld }: Assessment,
  record: UserRecord | undefined,
  { scenario }: World,
): Problem {
  const { detector } = namespace;
  const suspicion = suspicionOf(known(record, nowUs, scenario), nowUs, detector);
  const seen = [undefined, 'SUSPECT', 'OFFLINE'] as const;
  const possible = new Set(seen.map((previous) => statusOfUser(suspicion, thresholds, previous)));
  const isMilder = isWithheld && [...possible].some((judged) => RANK[judged] > RANK[status]);
  if (isWithheld ? isMilder : possible.has(status)) return undefined;
  return { userId, status, possible: [...possible], phi: suspicion?.phi, readMs: trueMs(nowUs) };
}

/**
 * A subscriber to whom nothing is on its way believes what a fresh reading says, or what one said since `beforeMs`; of what
 * is withheld, nothing. `record`: that of the whole time, in which silence only grew.
 */
export function toldIsRead(
  { index, node, subscription }: Watcher,
  user: { readonly userId: string; readonly told: Status; readonly record: UserRecord | undefined },
  { beforeMs, ...world }: World & { readonly beforeMs: number },
): ({ readonly invariant: Invariant } & Problem) | undefined {
  const { userId, told, record } = user;
  const { thresholds } = subscription;
  const { detector } = node.namespace;
  const suspicionAt = (atMs: number) => {
    const nowUs = storeUs(atMs);
    return suspicionOf(known(record, nowUs, world.scenario), nowUs, detector);
  };
  const read = statusOfUser(suspicionAt(world.nowMs), thresholds, told);
  const before = suspicionAt(beforeMs);
  let owed = statusOfUser(before, thresholds, told);
  if (before?.phi !== undefined) {
    while (owed === 'SUSPECT' || owed === 'OFFLINE') {
      const crossing = lastCrossing(before, thresholdOf(owed, thresholds), detector) as LastCrossing;
      if (tellableMs({ userId, status: owed, ...crossing }, world) <= beforeMs) break;
      owed = owed === 'OFFLINE' ? 'SUSPECT' : 'ONLINE';
    }
  }
  const facts = { watcher: index, node: node.index, userId, told, owed, read };
  if (RANK[told] >= RANK[owed]) {
    return RANK[told] <= RANK[read] ? undefined : { invariant: 'what was told is what is read', ...facts };
  }
  const hasLeft = before !== undefined && before.phi === undefined;
  return { invariant: hasLeft ? 'leaves are told at once' : 'crossings are told on time', ...facts };
}

function known(
  record: UserRecord | undefined,
  nowUs: number,
  { retentionMs }: Scenario,
): UserRecord | undefined {
  return record && !isForgotten(record, retentionMs, nowUs) ? record : undefined;
}

/** Who was acknowledged is on record: heard then or later, and numbered so or higher unless the count began anew. */
export function acknowledgedIsRecorded(
  heartbeat: HandedIn,
  record: UserRecord | undefined,
  world: World,
): Problem {
  const { userId, sessionId, sequence, receivedMs } = heartbeat;
  const { nowMs, ledger, scenario } = world;
  if (ledger.lostMs >= receivedMs) return undefined;
  const session = record?.sessions.find((s) => s.sessionId === sessionId);
  // A dead session goes when the user's next one comes.
  if (!session) return nowMs - receivedMs > scenario.detector.maxSilenceMs ? undefined : { ...heartbeat };
  const { restartedMs, staleSequence } = ledger.session(userId, sessionId);
  const heardMs = trueMs(session.left ? Math.max(session.lastUs, session.baseUs) : session.lastUs);
  if (heardMs < receivedMs - ROUNDING_MS) return { ...heartbeat, heardMs };
  if (session.sequence >= sequence || restartedMs > receivedMs || sequence <= staleSequence) return undefined;
  return { ...heartbeat, recorded: session.sequence };
}

/** Every heartbeat, leave and question was answered. */
export function callsAreAnswered({ index, unanswered, presence }: Node): Problem {
  const { pending } = presence.ingest;
  if (unanswered.size === 0 && pending === 0) return undefined;
  return { node: index, pending, unanswered: [...unanswered].slice(0, 5) };
}

/** Whoever watches the group knows of all who are in it, and of nobody else. */
export function membersAreKnown({ index, isOpen, plan, told }: Watcher): Problem {
  if (!plan.isOfGroup || !isOpen) return undefined;
  const known = [...told.keys()].sort();
  const members = [...plan.userIds].sort();
  return known.join() === members.join() ? undefined : { watcher: index, known, members };
}

/** After the last fault a node doubts itself no longer, and owes no subscriber anything. */
export function nodesRecover(node: Node, watchers: readonly Watcher[], { nowMs }: World): Problem {
  const { index, presence, idleMs, unanswered } = node;
  const { degraded } = presence.tracker;
  const owed = watchers.filter((watcher) => {
    return watcher.isOpen && watcher.node === node && watcher.clearSinceMs === Number.POSITIVE_INFINITY;
  });
  if (!degraded && nowMs - idleMs < HEALTHY_DELAY_MS && owed.length === 0) return undefined;
  return { node: index, degraded, idleMs, owed: owed.map((w) => w.index), unanswered: unanswered.size };
}

/** A crossing is told when it happens, or is withheld no longer, by a node that nothing kept from it since `freeSinceMs`. */
export function crossingIsOnTime({ cause, assessment }: Change, freeSinceMs: number, world: World): Problem {
  const crossing = cause === 'SUSPICION' || cause === 'RELEASED' ? crossingOf(assessment) : undefined;
  if (!crossing) return undefined;
  const { userId, status, atUs } = crossing;
  const { changedMs } = world.ledger.user(userId);
  const dueMs = tellableMs(crossing, world);
  const lateMs = world.nowMs - Math.max(dueMs, changedMs, freeSinceMs);
  if (lateMs <= HEALTHY_DELAY_MS) return undefined;
  return { userId, status, crossedMs: trueMs(atUs), dueMs, lateMs };
}

/** A heartbeat or leave is refused by a node that is full, and for nothing else; or gives way to a newer one there. */
export function refusedIsFull(error: Error, { index, presence }: Node, { scenario }: World): Problem {
  const { pending } = presence.ingest;
  const isFull = error instanceof LimitReachedError || error instanceof StoreUnavailableError;
  if (isFull && pending >= scenario.pendingMax) return undefined;
  return { node: index, error: error.message, pending };
}

/**
 * A user who was known is UNKNOWN after the retention, and not before. When the store has lost its data, what a subscriber
 * was told stands for as long as a session may be silent, unless the user became invisible; who asks afterwards, or begins to watch, cannot be told better.
 */
export function forgottenInTime(
  { userId, status, nowUs }: Assessment,
  wasTold: boolean,
  world: World,
): Problem {
  if (status !== 'UNKNOWN') return undefined;
  const { ledger, scenario } = world;
  const { heardMs, unseen } = ledger.user(userId);
  const silenceMs = trueMs(nowUs) - heardMs;
  if (silenceMs >= scenario.retentionMs - ROUNDING_MS) return undefined;
  const { lostMs } = ledger;
  const stoodMs = trueMs(nowUs) - lostMs;
  const stands = wasTold && !unseen && stoodMs < scenario.detector.maxSilenceMs - ROUNDING_MS;
  if (lostMs >= heardMs && !stands) return undefined;
  return { userId, heardMs, silenceMs, lostMs };
}
