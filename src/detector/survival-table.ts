import type { Survival } from './survival.js';

/** φ from one point of the table to the next, decades. */
export const TABLE_STEP = 1 / 8;
/** Points of the table: φ = 0, 1/8, .. 12. */
export const TABLE_POINTS = 97;

/** Two points differ at least by this, so that both directions are functions. */
const Z_STEP_MIN = 1e-6;

/**
 * A learned survival function: the standardised silence at each eighth of a decade, linear between them. Below the
 * first point φ is 0; beyond the last one it goes on at the last slope. phi is O(log points), z is O(1).
 */
export class SurvivalTable implements Survival {
  /** z at φ = i / 8; increasing. */
  readonly zs: Float64Array;

  /** `zs` has TABLE_POINTS finite values; where they do not increase they are raised. */
  constructor(zs: ArrayLike<number>) {
    this.zs = Float64Array.from(zs);
    for (let i = 1; i < TABLE_POINTS; i++) {
      this.zs[i] = Math.max(this.zs[i] as number, (this.zs[i - 1] as number) + Z_STEP_MIN);
    }
  }

  phi(z: number): number {
    const { zs } = this;
    if (z <= (zs[0] as number)) return 0;
    let low = 0;
    let high = TABLE_POINTS - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((zs[middle] as number) <= z) low = middle;
      else high = middle;
    }
    const zLow = zs[low] as number;
    return TABLE_STEP * (low + (z - zLow) / ((zs[low + 1] as number) - zLow));
  }

  z(phi: number): number {
    const at = Math.max(0, phi) / TABLE_STEP;
    const low = Math.min(Math.floor(at), TABLE_POINTS - 2);
    const zLow = this.zs[low] as number;
    return zLow + (at - low) * ((this.zs[low + 1] as number) - zLow);
  }
}
