import { type Arrival, ArrivalFlag, UNRECORDED_FLAGS } from './arrival.js';
import type { Detector } from './detector.js';
import { MISTAKE_COUNTS, MistakeCounts } from './mistake-counts.js';
import { type Thresholds, WATCHABLE_PHI_MIN } from './status.js';

/** φ from one bucket of the histogram to the next, decades. */
export const PHI_STEP = 1 / 8;
/** The last bucket begins here: who beats every ten seconds is there once in thirty years. */
export const PHI_COUNTED_MAX = 8;
/** φ at arrival: below the lowest watchable threshold, then in steps, then everything from PHI_COUNTED_MAX on. */
export const PHI_BUCKETS = 2 + (PHI_COUNTED_MAX - WATCHABLE_PHI_MIN) / PHI_STEP;

/** φ of which detection times are kept. */
export const DETECTION_PHIS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** Detection times: four buckets an octave, from 16 ms to three days. */
const OCTAVE_BUCKETS = 4;
const OCTAVE_MIN = 4;
const OCTAVES = 24;
export const DETECTION_BUCKETS = OCTAVES * OCTAVE_BUCKETS;
/** Of so many arrivals one is asked for its detection times: eight deadlines cost more than the arrival itself. */
const DETECTION_SAMPLED = 16;

const SILENCE_MS = PHI_BUCKETS;
const RETURNS = SILENCE_MS + 1;
const MISTAKES = RETURNS + 1;
const SAMPLES = MISTAKES + MISTAKE_COUNTS;
const DETECTION_SUMS_MS = SAMPLES + 1;
const DETECTION = DETECTION_SUMS_MS + DETECTION_PHIS.length;
export const QUALITY_COUNTS = DETECTION + DETECTION_PHIS.length * DETECTION_BUCKETS;

/** Arrivals that ended no silence, or one of which nobody knows. */
const UNCOUNTED_FLAGS = ArrivalFlag.FIRST_SEEN | ArrivalFlag.STALE | UNRECORDED_FLAGS | ArrivalFlag.BLIND;

/**
 * The quality of service that the arrivals of a fleet amount to: how suspicious each had become when it came, by the
 * session's own φ, so that lost heartbeats, declared intervals and its own curve are in it; and how long those who
 * fall silent next will have to be waited for. Sums, as those of FleetCounts.
 *
 *   φ at arrival, PHI_BUCKETS | silences, ms | returns after max_silence | mistakes by the thresholds in force |
 *   arrivals sampled | of these, at each of DETECTION_PHIS: sum of detection times, ms | histogram of them
 */
export class QualityCounts {
  readonly values: Float64Array;
  readonly mistakes: MistakeCounts;
  #untilSample = 1;

  /** Of `values` in this layout: those of a store. By default nothing was counted. */
  constructor(values: Float64Array = new Float64Array(QUALITY_COUNTS)) {
    this.values = values;
    this.mistakes = new MistakeCounts(values.subarray(MISTAKES, MISTAKES + MISTAKE_COUNTS));
  }

  /** Silences that a heartbeat ended before max_silence; with what has decayed, fewer. */
  get arrivals(): number {
    let sum = 0;
    for (let i = 0; i < PHI_BUCKETS; i++) sum += this.values[i] as number;
    return sum;
  }

  /** Time that sessions were there, ms. */
  get silenceMs(): number {
    return this.values[SILENCE_MS] as number;
  }

  /** Sessions heard again after max_silence: no threshold would have spared them. */
  get returns(): number {
    return this.values[RETURNS] as number;
  }

  /** Arrivals by φ, a number for each bucket. */
  get phis(): Float64Array {
    return this.values.subarray(0, PHI_BUCKETS);
  }

  get samples(): number {
    return this.values[SAMPLES] as number;
  }

  /** Mean detection time at one of DETECTION_PHIS, ms. */
  detectionMeanMs(at: number): number {
    return (this.values[DETECTION_SUMS_MS + at] as number) / this.samples;
  }

  /** Detection times at one of DETECTION_PHIS, a number for each bucket. */
  detection(at: number): Float64Array {
    return this.values.subarray(DETECTION + at * DETECTION_BUCKETS, DETECTION + (at + 1) * DETECTION_BUCKETS);
  }

  /** Counts an arrival as `detector` judged it. Called for every heartbeat: allocates nothing. */
  add(arrival: Arrival, detector: Detector, thresholds: Thresholds): void {
    const { flags, silenceMs, before, next } = arrival;
    if (!before || !next || flags & UNCOUNTED_FLAGS) return;
    if (silenceMs >= detector.settings.maxSilenceMs) {
      this.#raise(RETURNS, 1);
      return;
    }
    this.#raise(SILENCE_MS, silenceMs);
    // Nine of ten end here.
    const isLate = (flags & ArrivalFlag.LATE) !== 0;
    this.#raise(isLate ? phiBucket(detector.phi(silenceMs, before)) : 0, 1);
    if (isLate) this.mistakes.add(arrival, thresholds, detector);
    this.#untilSample -= 1;
    if (this.#untilSample > 0) return;
    this.#untilSample = DETECTION_SAMPLED;
    this.#raise(SAMPLES, 1);
    for (let i = 0; i < DETECTION_PHIS.length; i++) {
      const detectionMs = detector.deadlineMs(DETECTION_PHIS[i] as number, next);
      this.#raise(DETECTION_SUMS_MS + i, detectionMs);
      this.#raise(DETECTION + i * DETECTION_BUCKETS + detectionBucket(detectionMs), 1);
    }
  }

  /** Adds what another one counted. */
  merge({ values }: QualityCounts): void {
    for (let i = 0; i < QUALITY_COUNTS; i++) this.#raise(i, values[i] as number);
  }

  #raise(index: number, by: number): void {
    this.values[index] = (this.values[index] as number) + by;
  }
}

/** φ from which on bucket `i` (> 0) counts. */
export function phiEdge(i: number): number {
  return WATCHABLE_PHI_MIN + (i - 1) * PHI_STEP;
}

function phiBucket(phi: number): number {
  if (phi < WATCHABLE_PHI_MIN) return 0;
  return Math.min(PHI_BUCKETS - 1, 1 + Math.floor((phi - WATCHABLE_PHI_MIN) / PHI_STEP));
}

/** Detection time, ms, at the lower edge of a bucket. */
export function detectionEdgeMs(bucket: number): number {
  return 2 ** (OCTAVE_MIN + bucket / OCTAVE_BUCKETS);
}

function detectionBucket(detectionMs: number): number {
  const bucket = Math.floor(OCTAVE_BUCKETS * (Math.log2(Math.max(1, detectionMs)) - OCTAVE_MIN));
  return Math.min(DETECTION_BUCKETS - 1, Math.max(0, bucket));
}
