import { type Arrival, ArrivalFlag, UNJUDGED_FLAGS } from '../detector/arrival.js';
import type { Detector } from '../detector/detector.js';
import { WATCHABLE_PHI_MIN } from '../detector/status.js';

/** Levels of φ of which the share beyond is counted; the lowest first. */
export const CALIBRATION_PHIS = [WATCHABLE_PHI_MIN, 2, 3, 4] as const;

/**
 * Whether φ means what it says: of the silences that a heartbeat ended, how many were beyond each level. Where it does,
 * one in ten is beyond 1, one in a thousand beyond 3. Plain numbers, for /metrics.
 */
export class Calibration {
  judged = 0;
  /** One for each of CALIBRATION_PHIS. */
  readonly beyond: number[] = CALIBRATION_PHIS.map(() => 0);

  /** Counts an arrival by the survival function of the namespace, or of its lattice. */
  add({ flags, z }: Arrival, detector: Detector): void {
    if (flags & UNJUDGED_FLAGS) return;
    this.judged += 1;
    const onLattice = (flags & ArrivalFlag.ON_LATTICE) !== 0;
    // Nine of ten end here.
    if (!onLattice && z <= detector.zWatchableMin) return;
    const phi = (onLattice ? detector.tables.lattice : detector.survival).phi(z);
    for (let i = 0; i < CALIBRATION_PHIS.length; i++) {
      if (phi <= (CALIBRATION_PHIS[i] as number)) return;
      this.beyond[i] = (this.beyond[i] as number) + 1;
    }
  }
}
