import type { SurvivalTables } from './adaptive.js';
import { type Arrival, ArrivalFlag, UNJUDGED_FLAGS } from './arrival.js';
import { type SurvivalTable, TABLE_STEP } from './survival-table.js';
import { PRIOR_WEIGHT, survivalTable, Z_BUCKETS, zBucket } from './z-histogram.js';

/** Where a fleet's sessions expect their next heartbeat, and how far they scatter around it: means over heartbeats, ms. */
export interface Typical {
  readonly locationMs: number;
  readonly scaleMs: number;
}

/** What a fleet taught: its survival tables; and what is typical of it, where enough was seen. */
export interface Learned {
  readonly tables: SurvivalTables;
  readonly typical: Typical | undefined;
}

const LATTICE_START = Z_BUCKETS;
const PLACED = 2 * Z_BUCKETS;
const LOCATION_SUM_MS = PLACED + 1;
const SCALE_SUM_MS = PLACED + 2;
export const FLEET_COUNTS = PLACED + 3;

/**
 * What the arrivals of a fleet amount to. Everything is a sum, so the counts of several nodes add up, and old ones decay
 * by a factor.
 *
 *   0 ............ Z_BUCKETS ............ 2 Z_BUCKETS
 *   z of arrivals  z of arrivals          n | sum of locations, ms | sum of scales, ms
 *                  on the lattice
 */
export class FleetCounts {
  readonly values: Float64Array;

  /** Of `values` in this layout: those of a store. By default nothing was counted. */
  constructor(values: Float64Array = new Float64Array(FLEET_COUNTS)) {
    this.values = values;
  }

  /** Heartbeats counted; with what has decayed, less. */
  get weight(): number {
    let sum = 0;
    for (let i = 0; i < PLACED; i++) sum += this.values[i] as number;
    return sum;
  }

  /** Counts an arrival, unless nobody judged its silence. O(1), called for every heartbeat: allocates nothing. */
  add({ flags, z, scaleMs, silenceMs, lost }: Arrival): void {
    if (flags & UNJUDGED_FLAGS) return;
    const onLattice = (flags & ArrivalFlag.ON_LATTICE) !== 0;
    this.#raise((onLattice ? LATTICE_START : 0) + zBucket(z), 1);
    // On the lattice z leaves out what lost heartbeats explain, so that the location cannot be told from it.
    if (onLattice && lost > 0) return;
    this.#raise(PLACED, 1);
    this.#raise(LOCATION_SUM_MS, silenceMs - z * scaleMs);
    this.#raise(SCALE_SUM_MS, scaleMs);
  }

  /** Adds what another one counted. */
  merge({ values }: FleetCounts): void {
    for (let i = 0; i < FLEET_COUNTS; i++) this.#raise(i, values[i] as number);
  }

  /** What is learned from the counts. Tables begin as `prior`, which counts as PRIOR_WEIGHT heartbeats. */
  learned(prior: SurvivalTables): Learned {
    return { tables: this.#tables(prior), typical: this.#typical() };
  }

  #tables(prior: SurvivalTables): SurvivalTables {
    return {
      plain: tableOf(this.values.subarray(0, LATTICE_START), prior.plain),
      lattice: tableOf(this.values.subarray(LATTICE_START, PLACED), prior.lattice),
    };
  }

  /** Undefined while so little was counted that the tables are more prior than fleet. */
  #typical(): Typical | undefined {
    const n = this.values[PLACED] as number;
    if (n < PRIOR_WEIGHT) return undefined;
    return {
      locationMs: (this.values[LOCATION_SUM_MS] as number) / n,
      scaleMs: (this.values[SCALE_SUM_MS] as number) / n,
    };
  }

  #raise(index: number, by: number): void {
    this.values[index] = (this.values[index] as number) + by;
  }
}

/** The prior as it is while nothing was counted: its tail is known better than the few heartbeats it counts for say. */
function tableOf(counts: Float64Array, prior: SurvivalTable): SurvivalTable {
  return counts.some((count) => count > 0) ? survivalTable(counts, prior) : prior;
}

/** A difference below this is noise that is not worth judging everybody again, decades. */
const DIFFERENCE_MIN = 0.02;
const COMPARED_PHI_MIN = 0.25;
const COMPARED_PHI_MAX = 6;

/** Whether `b` would judge differently enough from `a` to be put in its place. Symmetric. */
export function differs(a: Learned, b: Learned): boolean {
  return (
    tableDiffers(a.tables.plain, b.tables.plain) ||
    tableDiffers(a.tables.lattice, b.tables.lattice) ||
    typicalDiffers(a.typical, b.typical)
  );
}

/** Whether two tables give any silence of φ 0.25 to 6 levels that are more than 0.02 decades apart. */
function tableDiffers(a: SurvivalTable, b: SurvivalTable): boolean {
  for (let phi = COMPARED_PHI_MIN; phi <= COMPARED_PHI_MAX; phi += TABLE_STEP) {
    if (Math.abs(a.phi(b.z(phi)) - phi) > DIFFERENCE_MIN) return true;
    if (Math.abs(b.phi(a.z(phi)) - phi) > DIFFERENCE_MIN) return true;
  }
  return false;
}

/** A fleet that beats half as often has the same tables, and yet other detection times. */
function typicalDiffers(a: Typical | undefined, b: Typical | undefined): boolean {
  if (!a || !b) return a !== b;
  const decades = (x: number, y: number) => Math.abs(Math.log10(x / y));
  return (
    decades(a.locationMs, b.locationMs) > DIFFERENCE_MIN || decades(a.scaleMs, b.scaleMs) > DIFFERENCE_MIN
  );
}
