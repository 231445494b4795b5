import type { Status, Thresholds } from '../detector/status.js';
import { crossingUs, statusOfUser, suspicionOf, type UserSuspicion } from '../detector/user.js';
import type { Reading } from '../store/store.js';
import type { Namespace } from './namespace.js';

/** What a node says of a user at a moment: facts read from the store, judged by somebody's thresholds. */
export interface Assessment {
  readonly namespace: Namespace;
  readonly userId: string;
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
  /** Whether the observer doubts itself. */
  readonly degraded: boolean;
}

interface Judge {
  readonly thresholds: Thresholds;
  /** Status told last, for hysteresis. */
  readonly previous?: Status | undefined;
  readonly degraded: boolean;
}

/** Judges a reading. O(sessions). */
export function assess(
  namespace: Namespace,
  userId: string,
  { record, nowUs }: Reading,
  judge: Judge,
): Assessment {
  const { thresholds, previous, degraded } = judge;
  const suspicion = suspicionOf(record, nowUs, namespace.detector);
  const inMs = (phi: number) => {
    const atUs = suspicion && crossingUs(suspicion, phi, namespace.detector);
    return atUs === undefined ? 0 : Math.max(0, (atUs - nowUs) / 1000);
  };
  return {
    namespace,
    userId,
    status: statusOfUser(suspicion, thresholds, previous),
    thresholds,
    suspicion,
    nowUs,
    suspectInMs: inMs(thresholds.suspect),
    offlineInMs: inMs(thresholds.offline),
    degraded,
  };
}
