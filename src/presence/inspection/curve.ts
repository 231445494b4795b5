import type { Detector, Estimate } from '../../detector/detector.js';
import type { Thresholds } from '../../detector/status.js';

/** φ after a silence, ms. */
export interface CurvePoint {
  readonly silenceMs: number;
  readonly phi: number;
}

/** Probability density of the next interval, ms. */
export interface DensityPoint {
  readonly intervalMs: number;
  readonly perMs: number;
}

/** How many points are taken: evenly over the silence, over the probability, and over φ. 125 with those that are named. */
const EVEN_SILENCES = 48;
const EVEN_SHARES = 24;
const EVEN_PHIS = 50;
/** The curve goes on for so many decades beyond the offline threshold, and for at least this share of its crossing. */
const BEYOND_PHI = 1;
const BEYOND_SHARE = 0.05;
/** Nearer points are one, ms: a difference of two survivals over less is noise. */
const GAP_MS_MIN = 1e-4;

/**
 * φ against silence, both ascending, from 0 to beyond the crossing of the offline threshold or to max_silence, where φ jumps
 * to its largest. Dense where φ bends: a scale may be a thousandth of the silence. At most 128 points.
 */
export function curveOf(estimate: Estimate, detector: Detector, thresholds: Thresholds): CurvePoint[] {
  const { maxSilenceMs } = detector.settings;
  const { suspect, offline } = thresholds;
  const atMs = (phi: number) => detector.deadlineMs(phi, estimate);
  const wantedMs = Math.max(atMs(offline + BEYOND_PHI), atMs(offline) * (1 + BEYOND_SHARE));
  const endMs = Math.min(maxSilenceMs, wantedMs);
  const silencesMs = [atMs(suspect), atMs(offline), endMs];
  if (endMs === maxSilenceMs) silencesMs.push(maxSilenceMs - 2 * GAP_MS_MIN);
  for (let i = 0; i < EVEN_SILENCES; i++) silencesMs.push((endMs * i) / EVEN_SILENCES);
  for (let i = 0; i < EVEN_SHARES; i++) silencesMs.push(atMs(-Math.log10((i + 0.5) / EVEN_SHARES)));
  for (let i = 1; i <= EVEN_PHIS; i++) silencesMs.push(atMs(((offline + BEYOND_PHI) * i) / EVEN_PHIS));
  const points: CurvePoint[] = [];
  for (const silenceMs of silencesMs.sort((a, b) => a - b)) {
    const last = points.at(-1);
    if (last && silenceMs - last.silenceMs < GAP_MS_MIN) continue;
    if (silenceMs <= endMs) points.push({ silenceMs, phi: detector.phi(silenceMs, estimate) });
  }
  return points;
}

/**
 * The slope of the survival 10^-φ between the points of a curve: no model states its density, and adaptive has only a table.
 * What would come after max_silence is nowhere.
 */
export function densityOf(curve: readonly CurvePoint[], maxSilenceMs: number): DensityPoint[] {
  const density: DensityPoint[] = [];
  for (let i = 1; i < curve.length; i++) {
    const from = curve[i - 1] as CurvePoint;
    const to = curve[i] as CurvePoint;
    if (to.silenceMs >= maxSilenceMs) break;
    const share = 10 ** -from.phi - 10 ** -to.phi;
    density.push({
      intervalMs: (from.silenceMs + to.silenceMs) / 2,
      perMs: Math.max(0, share / (to.silenceMs - from.silenceMs)),
    });
  }
  return density;
}
