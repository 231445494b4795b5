import type { Arrival } from './arrival.js';
import type { Detector, Estimate } from './detector.js';
import type { Thresholds } from './status.js';

const SUSPECT = 0;
const SUSPECT_MS = 1;
const OFFLINE = 2;
const OFFLINE_MS = 3;
/** Numbers that mistakes are counted in. */
export const MISTAKE_COUNTS = 4;

/** How often a threshold was crossed by who was heard again, and for how long that went on. */
export interface Mistakes {
  readonly mistakes: number;
  readonly durationMs: number;
}

/**
 * Mistakes by a pair of thresholds: suspicions that a later heartbeat of the session proved wrong (Chen, Toueg,
 * Aguilera 2002). Sums, as those of FleetCounts.
 */
export class MistakeCounts {
  readonly #values: Float64Array;

  /** Of `values`, MISTAKE_COUNTS of them. */
  constructor(values: Float64Array) {
    this.#values = values;
  }

  get suspect(): Mistakes {
    return { mistakes: this.#values[SUSPECT] as number, durationMs: this.#values[SUSPECT_MS] as number };
  }

  get offline(): Mistakes {
    return { mistakes: this.#values[OFFLINE] as number, durationMs: this.#values[OFFLINE_MS] as number };
  }

  /** Counts an arrival that was late; by each threshold that its silence had crossed. */
  add({ before, silenceMs }: Arrival, { suspect, offline }: Thresholds, detector: Detector): void {
    if (!before) return;
    this.#count(SUSPECT, mistakenMs(silenceMs, { phi: suspect, before }, detector));
    this.#count(OFFLINE, mistakenMs(silenceMs, { phi: offline, before }, detector));
  }

  #count(at: number, beyondMs: number): void {
    if (beyondMs <= 0) return;
    this.#values[at] = (this.#values[at] as number) + 1;
    this.#values[at + 1] = (this.#values[at + 1] as number) + beyondMs;
  }
}

/** For how long a session that was heard again after `silenceMs` was at `phi` or beyond, ms; below 0: it was not. */
export function mistakenMs(
  silenceMs: number,
  { phi, before }: { readonly phi: number; readonly before: Estimate },
  detector: Detector,
): number {
  return silenceMs - detector.deadlineMs(phi, before);
}
