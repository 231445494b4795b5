import type { Counts } from './adaptive.js';
import { PHI_MAX } from './status.js';
import type { SurvivalTable } from './survival-table.js';

/**
 * The shape of a session's distribution, beside its location and scale: how often its heartbeats are lost, and how its
 * silences differ from those of the fleet. It is fitted anew every REFIT_BEATS heartbeats and constant between: then
 * crossings are linear in z, and two checks tell whether any comes earlier (comes-earlier.ts).
 *
 * Numbers are kept as whole units (a 65,536th, a 4,096th of a decade), as a packed record has them.
 */
export interface Shape {
  /** Lateness of this session is lost heartbeats: silences are judged on the lattice mean + k · interval. */
  readonly onLattice: boolean;
  /** Probability that a heartbeat is lost, and that one more is lost after a lost one; 65,536ths. */
  readonly loss: number;
  readonly lossAgain: number;
  /** The φ that this session really reaches at each of CURVE_KNOTS of the fleet's table; 4,096ths of a decade. */
  readonly levels: readonly number[];
  /** Where LATE begins, at WATCH_PHI: lost heartbeats already allowed for, and φ of the fleet's table beyond. */
  readonly watchLosses: number;
  readonly watchPhi: number;
}

/** Where the session's own curve is measured: φ of the fleet's table. */
export const CURVE_KNOTS = [1, 1.5, 2, 2.5, 3, 4] as const;
const KNOTS = CURVE_KNOTS.length;
const LAST_KNOT = CURVE_KNOTS[KNOTS - 1] as number;

const LEVEL_UNITS = 4096;
/** Of watchPhi: a record has 16 bits for it. */
export const WATCH_UNITS = 8192;
const SHARE_UNITS = 65_536;
const LEVEL_MAX = 65_535;

/** Heartbeats between two fits. */
export const REFIT_BEATS = 32;

/**
 * The φ whose crossing announces an arrival: below WATCHABLE_PHI_MIN by more than the tables of two nodes, or
 * of one node at two moments, differ, so that whoever watches φ = 1 hears of every arrival after it.
 */
export const WATCH_PHI = 0.95;
/** watchPhi goes no further; a lower one only announces more. */
const WATCH_TABLE_PHI_MAX = 4;

/** The fleet's curve is worth this many heartbeats at the first knot, and so many of those that reached the one before. */
const CURVE_PRIOR_FIRST = 300;
const CURVE_PRIOR_NEXT = 6;
/** Of the silences beyond one knot (at first: of all), the share beyond the next, in the fleet; √0.1 is 10^-0.5. */
const KNOT_SHARES = [0.1, Math.sqrt(0.1), Math.sqrt(0.1), Math.sqrt(0.1), Math.sqrt(0.1), 0.1] as const;

/**
 * The lattice is used where loss and delay do not go together: a heartbeat was lost, the others are regular (long
 * dispersion below 1/20 of the interval), and few are lost. Elsewhere it hurts: cellular links at high rates lose and
 * delay at once.
 */
const LATTICE_LOSSES_MIN = 1;
const LATTICE_DISPERSION_MAX = 0.05;
const LATTICE_LOSS_MAX = 0.15;
/** Two losses in 400 heartbeats before any was counted; a session that lost some is not believed below 3 in 1,000. */
const LOSS_PRIOR = 2;
const LOSS_PRIOR_BEATS = 400;
const LOSS_MIN = 0.003;
const AGAIN_PRIOR = 0.3;
const AGAIN_PRIOR_LOSSES = 5;
/** Beyond a lattice point nobody waits inside the jitter of a heartbeat: the cost of waiting it out is nothing. */
const LATTICE_PHI_MIN = 1.5;
const LATTICE_STEPS_MAX = 100;

/** Location, scale and lattice step of a session, ms. */
export interface Placement {
  readonly locationMs: number;
  readonly scaleMs: number;
  readonly intervalMs: number;
}

/** The shape of a session of which nothing is known: the fleet's. */
export const FLEET_SHAPE: Shape = watched({
  onLattice: false,
  loss: 0,
  lossAgain: 0,
  levels: CURVE_KNOTS.map((phi) => phi * LEVEL_UNITS),
  watchLosses: 0,
  watchPhi: 0,
});

/** Whether fitShape may have made it: levels rise, or φ would not. */
export function isPossibleShape({ levels }: Shape): boolean {
  let below = 1;
  for (let j = 0; j < KNOTS; j++) {
    const at = levels[j] as number;
    if (at < below) return false;
    below = at;
  }
  return true;
}

/** Fits the shape to what was counted. `dispersion`: long dispersion without losses, as a share of the interval. */
export function fitShape(counts: Counts, dispersion: number): Shape {
  const share = (counts.losses + LOSS_PRIOR) / (counts.beats + LOSS_PRIOR_BEATS);
  const onLattice =
    counts.losses >= LATTICE_LOSSES_MIN && dispersion < LATTICE_DISPERSION_MAX && share < LATTICE_LOSS_MAX;
  const loss = Math.max(LOSS_MIN, share);
  const lossAgain = (counts.extra + AGAIN_PRIOR) / (counts.lost + AGAIN_PRIOR_LOSSES);
  const levels: number[] = [];
  let level = 0;
  for (let j = 0; j < KNOTS; j++) {
    const prior = j === 0 ? CURVE_PRIOR_FIRST : CURVE_PRIOR_NEXT;
    const before = j === 0 ? counts.judged : (counts.beyond[j - 1] as number);
    level -= Math.log10(
      (prior * (KNOT_SHARES[j] as number) + (counts.beyond[j] as number)) / (prior + before),
    );
    levels.push(Math.min(LEVEL_MAX, Math.floor(level * LEVEL_UNITS + 0.5)));
  }
  const shape = {
    onLattice,
    loss: Math.floor(loss * SHARE_UNITS),
    lossAgain: Math.floor(lossAgain * SHARE_UNITS),
    levels,
    watchLosses: 0,
    watchPhi: 0,
  };
  return watched(shape);
}

/** Rounded down: beginning to watch too early only announces more. */
function inWatchUnits(phi: number): number {
  return Math.floor(phi * WATCH_UNITS) / WATCH_UNITS;
}

function watched(shape: Shape): Shape {
  const { losses, fleetPhi } = crossingOf(shape, WATCH_PHI);
  return { ...shape, watchLosses: losses, watchPhi: inWatchUnits(Math.min(fleetPhi, WATCH_TABLE_PHI_MAX)) };
}

/** φ on the fleet's table at which this session reaches `phi`: linear between the knots, one to one beyond. */
function toFleet({ levels }: Shape, phi: number): number {
  const level = phi * LEVEL_UNITS;
  let below = 0;
  let knotBelow = 0;
  for (let j = 0; j < KNOTS; j++) {
    const at = levels[j] as number;
    const knot = CURVE_KNOTS[j] as number;
    if (level <= at) return knotBelow + ((knot - knotBelow) * (level - below)) / (at - below);
    below = at;
    knotBelow = knot;
  }
  return LAST_KNOT + phi - below / LEVEL_UNITS;
}

/** The inverse of toFleet. */
function fromFleet({ levels }: Shape, fleetPhi: number): number {
  let below = 0;
  let knotBelow = 0;
  for (let j = 0; j < KNOTS; j++) {
    const at = levels[j] as number;
    const knot = CURVE_KNOTS[j] as number;
    if (fleetPhi <= knot) {
      return (below + ((at - below) * (fleetPhi - knotBelow)) / (knot - knotBelow)) / LEVEL_UNITS;
    }
    below = at;
    knotBelow = knot;
  }
  return below / LEVEL_UNITS + fleetPhi - LAST_KNOT;
}

/**
 * Where φ is crossed: after how many lost heartbeats, and at which φ of the fleet's table beyond. With P(k) the
 * probability that at least k heartbeats in a row are lost, a silence reaches into the k-th step when
 * P(k + 1) < 10^-φ <= P(k), and there P(silence > t) = P(k + 1) + (P(k) - P(k + 1)) · P(lateness > t - k · interval).
 */
function crossingOf(shape: Shape, phi: number): { losses: number; fleetPhi: number } {
  if (!shape.onLattice) return { losses: 0, fleetPhi: toFleet(shape, phi) };
  const target = 10 ** -phi;
  const again = shape.lossAgain / SHARE_UNITS;
  let atLeast = 1;
  let more = shape.loss / SHARE_UNITS;
  let losses = 0;
  while (more >= target && losses < LATTICE_STEPS_MAX) {
    atLeast = more;
    more *= again;
    losses += 1;
  }
  const share = (target - more) / (atLeast - more);
  const lateness = share > 0 ? -Math.log10(share) : PHI_MAX;
  return { losses, fleetPhi: toFleet(shape, losses > 0 ? Math.max(LATTICE_PHI_MIN, lateness) : lateness) };
}

/** The silence, ms, at which φ is crossed. Increases with φ. */
export function crossingMs(shape: Shape, table: SurvivalTable, placement: Placement, phi: number): number {
  const { losses, fleetPhi } = crossingOf(shape, phi);
  return silenceMs(shape, placement, losses, table.z(fleetPhi));
}

/** The silence from which on an arrival is LATE, ms; `watchZ`: z at the shape's watchPhi, by the tables of now. */
export function watchMs(shape: Shape, watchZ: number, placement: Placement): number {
  return silenceMs(shape, placement, shape.watchLosses, watchZ);
}

/** On the lattice nobody waits longer than for the next point, nor less than for this one. */
function silenceMs(
  { onLattice }: Shape,
  { locationMs, scaleMs, intervalMs }: Placement,
  losses: number,
  z: number,
): number {
  if (!onLattice) return locationMs + scaleMs * z;
  const lateMs = Math.min(scaleMs * z, intervalMs);
  return locationMs + losses * intervalMs + (losses > 0 ? Math.max(0, lateMs) : lateMs);
}

/** φ of a silence: finite, >= 0, increasing. */
export function phiOf(shape: Shape, table: SurvivalTable, placement: Placement, silenceMs: number): number {
  const { locationMs, scaleMs, intervalMs } = placement;
  const beyondMs = silenceMs - locationMs;
  if (!shape.onLattice) return fromFleet(shape, table.phi(beyondMs / scaleMs));
  const losses = Math.min(LATTICE_STEPS_MAX, Math.max(0, Math.floor(beyondMs / intervalMs)));
  const again = shape.lossAgain / SHARE_UNITS;
  let atLeast = 1;
  let more = shape.loss / SHARE_UNITS;
  for (let k = 0; k < losses; k++) {
    atLeast = more;
    more *= again;
  }
  let lateness = fromFleet(shape, table.phi((beyondMs - losses * intervalMs) / scaleMs));
  // Inside the jitter of the heartbeat that may come yet (crossingOf waits it out).
  if (losses > 0 && lateness < LATTICE_PHI_MIN) lateness = 0;
  return Math.max(0, -Math.log10(more + (atLeast - more) * 10 ** -lateness));
}
