import type { Status, Thresholds } from '../detector/status.js';
import {
  crossingUs,
  type LastCrossing,
  lastCrossing,
  statusOfUser,
  suspicionOf,
  type UserSuspicion,
} from '../detector/user.js';
import type { Reading } from '../store/store.js';
import { withhold } from './doubt/withhold.js';
import type { Namespace } from './namespace.js';

/** What a node says of a user at a moment: facts read from the store, judged by somebody's thresholds. */
export interface Assessment {
  readonly namespace: Namespace;
  readonly userId: string;
  /** As it is told: a worse one may be withheld. */
  readonly status: Status;
  /** What `status` was read against. */
  readonly thresholds: Thresholds;
  /** Undefined when the user is UNKNOWN. */
  readonly suspicion: UserSuspicion | undefined;
  /** The store's clock at that moment, µs. */
  readonly nowUs: number;
  /** Time until φ reaches the thresholds if the silence lasts, ms; 0 when it has, and when the user is gone. */
  readonly suspectInMs: number;
  readonly offlineInMs: number;
  /** UNKNOWN to a store that has lost its data lately: the user may be there. */
  readonly isLost: boolean;
  /** φ says worse than `status`, and is doubted. */
  readonly isWithheld: boolean;
  /** Whether the observer doubts itself, or this silence. */
  readonly degraded: boolean;
}

interface Judge {
  readonly thresholds: Thresholds;
  /** Status seen last, for hysteresis; and the one told, which is not taken back because it is doubted now. */
  readonly previous?: Status | undefined;
  readonly told?: Status | undefined;
  readonly degraded: boolean;
  /** The store has lost its data lately; false by default. */
  readonly hasLostData?: boolean;
}

/** Judges a reading. O(sessions). */
export function assess(
  namespace: Namespace,
  userId: string,
  { record, nowUs }: Reading,
  judge: Judge,
): Assessment {
  const { thresholds, previous, told, degraded, hasLostData = false } = judge;
  const isLost = hasLostData && record === undefined;
  const suspicion = suspicionOf(record, nowUs, namespace.detector);
  const inMs = (phi: number) => {
    const atUs = suspicion && crossingUs(suspicion, phi, namespace.detector);
    return atUs === undefined ? 0 : Math.max(0, (atUs - nowUs) / 1000);
  };
  const judged = statusOfUser(suspicion, thresholds, previous);
  const { status, isWithheld } =
    suspicion?.phi === undefined
      ? { status: judged, isWithheld: false }
      : withhold(namespace, {
          userId,
          status: judged,
          told,
          thresholds,
          nowUs,
          crossing: (phi) => lastCrossing(suspicion, phi, namespace.detector) as LastCrossing,
        });
  return {
    namespace,
    userId,
    status,
    thresholds,
    suspicion,
    nowUs,
    suspectInMs: inMs(thresholds.suspect),
    offlineInMs: inMs(thresholds.offline),
    isLost,
    isWithheld,
    degraded: degraded || isWithheld || isLost,
  };
}
