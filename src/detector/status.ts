/** φ read against a pair of thresholds. */
export type Status = 'UNKNOWN' | 'ONLINE' | 'SUSPECT' | 'OFFLINE';

/** Suspicion levels at which a user is called SUSPECT and OFFLINE; 0 < suspect <= offline. */
export interface Thresholds {
  readonly suspect: number;
  readonly offline: number;
}

/** The largest φ ever answered: silence beyond max_silence is certain whatever the model says. */
export const PHI_MAX = 1000;

/**
 * Thresholds that a stream may watch. Below 1 more than one heartbeat in ten would cross and have to be announced;
 * above 300 no model distinguishes anything.
 */
export const WATCHABLE_PHI_MIN = 1;
export const WATCHABLE_PHI_MAX = 300;

/** To come back, φ must fall this far below the threshold it crossed, so that a φ near a threshold cannot flicker. */
export const HYSTERESIS = 0.9;

/**
 * The status of a φ. With `previous` the answer has hysteresis: up at the threshold, down only at 0.9 of it.
 * φ falls when a heartbeat arrives, and then nearly always to 0; the hysteresis matters when it does not.
 */
export function statusOf(phi: number, thresholds: Thresholds, previous?: Status): Status {
  const { suspect, offline } = thresholds;
  if (phi >= offline || (previous === 'OFFLINE' && phi >= backAt(offline))) return 'OFFLINE';
  const wasSuspect = previous === 'SUSPECT' || previous === 'OFFLINE';
  if (phi >= suspect || (wasSuspect && phi >= backAt(suspect))) return 'SUSPECT';
  return 'ONLINE';
}

/** Below the lowest watchable threshold nobody is told of an arrival: who was still SUSPECT there would stay it. */
function backAt(threshold: number): number {
  return Math.max(threshold * HYSTERESIS, Math.min(threshold, WATCHABLE_PHI_MIN));
}
