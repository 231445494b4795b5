import type { Detector, Estimate } from './detector.js';

/**
 * Whether any watchable crossing lies earlier after an arrival than before it. With one shape before and after, crossings
 * are linear in z up to the z where max_silence cuts the old one off, and the new cut is always later; so the two ends
 * of that range decide. On the lattice they are linear in the lost heartbeats as well: the corners decide.
 */
export function comesEarlier(
  before: Estimate,
  beforeLastUs: number,
  after: Estimate,
  afterLastUs: number,
  { zWatchableMax, sight, settings: { maxSilenceMs } }: Detector,
): boolean {
  const { shape } = before;
  if (shape !== after.shape) return true;
  // Within a blind time both silences begin to count when it ends.
  const movedMs = sight.silenceMs(beforeLastUs, afterLastUs);
  const laterMs = movedMs + (after.locationMs - before.locationMs);
  const grownMs = after.scaleMs - before.scaleMs;
  const room = maxSilenceMs - before.locationMs;
  if (!shape?.onLattice) {
    const zMin = before.watchZ;
    // A session's own curve may put φ = 300 beyond the fleet's z(300).
    const zMax = Math.max(
      zMin,
      Math.min(shape ? Number.POSITIVE_INFINITY : zWatchableMax, room / before.scaleMs),
    );
    // The old crossing at zMin may itself lie beyond the cut.
    if (before.locationMs + before.scaleMs * zMin >= maxSilenceMs) {
      return movedMs + after.locationMs + after.scaleMs * zMin < maxSilenceMs;
    }
    return laterMs + zMin * grownMs < 0 || laterMs + zMax * grownMs < 0;
  }
  const zMin = shape.watchLosses > 0 ? 0 : Math.min(0, before.watchZ);
  const zMax = before.intervalMs / before.scaleMs;
  const lossesMax = Math.max(0, Math.ceil(room / before.intervalMs));
  const stepsMs = lossesMax * (after.intervalMs - before.intervalMs);
  return (
    laterMs + zMin * grownMs < 0 ||
    laterMs + zMax * grownMs < 0 ||
    laterMs + stepsMs + zMin * grownMs < 0 ||
    laterMs + stepsMs + zMax * grownMs < 0
  );
}
