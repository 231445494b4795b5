import type { Status, Thresholds } from '../../detector/status.js';
import type { LastCrossing } from '../../detector/user.js';
import type { Namespace } from '../namespace.js';

/** Somebody whose φ was read against thresholds, and who did not leave. Times are µs of the store's clock. */
interface Judged {
  readonly userId: string;
  readonly status: Status;
  /** Told before; undefined when nothing was. */
  readonly told: Status | undefined;
  readonly thresholds: Thresholds;
  readonly nowUs: number;
  /** Where the user's φ reached a threshold: with the session that was the last to do so. */
  crossing(phi: number): LastCrossing;
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
  const { userId, nowUs, told, thresholds } = judged;
  let { status } = judged;
  let untilUs = Number.NEGATIVE_INFINITY;
  if (status === 'OFFLINE' && told !== 'OFFLINE') {
    const crossing = { userId, nowUs, ...judged.crossing(thresholds.offline) };
    untilUs = massSilence.offlineWithheldUntilUs(crossing);
    if (untilUs > nowUs) status = 'SUSPECT';
  }
  if (status === 'SUSPECT' && told !== 'SUSPECT' && told !== 'OFFLINE') {
    const crossing = { userId, nowUs, ...judged.crossing(thresholds.suspect) };
    const suspectUntilUs = massSilence.suspectWithheldUntilUs(crossing);
    if (suspectUntilUs > nowUs) {
      status = 'ONLINE';
      untilUs = suspectUntilUs;
    }
  }
  const isWithheld = status !== judged.status;
  return { status, isWithheld, untilUs: isWithheld ? untilUs : Number.NEGATIVE_INFINITY };
}
