import type { Status, Thresholds } from '../../src/detector/status.js';
import { lastCrossing } from '../../src/detector/user.js';
import type { Assessment } from '../../src/presence/assessment.js';
import { endUs, releasedUs } from '../../src/presence/doubt/hold.js';
import type { Hold } from '../../src/store/store.js';
import { storeUs, trueMs } from './clocks.js';
import type { HandedIn, HeldBy } from './ledger.js';
import type { Scenario } from './scenario.js';
import { HEALTHY_DELAY_MS, type Problem, RANK, ROUNDING_MS, type World } from './world.js';

/** Nodes ask so often which holds there are, ms; then they know. */
const EXCHANGE_MS = 1_000 + HEALTHY_DELAY_MS;
/**
 * A node says what it has recorded every 250 ms, and hears then of the others, who wait for that at intervals of 100 ms; of those
 * that were away for long, of 2 s, ms.
 */
const SIGNS_MS = 750;
const SIGNS_PAUSE_MS = 2_000;
/** What a node counts is settled when nothing went wrong for so long, ms. */
const SETTLED_MS = 20_000;
/** What lies back so long causes no silence any more, ms. */
const CAUSE_MS = 8_000;

/** Who says a status, and what they said before, which is another one; undefined when it was nothing. */
export interface Speaker {
  readonly node: number;
  readonly previous: Status | undefined;
}

/** Somebody's crossing of the threshold of a status. */
export interface Crossing {
  readonly userId: string;
  readonly origin: string;
  readonly status: Status;
  readonly atUs: number;
}

/** The crossing that makes a status of somebody who did not leave; undefined where there is none. */
export function crossingOf({
  userId,
  status,
  suspicion,
  thresholds,
  namespace,
}: Assessment): Crossing | undefined {
  if (suspicion?.phi === undefined || (status !== 'SUSPECT' && status !== 'OFFLINE')) return undefined;
  const crossing = lastCrossing(suspicion, thresholdOf(status, thresholds), namespace.detector);
  return crossing && { userId, status, ...crossing };
}

export function thresholdOf(status: 'SUSPECT' | 'OFFLINE', { suspect, offline }: Thresholds): number {
  return status === 'OFFLINE' ? offline : suspect;
}

/** By when nodes are to tell a crossing, ms: when nothing withholds it any more. */
export function tellableMs(crossing: Crossing, { ledger, scenario, faults }: World): number {
  const { userId, origin, status, atUs } = crossing;
  const atMs = trueMs(atUs);
  const { massSilence, detector, clocks } = scenario;
  const { expectedIntervalMs } = detector;
  let latestMs = atMs;
  if (status === 'OFFLINE') {
    const waitedMs = massSilence.holdMs + expectedIntervalMs;
    // Nobody speaks for a process that has crashed, not even the one in its place.
    latestMs = Math.max(latestMs, faults.crashedMs(atMs + SIGNS_MS) + waitedMs);
    if (clocks.length > 1) {
      const saidMs = atMs + SIGNS_MS;
      const backMs = faults.allBackMs(saidMs);
      const completeMs = backMs > saidMs ? backMs + SIGNS_MS + SIGNS_PAUSE_MS : saidMs;
      latestMs = Math.max(latestMs, Math.min(completeMs, atMs + waitedMs));
    }
    if (usersOf(origin, scenario) >= massSilence.usersMin) {
      // Others wait for a node that suspects a silence of many, which may have begun after that.
      const suspectedMs = clocks.length > 1 ? expectedIntervalMs + SIGNS_MS : 0;
      latestMs = Math.max(latestMs, atMs + expectedIntervalMs + suspectedMs);
    }
  }
  for (const { hold, fromUs, supersededMs } of ledger.holds) {
    if (!withholds({ ...hold, fromUs }, crossing)) continue;
    latestMs = Math.max(latestMs, Math.min(trueMs(releasedUs(hold, userId)), supersededMs + EXCHANGE_MS));
  }
  return latestMs;
}

/** Until when a drain may keep somebody of an origin from being suspected, ms. */
export function drainedUntilMs(origin: string, { ledger }: World): number {
  const drains = ledger.holds.filter(({ hold }) => hold.cause === 'drain' && hold.origin === origin);
  return Math.max(Number.NEGATIVE_INFINITY, ...drains.map(({ hold }) => trueMs(endUs(hold))));
}

/**
 * Nobody is called worse who crossed the threshold while a hold was in force, before it lets go of them: by a node that
 * can know of it.
 */
export function heldIsWithheld(assessment: Assessment, speaker: Speaker, world: World): Problem {
  const { previous } = speaker;
  const crossing = crossingOf(assessment);
  if (!crossing || (previous !== undefined && RANK[previous] >= RANK[crossing.status])) return undefined;
  const { nowMs, ledger, faults } = world;
  for (const { hold, node, saidMs, storedMs, supersededMs } of ledger.holds) {
    if (!withholds(hold, crossing) || supersededMs < nowMs) continue;
    const { userId } = crossing;
    if (assessment.nowUs >= releasedUs(hold, userId) - ROUNDING_MS * 1000) continue;
    const knownMs = storedMs + EXCHANGE_MS;
    if (knownMs > nowMs || ledger.lostMs >= saidMs) continue;
    if (faults.touchedWatching(speaker.node, { fromMs: storedMs, toMs: nowMs })) continue;
    return { userId, status: crossing.status, crossedMs: trueMs(crossing.atUs), hold, node, saidMs };
  }
  return undefined;
}

/**
 * While an origin is cut off nobody of it is OFFLINE who was there until then, for as long as a silence of many is held:
 * where enough of them came through one node, and nothing else went wrong since that was heard.
 */
export function cutIsHeld(assessment: Assessment, speaker: Speaker, world: World): Problem {
  const crossing = crossingOf(assessment);
  if (crossing?.status !== 'OFFLINE' || speaker.previous === 'OFFLINE') return undefined;
  const { nowMs, faults, scenario, ledger } = world;
  const { origin, userId, atUs } = crossing;
  const { usersMin, holdMs } = scenario.massSilence;
  const cut = faults.all.find((fault) => fault.kind === 'gateway cut' && fault.origin === origin);
  if (
    !cut ||
    cut.fromMs < SETTLED_MS ||
    nowMs < cut.fromMs ||
    nowMs >= Math.min(cut.toMs, cut.fromMs + holdMs)
  )
    return undefined;
  if (faults.touchedAnything({ fromMs: cut.fromMs - SETTLED_MS, toMs: nowMs }, cut)) return undefined;
  const sinceMs = cut.fromMs - scenario.detector.expectedIntervalMs;
  const heard = ledger.lastOf(userId);
  if (!heard || heard.reachedMs < sinceMs || atUs < storeUs(cut.fromMs)) return undefined;
  // Others wait until it knows, if it suspects already.
  if (speaker.node !== heard.node && trueMs(atUs) < cut.fromMs + scenario.detector.expectedIntervalMs)
    return undefined;
  const peers = users(origin, scenario).filter((peer) => isPeer(ledger.lastOf(peer), heard.node, sinceMs));
  if (peers.length < 2 * usersMin) return undefined;
  return { userId, crossedMs: trueMs(atUs), cutMs: cut.fromMs, node: heard.node, peers: peers.length };
}

function isPeer(last: HandedIn | undefined, node: number, sinceMs: number): boolean {
  return last !== undefined && last.node === node && last.reachedMs >= sinceMs;
}

/** A silence of many has happened where nodes say so, and what they withhold for it is bounded. */
export function holdHasCause({ hold, saidMs, node }: HeldBy, world: World): Problem {
  const { scenario, ledger, faults } = world;
  const { massSilence, detector } = scenario;
  const { origin } = hold;
  if (hold.cause !== 'silence') return undefined;
  const heldMs = trueMs(hold.untilUs) - saidMs;
  if (heldMs > massSilence.holdMs + ROUNDING_MS) return { hold, heldMs };
  const all = users(origin, scenario);
  const releaseMs = hold.releaseUs / 1000;
  // Who went to another node is counted there too, for an interval.
  // On average two thirds of the rate.
  if (releaseMs > (3_000 * all.length) / massSilence.releasePerSecond + ROUNDING_MS)
    return { hold, releaseMs };
  if (faults.touchedAnything({ fromMs: saidMs - CAUSE_MS, toMs: saidMs })) return undefined;
  const silent = all.filter((userId) => {
    const { heardMs } = ledger.user(userId);
    return heardMs < saidMs - detector.expectedIntervalMs && heardMs > saidMs - CAUSE_MS;
  });
  return silent.length >= massSilence.usersMin / 2 ? undefined : { hold, node, silent };
}

function withholds({ origin, cause, fromUs, untilUs }: Hold, crossing: Crossing): boolean {
  if (origin !== crossing.origin || (cause === 'silence' && crossing.status !== 'OFFLINE')) return false;
  return fromUs <= crossing.atUs && crossing.atUs < untilUs;
}

function users(origin: string, { clients }: Scenario): string[] {
  return [...new Set(clients.filter((client) => client.origin === origin).map(({ userId }) => userId))];
}

function usersOf(origin: string, scenario: Scenario): number {
  return users(origin, scenario).length;
}
