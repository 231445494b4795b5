import { CURVE_KNOTS, FLEET_SHAPE, fitShape, isPossibleShape, REFIT_BEATS, type Shape } from './shape.js';
import type { SurvivalTable } from './survival-table.js';

/**
 * The adaptive model's memory of a session: exponentially weighted location and dispersion, and the counts from which
 * its shape is fitted. O(1) state and time. Numbers are kept in single precision, as a packed record has them; the slow mean,
 * which moves by thousandths, in double.
 *
 * The constants were chosen by replay on public traces (docs/quality.md, "How the constants were chosen"); the result
 * is flat around them.
 */

/** Weight of a new interval in the mean. */
const MEAN_GAIN = 0.05;
/** An interval counts in the means as at most so many mean intervals: one outage does not move them far. */
const MEAN_CLIP = 3;
/** Lateness comes in clusters: dispersion of the last few intervals, and of the last twenty. */
const FAST_GAIN = 0.4;
const SHORT_GAIN = 0.05;
/** Intervals after which the long means forget as well. */
export const LEARNED_MAX = 2000;
/** A session that slowed down without a word counts as one of which so many intervals are known: it forgets fast. */
const RELEARNED = 20;
/** Dispersion of a session that has shown none yet, as a share of its interval: right at φ = 1 on public traces. */
const DISPERSION_PRIOR = 0.1;

/** S = stretch · D · ((short + 0.5 fast + 0.3 long) / D + 0.0003)^(13/16) */
const FAST_WEIGHT = 0.5;
const LONG_WEIGHT = 0.3;
const SCALE_FLOOR = 0.0003;
/** How fast the stretch is learned, and how far it goes. */
const STRETCH_GAIN = 0.01;
export const STRETCH_MIN = 0.01;
export const STRETCH_MAX = 20;

/** What was counted of a session; when a sum is full all that belong together are halved. */
export interface Counts {
  /** Heartbeats, of these preceded by a loss; heartbeats lost, of these after another lost one. */
  beats: number;
  losses: number;
  lost: number;
  extra: number;
  /** Silences judged, and of these beyond each knot of the fleet's table. */
  judged: number;
  readonly beyond: number[];
}

const BEATS_MAX = 60_000;
/** An outage of hours is one loss, and not a session of which every lost heartbeat is followed by another for ever. */
const LOST_IN_A_ROW_MAX = 4;
export const JUDGED_MAX = 10_000;
const COUNT_MAX = 65_535;
/** No interval comes near, ms. */
const MS_MAX = 2 ** 48;

export interface AdaptiveState extends Counts {
  /** Intervals learned; stops at LEARNED_MAX. */
  learned: number;
  /** Mean interval, ms: fast, and slow (of undeclared intervals only). */
  meanMs: number;
  slowMs: number;
  /** Factor on the scale, by which one in ten of this session's silences is beyond z(1) of the fleet's table. */
  stretch: number;
  /** Mean deviation of the intervals from the mean, ms. */
  fastMs: number;
  shortMs: number;
  longMs: number;
  /** The same of the intervals less what lost heartbeats explain. */
  shortRegularMs: number;
  longRegularMs: number;
  shape: Shape;
}

export interface SurvivalTables {
  readonly plain: SurvivalTable;
  readonly lattice: SurvivalTable;
}

/** The state of a session of which only the interval to expect is known; `undeclaredMs`, when it declares none. */
export function newAdaptiveState(intervalMs: number, undeclaredMs: number): AdaptiveState {
  const state: AdaptiveState = {
    learned: 0,
    meanMs: 0,
    slowMs: 0,
    stretch: 1,
    fastMs: 0,
    shortMs: 0,
    longMs: 0,
    shortRegularMs: 0,
    longRegularMs: 0,
    beats: 0,
    losses: 0,
    lost: 0,
    extra: 0,
    judged: 0,
    beyond: CURVE_KNOTS.map(() => 0),
    shape: FLEET_SHAPE,
  };
  takeRhythm(state, intervalMs);
  state.slowMs = Math.max(1, undeclaredMs);
  return state;
}

/** Whether a session may have come to this state: one that was read from elsewhere may be damaged, and make φ what it cannot be. */
export function isPossible(state: AdaptiveState): boolean {
  const { beats, losses, lost, extra, judged, beyond, stretch, meanMs, slowMs, shape } = state;
  // Of NaN none of these is true.
  if (!(stretch >= single(STRETCH_MIN) && stretch <= STRETCH_MAX)) return false;
  if (!(meanMs >= 1 && meanMs <= MS_MAX && slowMs >= 1 && slowMs <= MS_MAX)) return false;
  if (!(isDispersion(state.fastMs) && isDispersion(state.shortMs) && isDispersion(state.longMs)))
    return false;
  if (!(isDispersion(state.shortRegularMs) && isDispersion(state.longRegularMs))) return false;
  if (losses > beats || extra > lost || lost > COUNT_MAX || judged > JUDGED_MAX) return false;
  let before = judged;
  for (let j = 0; j < beyond.length; j++) {
    const count = beyond[j] as number;
    if (count > before) return false;
    before = count;
  }
  return isPossibleShape(shape);
}

function isDispersion(ms: number): boolean {
  return ms >= 0 && ms <= MS_MAX;
}

const single = Math.fround;

/** `from`, moved towards `to` by a share of the way. */
function moved(from: number, to: number, gain: number): number {
  return single(from + gain * (to - from));
}

function takeRhythm(state: AdaptiveState, intervalMs: number): void {
  const ms = Math.max(1, intervalMs);
  state.meanMs = single(ms);
  state.slowMs = ms;
  state.fastMs = single(DISPERSION_PRIOR * ms);
  state.shortMs = state.fastMs;
  state.longMs = state.fastMs;
  state.shortRegularMs = state.fastMs;
  state.longRegularMs = state.fastMs;
}

/** The interval that dispersion is measured against, ms: the declared one, else the slow mean. */
export function intervalOf(state: AdaptiveState, declaredMs: number): number {
  return declaredMs > 0 ? declaredMs : state.slowMs;
}

/** Scale S of a session, ms. */
export function scaleOf(state: AdaptiveState, intervalMs: number): number {
  const { shape, shortMs, fastMs, longMs, shortRegularMs, longRegularMs } = state;
  const dispersionMs = shape.onLattice
    ? shortRegularMs + LONG_WEIGHT * longRegularMs
    : shortMs + FAST_WEIGHT * fastMs + LONG_WEIGHT * longMs;
  return state.stretch * intervalMs * thirteenSixteenths(dispersionMs / intervalMs + SCALE_FLOOR);
}

/** x^(13/16) by square roots, which are exact and quicker than `pow`. */
function thirteenSixteenths(x: number): number {
  const half = Math.sqrt(x);
  const quarter = Math.sqrt(half);
  return half * quarter * Math.sqrt(Math.sqrt(quarter));
}

/**
 * A change of the declared interval: what was learned of the lateness stays. What was early against a longer interval
 * must not become one of nothing.
 */
export function redeclare(state: AdaptiveState, fromMs: number, toMs: number): void {
  if (fromMs === toMs) return;
  const intervalMs = intervalOf(state, toMs);
  state.meanMs = single(Math.max(1, intervalMs / 2, state.meanMs + intervalMs - intervalOf(state, fromMs)));
}

/**
 * Counts how `z`, judged before the arrival, compares with the fleet's table. Not of a session whose rhythm is not
 * known yet.
 */
export function judge(state: AdaptiveState, z: number, table: SurvivalTable): void {
  state.judged += 1;
  const isBeyond = z > table.z(1);
  const stretch = state.stretch * (isBeyond ? 1 + STRETCH_GAIN * 0.9 : 1 - STRETCH_GAIN * 0.1);
  state.stretch = single(Math.min(STRETCH_MAX, Math.max(STRETCH_MIN, stretch)));
  const { beyond } = state;
  for (let j = 0; j < CURVE_KNOTS.length; j++) {
    if (z <= table.z(CURVE_KNOTS[j] as number)) break;
    beyond[j] = (beyond[j] as number) + 1;
  }
  if (state.judged < JUDGED_MAX) return;
  state.judged = Math.floor(state.judged / 2);
  for (let j = 0; j < CURVE_KNOTS.length; j++) beyond[j] = Math.floor((beyond[j] as number) / 2);
}

/**
 * Learns an interval of `gapMs` in which `lost` heartbeats were lost. `warming`: the mean is not clipped yet;
 * `isNewRhythm`: this gap is the second in a row that is as much too long, and is taken for the rhythm. A
 * deviation counts as at most the one at which the session is suspected (z = `zOutage`), or one interval: an outage must
 * not blind the detector afterwards.
 */
export function learn(
  state: AdaptiveState,
  gap: {
    readonly gapMs: number;
    readonly lost: number;
    readonly declaredMs: number;
    readonly warming: boolean;
    readonly scaleMs: number;
    readonly zOutage: number;
    readonly isNewRhythm: boolean;
  },
): void {
  const { lost, declaredMs, warming, scaleMs, zOutage, isNewRhythm } = gap;
  const isFirst = state.learned === 0 && declaredMs === 0;
  // Of a first gap nobody knows the interval that would have lost them.
  count(state, isFirst ? 0 : lost);
  if (isFirst || isNewRhythm) {
    takeRhythm(state, gap.gapMs / (lost + 1));
    state.learned = isFirst ? 1 : Math.min(state.learned, RELEARNED);
    return;
  }
  const intervalMs = intervalOf(state, declaredMs);
  const { meanMs } = state;
  // A client that beats before its declared time changed its mind; it is not that irregular.
  const gapMs = declaredMs > 0 ? Math.max(gap.gapMs, meanMs - scaleMs) : gap.gapMs;
  const n = Math.min(state.learned + 1, LEARNED_MAX);
  const least = 1 / (n + 1);
  const clipMs = Math.max(scaleMs * zOutage, intervalMs);
  const regularMs = Math.max(0, gapMs - lost * intervalMs);

  const deviationMs = Math.min(Math.abs(gapMs - meanMs), clipMs);
  state.fastMs = moved(state.fastMs, deviationMs, Math.max(FAST_GAIN, least));
  state.shortMs = moved(state.shortMs, deviationMs, Math.max(SHORT_GAIN, least));
  state.longMs = moved(state.longMs, state.shortMs, 1 / n);
  const regularDeviationMs = Math.min(Math.abs(regularMs - meanMs), clipMs);
  state.shortRegularMs = moved(state.shortRegularMs, regularDeviationMs, Math.max(SHORT_GAIN, least));
  state.longRegularMs = moved(state.longRegularMs, state.shortRegularMs, 1 / n);

  const clippedMs = warming ? regularMs : Math.min(regularMs, MEAN_CLIP * meanMs);
  state.meanMs = Math.max(1, moved(meanMs, clippedMs, Math.max(MEAN_GAIN, least)));
  if (declaredMs === 0) state.slowMs = Math.max(1, state.slowMs + (clippedMs - state.slowMs) * least);
  state.learned = n;

  if (state.beats % REFIT_BEATS === 0) {
    state.shape = fitShape(state, state.longRegularMs / intervalOf(state, declaredMs));
  }
}

function count(state: AdaptiveState, lost: number): void {
  state.beats += 1;
  if (lost > 0) {
    state.losses += 1;
    const counted = Math.min(lost, LOST_IN_A_ROW_MAX);
    state.lost = Math.min(COUNT_MAX, state.lost + counted);
    state.extra = Math.min(COUNT_MAX, state.extra + counted - 1);
  }
  if (state.beats < BEATS_MAX) return;
  state.beats = Math.floor(state.beats / 2);
  state.losses = Math.floor(state.losses / 2);
  state.lost = Math.floor(state.lost / 2);
  state.extra = Math.floor(state.extra / 2);
}
