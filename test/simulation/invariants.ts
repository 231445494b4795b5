import { PHI_MAX, type Status } from '../../src/detector/status.js';
import { isForgotten, statusOfUser, suspicionOf, type UserRecord } from '../../src/detector/user.js';
import type { Assessment } from '../../src/presence/assessment.js';
import type { Change } from '../../src/presence/watching/changes.js';
import { storeUs, trueMs } from './clocks.js';
import type { Fault, FaultKind, Faults } from './fault.js';
import type { HandedIn, Ledger } from './ledger.js';
import type { Node } from './node.js';
import type { Scenario } from './scenario.js';
import type { Watcher } from './watcher.js';

/** What is held against what nodes say. Times are true ones, ms. */
export interface World {
  readonly nowMs: number;
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Faults that excuse nobody who is called OFFLINE and beats. */
  readonly survived: ReadonlySet<FaultKind>;
}

/** Why an invariant is violated; undefined when it is not. */
type Problem = Readonly<Record<string, unknown>> | undefined;

/**
 * Without faults everything is recorded and told within so long, ms: a batch that waits 2 ms for company and for the one
 * before it; the feed's way; a read, after the one under way. No way is longer than 20 ms (way.ts).
 */
export const HEALTHY_DELAY_MS = 300;

/** Standing still for less than this is not noticed: 1.5 times `stall_ms`, and two ticks, ms. */
const UNNOTICED_STALL_MS = 800;

/** What a node takes the store's clock for, and dates in µs: not exact to more than this, ms. */
const ROUNDING_MS = 10;

/** What silence makes of a user, one after the other. */
const RANK: Readonly<Record<Status, number>> = { ONLINE: 0, SUSPECT: 1, OFFLINE: 2, UNKNOWN: 3 };

/** Nobody is called ONLINE of whom nothing was recorded for max_silence, and as long as somebody could not observe. */
export function onlineIsHeard({ userId, status }: Assessment, world: World): Problem {
  if (status !== 'ONLINE') return undefined;
  const { nowMs, scenario, faults, ledger } = world;
  const { heardMs } = ledger.user(userId);
  const limitMs = scenario.detector.maxSilenceMs + faults.blindMs(heardMs, nowMs) + HEALTHY_DELAY_MS;
  return nowMs - heardMs <= limitMs ? undefined : { userId, heardMs, limitMs };
}

/**
 * Nobody is called OFFLINE whose heartbeats came in time. Those count that a node was handed while neither it nor the
 * store nor the way between them was touched by a fault, nor in the time that it takes to record them; by what is
 * learned of the session, φ of the silence since is below the threshold. A fault that is to be survived is no excuse for
 * a node that can know of it: its own, or everybody's. `speaker`: the node that says so.
 */
export function offlineIsSilent(assessment: Assessment, speaker: number, world: World): Problem {
  const { userId, status, suspicion, thresholds, namespace, nowUs } = assessment;
  if (status !== 'OFFLINE' || suspicion?.phi === undefined) return undefined;
  const { ledger } = world;
  const readMs = trueMs(nowUs);
  for (const { session, estimate, phi } of suspicion.sessions) {
    if (phi === undefined) continue;
    const { handedIn } = ledger.session(userId, session.sessionId);
    const heard = handedIn.findLast((heartbeat) => isSurelyHeard(heartbeat, readMs, speaker, world));
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

function isSurelyHeard({ node, reachedMs }: HandedIn, byMs: number, speaker: number, world: World): boolean {
  const { faults, survived } = world;
  const span = { fromMs: reachedMs, toMs: reachedMs + HEALTHY_DELAY_MS };
  const isExcuse = ({ kind, node: of }: Fault) => !survived.has(kind) || (of !== undefined && of !== speaker);
  if (faults.touchedRecording(node, span, isExcuse)) return false;
  const hasStalled = faults.touchedRecording(node, span, ({ kind }) => kind === 'stall');
  return byMs >= reachedMs + (hasStalled ? UNNOTICED_STALL_MS : HEALTHY_DELAY_MS);
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

/** What is told was true when it was read: never early, never invented. `record`: the one that it was read from. */
export function toldWasTrue(
  { userId, status, thresholds, namespace, nowUs }: Assessment,
  record: UserRecord | undefined,
  { scenario }: World,
): Problem {
  const { detector } = namespace;
  const suspicion = suspicionOf(known(record, nowUs, scenario), nowUs, detector);
  const seen = [undefined, 'SUSPECT', 'OFFLINE'] as const;
  const possible = new Set(seen.map((previous) => statusOfUser(suspicion, thresholds, previous)));
  if (possible.has(status)) return undefined;
  return { userId, status, possible: [...possible], phi: suspicion?.phi, readMs: trueMs(nowUs) };
}

/**
 * A subscriber to whom nothing is on its way believes what a fresh reading says, or what one said since `beforeMs`.
 * `record`: that of the whole time, in which silence only grew. `isOverdue`: it has not heard of a crossing.
 */
export function toldIsRead(
  { index, node, subscription }: Watcher,
  user: { readonly userId: string; readonly told: Status; readonly record: UserRecord | undefined },
  { beforeMs, nowMs, scenario }: { readonly beforeMs: number } & Pick<World, 'nowMs' | 'scenario'>,
): ({ readonly isOverdue: boolean } & Problem) | undefined {
  const { userId, told, record } = user;
  const statusAt = (atMs: number): Status => {
    const nowUs = storeUs(atMs);
    const suspicion = suspicionOf(known(record, nowUs, scenario), nowUs, node.namespace.detector);
    return statusOfUser(suspicion, subscription.thresholds, told);
  };
  const read = statusAt(nowMs);
  const isOverdue = RANK[told] < RANK[statusAt(beforeMs)];
  if (!isOverdue && RANK[told] <= RANK[read]) return undefined;
  return { isOverdue, watcher: index, node: node.index, userId, told, read };
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

/** After the last fault a node doubts itself no longer, and owes no subscriber anything. */
export function nodesRecover({ index, presence, unanswered }: Node, watchers: readonly Watcher[]): Problem {
  const { degraded, waitingUsers } = presence.tracker;
  const owed = watchers.filter(({ isOpen, node, clearSinceMs }) => {
    return isOpen && node.index === index && clearSinceMs === Number.POSITIVE_INFINITY;
  });
  if (!degraded && waitingUsers === 0 && owed.length === 0) return undefined;
  return { node: index, degraded, waitingUsers, owed: owed.map((w) => w.index), unanswered: unanswered.size };
}

/** A crossing is told when it happens, by a node that nothing kept from it since `freeSinceMs`. */
export function crossingIsOnTime(
  { cause, atUs, assessment }: Change,
  freeSinceMs: number,
  world: World,
): Problem {
  if (cause !== 'SUSPICION') return undefined;
  const { userId, status } = assessment;
  const crossedMs = trueMs(atUs);
  const { changedMs } = world.ledger.user(userId);
  const lateMs = world.nowMs - Math.max(crossedMs, changedMs, freeSinceMs);
  return lateMs <= HEALTHY_DELAY_MS ? undefined : { userId, status, crossedMs, lateMs };
}

/**
 * A user who was known is UNKNOWN after the retention, and not before. When the store has lost its data, what a subscriber
 * was told stands for as long as a session may be silent; who asks afterwards, or begins to watch, cannot be told better.
 */
export function forgottenInTime(
  { userId, status, nowUs }: Assessment,
  wasTold: boolean,
  world: World,
): Problem {
  if (status !== 'UNKNOWN') return undefined;
  const { ledger, scenario } = world;
  const { heardMs } = ledger.user(userId);
  const silenceMs = trueMs(nowUs) - heardMs;
  if (silenceMs >= scenario.retentionMs - ROUNDING_MS) return undefined;
  const { lostMs } = ledger;
  const stoodMs = trueMs(nowUs) - lostMs;
  if (lostMs >= heardMs && (!wasTold || stoodMs >= scenario.detector.maxSilenceMs - ROUNDING_MS))
    return undefined;
  return { userId, heardMs, silenceMs, lostMs };
}
