import type { Status, Thresholds } from '../../detector/status.js';
import { crossingUs, lastCrossing } from '../../detector/user.js';
import type { Assessment } from '../assessment.js';
import type { Told } from './watches.js';

export type Cause =
  | 'SNAPSHOT'
  | 'FIRST_SEEN'
  | 'HEARTBEAT'
  | 'SUSPICION'
  | 'LEAVE'
  | 'FORGOTTEN'
  | 'THRESHOLDS'
  | 'RELEASED'
  | 'REMOVED';

export interface Change {
  readonly previous: Status;
  readonly cause: Cause;
  /** The assessment that the change was seen in; its status is the new one. */
  readonly assessment: Assessment;
  /** The threshold that φ crossed; absent when the cause is another. */
  readonly threshold: number | undefined;
  /** When it happened on the store's clock, µs: the crossing, the heartbeat, the leave. */
  readonly atUs: number;
  /** Increases with every change of a user. */
  readonly version: number;
}

const RANK: Readonly<Record<Status, number>> = { ONLINE: 0, SUSPECT: 1, OFFLINE: 2, UNKNOWN: 3 };

/** The first that a subscriber is told of a user. */
export function snapshotOf(assessment: Assessment): Change {
  const { nowUs } = assessment;
  return {
    previous: 'UNKNOWN',
    cause: 'SNAPSHOT',
    assessment,
    threshold: undefined,
    atUs: nowUs,
    version: nowUs,
  };
}

/**
 * The change from what a subscriber was told to what is true now, which is another status. `judgedAnewUs`: when the
 * namespace began to judge by something else than that was judged by; undefined when it did not.
 */
export function changeFrom(told: Told, assessment: Assessment, judgedAnewUs: number | undefined): Change {
  const judged = causeOf(told, assessment, judgedAnewUs);
  const isWorse = RANK[assessment.status] > RANK[told.status];
  const isReleased = isWorse && (judged === 'SUSPICION' || judged === 'THRESHOLDS') && wasHeld(assessment);
  const cause = isReleased ? 'RELEASED' : judged;
  // Who returns from a leave has crossed nothing: there was no φ.
  const threshold = told.hasLeft ? undefined : thresholdCrossed(cause, told.status, assessment);
  const atUs = instantOf(cause, assessment, { threshold, toldLeftUs: told.leftUs });
  return {
    previous: told.status,
    cause,
    assessment,
    threshold,
    atUs,
    // The instant itself, so that two nodes number the same change alike; a late record must not count backwards.
    version: Math.max(told.version + 1, Math.floor(atUs)),
  };
}

function causeOf(told: Told, assessment: Assessment, judgedAnewUs: number | undefined): Cause {
  const { status, suspicion, thresholds, namespace } = assessment;
  if (!suspicion) return 'FORGOTTEN';
  if (told.status === 'UNKNOWN') return 'FIRST_SEEN';
  if (RANK[status] < RANK[told.status]) {
    const heardSince = suspicion.lastSeenUs > told.lastSeenUs;
    return heardSince || judgedAnewUs === undefined ? 'HEARTBEAT' : 'THRESHOLDS';
  }
  const crossing = crossingUs(suspicion, thresholdOf(status, thresholds), namespace.detector);
  // Facts against facts, not against the time of a reading: a leave may come in the very µs of one. Of what the leave
  // left behind, had all that matters crossed by then? If not, it is the silence since.
  if (suspicion.leftUs > told.leftUs && (crossing === undefined || crossing <= suspicion.leftUs)) {
    return 'LEAVE';
  }
  const heardSince = suspicion.lastSeenUs > told.lastSeenUs;
  if (judgedAnewUs === undefined || heardSince) return 'SUSPICION';
  // Judged anew, it may all the same be the silence that crossed, later.
  return crossing !== undefined && crossing > judgedAnewUs ? 'SUSPICION' : 'THRESHOLDS';
}

/** Whether this status was withheld when its threshold was crossed: then it is told when it no longer is. */
function wasHeld({ status, suspicion, thresholds, namespace, userId }: Assessment): boolean {
  if (!suspicion) return false;
  const crossing = lastCrossing(suspicion, thresholdOf(status, thresholds), namespace.detector);
  return (
    crossing !== undefined &&
    namespace.massSilence.heldUntilUs(status, { userId, ...crossing }) > crossing.atUs
  );
}

/** Those of a change by which φ crossed a threshold. */
const CROSSING_CAUSES: ReadonlySet<Cause> = new Set(['SUSPICION', 'HEARTBEAT', 'THRESHOLDS', 'RELEASED']);

function thresholdCrossed(
  cause: Cause,
  previous: Status,
  { status, thresholds }: Assessment,
): number | undefined {
  if (!CROSSING_CAUSES.has(cause)) return undefined;
  // Up: the highest that was reached. Down: the lowest that φ is under again.
  if (RANK[status] > RANK[previous]) return thresholdOf(status, thresholds);
  return status === 'ONLINE' ? thresholds.suspect : thresholds.offline;
}

function thresholdOf(status: Status, { suspect, offline }: Thresholds): number {
  return status === 'OFFLINE' ? offline : suspect;
}

function instantOf(
  cause: Cause,
  { suspicion, nowUs, namespace }: Assessment,
  { threshold, toldLeftUs }: { readonly threshold: number | undefined; readonly toldLeftUs: number },
): number {
  if (!suspicion) return nowUs;
  // Who becomes visible may have been heard last before they seemed to leave.
  if (cause === 'HEARTBEAT' || cause === 'FIRST_SEEN') return Math.max(suspicion.lastSeenUs, toldLeftUs);
  if (cause === 'LEAVE') return suspicion.leftUs;
  if (cause !== 'SUSPICION' || threshold === undefined) return nowUs;
  return Math.min(nowUs, crossingUs(suspicion, threshold, namespace.detector) ?? nowUs);
}
