import type { Status, Thresholds } from '../../detector/status.js';
import type { Namespace } from '../namespace.js';

/** Somebody whose φ was read against thresholds, and who did not leave. Times are µs of the store's clock. */
interface Judged {
  readonly userId: string;
  readonly status: Status;
  /** Told before; undefined when nothing was. */
  readonly previous: Status | undefined;
  readonly thresholds: Thresholds;
  /** Of the liveliest session, and when that was due. */
  readonly origin: string;
  readonly dueUs: number;
  readonly nowUs: number;
  /** When the user's φ reached a threshold. */
  crossingUs(phi: number): number;
}

/** A status as it may be told. */
interface Tellable {
  readonly status: Status;
  readonly isWithheld: boolean;
  /** Until when a worse one is withheld, µs; -Infinity: none is. */
  readonly untilUs: number;
}

/**
 * Withholds a status that is in doubt because many are silent, a drain was announced, or there are no witnesses. Who was told
 * it before keeps it.
 */
export function withhold({ massSilence }: Namespace, judged: Judged): Tellable {
  const { nowUs, previous, thresholds } = judged;
  let { status } = judged;
  let untilUs = Number.NEGATIVE_INFINITY;
  if (status === 'OFFLINE' && previous !== 'OFFLINE') {
    untilUs = massSilence.offlineWithheldUntilUs({ ...judged, atUs: judged.crossingUs(thresholds.offline) });
    if (untilUs > nowUs) status = 'SUSPECT';
  }
  if (status === 'SUSPECT' && previous !== 'SUSPECT' && previous !== 'OFFLINE') {
    const suspectUntilUs = massSilence.suspectWithheldUntilUs({
      ...judged,
      atUs: judged.crossingUs(thresholds.suspect),
    });
    if (suspectUntilUs > nowUs) {
      status = 'ONLINE';
      untilUs = suspectUntilUs;
    }
  }
  const isWithheld = status !== judged.status;
  return { status, isWithheld, untilUs: isWithheld ? untilUs : Number.NEGATIVE_INFINITY };
}
