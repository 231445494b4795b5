import { type Arrival, ArrivalFlag } from '../detector/arrival.js';
import type { Detector } from '../detector/detector.js';
import { dueAfterMs } from '../detector/due.js';
import { mistakenMs } from '../detector/mistake-counts.js';
import type { Thresholds } from '../detector/status.js';
import { Distribution } from '../distribution.js';

/** From a fifth of a second to the longest max_silence that makes sense, ms. */
const DURATIONS_MS = [200, 1_000, 5_000, 15_000, 60_000, 300_000];

/**
 * Suspicions of sessions that a later heartbeat proved wrong, by the thresholds of the namespace, and how long each lasted
 * (T_M: Chen, Toueg and Aguilera, "On the Quality of Service of Failure Detectors", 2002). Whether anybody watched, or the
 * user had another session, does not matter: it is what the thresholds cost.
 */
export class Mistakes {
  /** Durations, ms. */
  readonly suspect = new Distribution(DURATIONS_MS);
  readonly offline = new Distribution(DURATIONS_MS);

  add({ flags, silenceMs, before }: Arrival, detector: Detector, thresholds: Thresholds): void {
    // Of a silence that was not all heard nobody was suspected when its length says so.
    if (!before || flags & ArrivalFlag.BLIND) return;
    // No threshold is crossed before: nine in ten arrivals need nothing more.
    if (silenceMs < dueAfterMs(before.watchMs, detector)) return;
    for (const status of ['suspect', 'offline'] as const) {
      const durationMs = mistakenMs(silenceMs, { phi: thresholds[status], before }, detector);
      if (durationMs < 0) return;
      this[status].add(durationMs);
    }
  }
}
