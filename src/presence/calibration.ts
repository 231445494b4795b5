import { type Arrival, UNJUDGED_FLAGS } from '../detector/arrival.js';
import type { Detector } from '../detector/detector.js';
import { dueAfterMs } from '../detector/due.js';
import { WATCHABLE_PHI_MIN } from '../detector/status.js';
import { Distribution } from '../distribution.js';

/** Levels of φ between which silences are counted: whole ones to 5 and more, and the halves that thresholds are chosen by. */
export const ARRIVAL_PHIS = [WATCHABLE_PHI_MIN, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8] as const;

/**
 * Whether φ means what it says: the φ that silences had reached when a heartbeat ended them, as phid would have answered
 * it. Where it means that, one in ten is beyond 1, one in a thousand beyond 3; and the share beyond any level is what a
 * threshold there would cost in mistakes.
 */
export class Calibration {
  /** Of those below the first level, which are nine in ten, φ is not worked out: its sum says nothing. */
  readonly phis = new Distribution(ARRIVAL_PHIS);

  /** Silences that were judged: not those before a first heartbeat, or of a session that is being learned. */
  get judged(): number {
    return this.phis.count;
  }

  add({ flags, silenceMs, before }: Arrival, detector: Detector): void {
    if (flags & UNJUDGED_FLAGS || !before) return;
    const isDue = silenceMs >= dueAfterMs(before.watchMs, detector);
    this.phis.add(isDue ? detector.phi(silenceMs, before) : 0);
  }
}
