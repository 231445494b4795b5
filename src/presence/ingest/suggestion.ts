import type { DetectorSettings } from '../../detector/detector.js';

/** Suggestions differ by up to this part of the interval, either way, so that clients who came back together drift apart. */
const JITTER = 0.05;
/** From this part of the room on that is taken by what waits to be recorded, clients are asked to beat more rarely... */
const LOAD_EASY = 0.5;
/** ...and by up to this factor when there is none left. */
const SLOWER_MAX = 4;
/** Never so rarely that a lost heartbeat or two would be max_silence. */
const SILENCE_SHARE = 1 / 3;

/**
 * The interval that a client is asked to keep, ms: what its namespace expects, longer while there is more to record than the
 * store manages. `load`: the part of the room for what waits that is taken, 0 .. 1. `random`: 0 .. 1.
 */
export function suggestedIntervalMs(
  { expectedIntervalMs, maxSilenceMs }: DetectorSettings,
  load: number,
  random: number,
): number {
  const pressure = Math.min(1, Math.max(0, (load - LOAD_EASY) / (1 - LOAD_EASY)));
  const slower = 1 + (SLOWER_MAX - 1) * pressure;
  const longestMs = Math.max(expectedIntervalMs, maxSilenceMs * SILENCE_SHARE);
  const intervalMs = Math.min(expectedIntervalMs * slower, longestMs);
  return Math.max(1, Math.round(intervalMs * (1 + JITTER * (2 * random - 1))));
}
