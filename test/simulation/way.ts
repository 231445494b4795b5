import type { Random } from '../../src/fleet/random.js';

const MEDIAN_MS = 1;
const SIGMA = 1;
const MS_MAX = 20;

/** How long a message is on its way within a healthy network, ms: most a millisecond, none more than 20. */
export function wayMs(random: Random): number {
  return Math.min(MS_MAX, random.logNormal(MEDIAN_MS, SIGMA));
}
