import { SurvivalTable, TABLE_POINTS, TABLE_STEP } from './survival-table.js';

/**
 * Histogram of the standardised silences that heartbeats ended, and the survival table it amounts to.
 *
 *   z     -8 ........ -1/64   0   1/64 .. 1/8 ............ 2^11
 *         4 to an octave      |   linear  8 to an octave
 *
 * Where the logarithmic part begins matters more than its density: jitter-free senders live below z = 1, and a
 * histogram that begins there knows nothing of them.
 */
const NEGATIVE = 36;
const LINEAR = 8;
const LOGARITHMIC = 112;
export const Z_BUCKETS = NEGATIVE + 1 + LINEAR + LOGARITHMIC;
const FIRST_POSITIVE = NEGATIVE + 1;
const SMALLEST = 1 / 64;
const LINEAR_END = 1 / 8;

/** Bucket of a standardised silence; its edges are Z_EDGES[bucket - 1] (exclusive below) and Z_EDGES[bucket]. */
export function zBucket(z: number): number {
  if (z < 0) return Math.max(0, NEGATIVE - Math.floor(4 * Math.log2(Math.max(-z, SMALLEST) / SMALLEST)));
  if (z < LINEAR_END) return FIRST_POSITIVE + Math.floor(z / SMALLEST);
  const octaves = Math.floor(8 * Math.log2(z / LINEAR_END));
  return FIRST_POSITIVE + LINEAR + Math.min(LOGARITHMIC - 1, octaves);
}

/** Upper edge of each bucket; the last one has none and is given the edge it would have. */
export const Z_EDGES = Float64Array.from({ length: Z_BUCKETS }, (_, bucket) => {
  if (bucket < NEGATIVE) return -SMALLEST * 2 ** ((NEGATIVE - bucket) / 4);
  const k = bucket - NEGATIVE;
  return k <= LINEAR ? k * SMALLEST : LINEAR_END * 2 ** ((k - LINEAR) / 8);
});

/** What the prior weighs against what was counted, heartbeats. */
export const PRIOR_WEIGHT = 100;
/** What the prior's tail weighs, heartbeats: beyond the data, ten times as much are needed to know better. */
const TAIL_PRIOR_WEIGHT = 1000;
/** Where fewer than this many silences lie beyond, the tail is no longer counted but extrapolated. */
const TAIL_EXCEEDANCES = 8;
/** The tail begins an octave below the top at the latest: how far the silences up there reach nobody knows. */
const TAIL_BEGIN_MAX = Z_BUCKETS - 1 - 8;
/** Bounds of the tail's exponent ξ: 0.05 is nearly exponential, 1.5 has no mean. */
const TAIL_XI_MIN = 0.05;
const TAIL_XI_MAX = 1.5;

/**
 * The survival table of what was counted, blended with `prior` as if that were PRIOR_WEIGHT heartbeats. Inside the
 * data: linear within a bucket. Beyond: a Pareto tail through the last well-counted edge z0, P(Z > z) ∝ z^(-1/ξ), with
 * ξ the mean log excess over z0 (Hill, "A Simple General Approach to Inference About the Tail of a Distribution", 1975);
 * with few counts, rather the tail of the prior from z0 on.
 * O(buckets + points).
 */
export function survivalTable(counts: Float64Array, prior: SurvivalTable): SurvivalTable {
  const mass = new Float64Array(Z_BUCKETS);
  let total = 0;
  let counted = 0;
  let priorAbove = 1;
  for (let b = 0; b < Z_BUCKETS; b++) {
    // The bucket at the top has no upper edge and takes what is left.
    const above = b === Z_BUCKETS - 1 ? 0 : 10 ** -prior.phi(Z_EDGES[b] as number);
    counted += counts[b] as number;
    mass[b] = (counts[b] as number) + PRIOR_WEIGHT * (priorAbove - above);
    priorAbove = above;
    total += mass[b] as number;
  }
  // phis[b] = -log10 P(Z > upper edge of b), as far as the data go.
  const phis = new Float64Array(Z_BUCKETS);
  let above = total;
  let last = 0;
  for (let b = 0; b < Z_BUCKETS; b++) {
    above -= mass[b] as number;
    if ((above < TAIL_EXCEEDANCES && b > FIRST_POSITIVE) || b > TAIL_BEGIN_MAX) break;
    phis[b] = -Math.log10(above / total);
    last = b;
  }
  const z0 = Z_EDGES[last] as number;
  const phi0 = phis[last] as number;
  const xi = tailExponent(mass, last);
  const trust = counted / (counted + TAIL_PRIOR_WEIGHT);
  const priorPhi0 = prior.phi(z0);

  const zs = new Float64Array(TABLE_POINTS);
  let b = 0;
  for (let i = 0; i < TABLE_POINTS; i++) {
    const phi = i * TABLE_STEP;
    if (phi >= phi0) {
      zs[i] = (z0 * 10 ** ((phi - phi0) * xi)) ** trust * prior.z(priorPhi0 + phi - phi0) ** (1 - trust);
      continue;
    }
    while ((phis[b] as number) < phi) b += 1;
    zs[i] = b === 0 ? (Z_EDGES[0] as number) : interpolate(phis, b, phi);
  }
  return new SurvivalTable(zs);
}

function interpolate(phis: Float64Array, b: number, phi: number): number {
  const low = phis[b - 1] as number;
  const zLow = Z_EDGES[b - 1] as number;
  return zLow + (((Z_EDGES[b] as number) - zLow) * (phi - low)) / ((phis[b] as number) - low);
}

function tailExponent(mass: Float64Array, last: number): number {
  const z0 = Z_EDGES[last] as number;
  let excess = 0;
  let count = 0;
  for (let b = last + 1; b < Z_BUCKETS - 1; b++) {
    const middle = Math.sqrt((Z_EDGES[b - 1] as number) * (Z_EDGES[b] as number));
    excess += (mass[b] as number) * Math.log(middle / z0);
    count += mass[b] as number;
  }
  // Censored: known to reach into the bucket at the top, and no further.
  excess += (mass[Z_BUCKETS - 1] as number) * Math.log((Z_EDGES[Z_BUCKETS - 2] as number) / z0);
  return Math.min(TAIL_XI_MAX, Math.max(TAIL_XI_MIN, count > 0 ? excess / count : TAIL_XI_MAX));
}
