import type { Fleet } from './intent.js';
import { meaningOf } from './intent.js';
import {
  DETECTION_BUCKETS,
  DETECTION_PHIS,
  detectionEdgeMs,
  PHI_BUCKETS,
  PHI_COUNTED_MAX,
  PHI_STEP,
  phiEdge,
  type QualityCounts,
} from './quality-counts.js';
import { WATCHABLE_PHI_MIN } from './status.js';

/** What a threshold would cost, by what a fleet did. */
export interface Cost {
  readonly phi: number;
  /** Of a session that is there all day. */
  readonly falseAlarmsPerUserDay: number;
  /** Arrivals that had reached this φ; old ones count less. */
  readonly alarms: number;
  /** So few had that the rate goes on from the last φ that enough had reached, taking φ at its word. */
  readonly isExtrapolated: boolean;
  readonly detectionMeanMs: number;
  readonly detectionP99Ms: number;
}

/** Fewer than this many alarms say nothing of their rate. */
const ALARMS_MIN = 8;

const DAY_MS = 86_400_000;

/** φ of all candidates: those of the histogram, ascending. */
export const CANDIDATE_PHIS: readonly number[] = Array.from(
  { length: PHI_BUCKETS - 1 },
  (_, i) => WATCHABLE_PHI_MIN + i * PHI_STEP,
);

/**
 * What thresholds would have cost the fleet that was counted. As long as nothing was, what is promised of `fleet`
 * stands in.
 */
export class WhatIf {
  readonly #counts: QualityCounts;
  readonly #fleet: Fleet;
  /** Arrivals that had reached the lower edge of each bucket. */
  readonly #reached = new Float64Array(PHI_BUCKETS);
  /** The last bucket of which enough are known. */
  readonly #lastKnown: number;

  constructor(counts: QualityCounts, fleet: Fleet) {
    this.#counts = counts;
    this.#fleet = fleet;
    let sum = 0;
    for (let i = PHI_BUCKETS - 1; i >= 0; i--) {
      sum += counts.phis[i] as number;
      this.#reached[i] = sum;
    }
    this.#lastKnown = Math.max(
      0,
      this.#reached.findLastIndex((reached) => reached >= ALARMS_MIN),
    );
  }

  /** `phi` at least WATCHABLE_PHI_MIN. */
  cost(phi: number): Cost {
    const promised = meaningOf(phi, this.#fleet);
    const { silenceMs, samples } = this.#counts;
    return {
      phi,
      alarms: this.#reachedAt(phi),
      isExtrapolated: phi > this.#lastKnownPhi,
      falseAlarmsPerUserDay:
        silenceMs > 0
          ? (this.share(phi) * this.#counts.arrivals * DAY_MS) / silenceMs
          : promised.falseAlarmsPerUserDay,
      detectionMeanMs:
        samples > 0 ? this.#between(phi, (i) => this.#counts.detectionMeanMs(i)) : promised.detectionTimeMs,
      detectionP99Ms:
        samples > 0 ? this.#between(phi, (i) => this.#detectionP99Ms(i)) : promised.detectionTimeMs,
    };
  }

  /** The share of arrivals that reach `phi`, as far as it can be told; 10^-φ while nothing was counted. */
  share(phi: number): number {
    const arrivals = this.#reached[0] as number;
    const known = Math.min(phi, this.#lastKnownPhi);
    const reached = known > 0 ? this.#reachedAt(known) / arrivals : 1;
    return reached * 10 ** (known - phi);
  }

  /** -log10 of the share of arrivals that had reached `phi`; undefined where too few had. */
  achieved(phi: number): number | undefined {
    return phi > this.#lastKnownPhi ? undefined : -Math.log10(this.share(phi));
  }

  /** Up to which φ enough are known; 0: only how many there are. */
  get #lastKnownPhi(): number {
    return this.#lastKnown === 0 ? 0 : phiEdge(this.#lastKnown);
  }

  #reachedAt(phi: number): number {
    const at = Math.min(PHI_BUCKETS - 1, 1 + (phi - WATCHABLE_PHI_MIN) / PHI_STEP);
    const low = Math.floor(at);
    const reached = this.#reached[low] as number;
    if (at === low) return reached;
    // Between edges the logarithm is linear, as it would be if φ meant what it says; to none at all a line.
    const next = this.#reached[low + 1] as number;
    return next > 0 ? reached * (next / reached) ** (at - low) : reached * (1 - (at - low));
  }

  /** A figure that is known at each of DETECTION_PHIS, at another φ; never beyond max_silence. */
  #between(phi: number, at: (index: number) => number): number {
    const place = Math.min(phi, PHI_COUNTED_MAX) - (DETECTION_PHIS[0] as number);
    const low = Math.min(Math.floor(place), DETECTION_PHIS.length - 2);
    const share = place - low;
    const ms = at(low) ** (1 - share) * at(low + 1) ** share;
    return Math.min(ms, this.#fleet.maxSilenceMs);
  }

  /** To a tenth: the middle of a bucket; of the last one max_silence, where deadlines that it caps are all alike. */
  #detectionP99Ms(at: number): number {
    const buckets = this.#counts.detection(at);
    let rest = 0.99 * this.#counts.samples;
    const found = buckets.findIndex((count) => {
      rest -= count;
      return rest <= 0;
    });
    const bucket = found < 0 ? DETECTION_BUCKETS - 1 : found;
    const { maxSilenceMs } = this.#fleet;
    return detectionEdgeMs(bucket + 1) > maxSilenceMs ? maxSilenceMs : detectionEdgeMs(bucket + 0.5);
  }
}
