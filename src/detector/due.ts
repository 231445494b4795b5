import type { Detector } from './detector.js';
import type { SessionRecord } from './session.js';

/**
 * When somebody has to be heard again not to be missed, µs: nine in ten are. For a user the latest of all sessions, since one
 * of them is enough. Nobody is waited for at -Infinity.
 */
export interface Due {
  readonly atUs: number;
  /** Where the session is heard through. */
  readonly origin: string;
}

export const NOT_DUE: Due = { atUs: Number.NEGATIVE_INFINITY, origin: '' };

/** When a session is due next. */
export function dueOf(session: SessionRecord, detector: Detector): Due {
  if (session.left) return NOT_DUE;
  return {
    atUs: dueUs(session.lastUs, detector.estimate(session).watchMs, detector),
    origin: session.origin,
  };
}

/** The same of a session heard last at `lastUs` that is waited for `watchMs`. */
export function dueUs(lastUs: number, watchMs: number, detector: Detector): number {
  return lastUs + 1000 * dueAfterMs(watchMs, detector);
}

/** How long a session is waited for, ms: no deadline is later than max_silence. */
export function dueAfterMs(watchMs: number, { settings }: Detector): number {
  return Math.min(watchMs, settings.maxSilenceMs);
}
