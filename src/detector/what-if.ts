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
  /** Arrivals that had reached this φ, of which that follows; a number of old ones counts less. */
  readonly alarms: number;
  /** So few had that they were not counted: from the last φ that enough had reached, φ is taken at its word. */
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
    const { alarms, isExtrapolated } = this.#alarms(phi);
    return {
      phi,
      alarms,
      isExtrapolated,
      falseAlarmsPerUserDay: silenceMs > 0 ? (alarms * DAY_MS) / silenceMs : promised.falseAlarmsPerUserDay,
      detectionMeanMs:
        samples > 0 ? this.#between(phi, (i) => this.#counts.detectionMeanMs(i)) : promised.detectionTimeMs,
      detectionP99Ms:
        samples > 0 ? this.#between(phi, (i) => this.#detectionP99Ms(i)) : promised.detectionTimeMs,
    };
  }

  /** -log10 of the share of arrivals that had reached `phi`; undefined where too few had. */
  achieved(phi: number): number | undefined {
    const { alarms, isExtrapolated } = this.#alarms(phi);
    return isExtrapolated ? undefined : -Math.log10(alarms / (this.#reached[0] as number));
  }

  #alarms(phi: number): { readonly alarms: number; readonly isExtrapolated: boolean } {
    const last = this.#lastKnown;
    const lastPhi = last === 0 ? 0 : phiEdge(last);
    if (phi > lastPhi) {
      return { alarms: (this.#reached[last] as number) * 10 ** (lastPhi - phi), isExtrapolated: true };
    }
    const at = 1 + (phi - WATCHABLE_PHI_MIN) / PHI_STEP;
    const low = Math.floor(at);
    const reached = this.#reached[low] as number;
    // Between edges the logarithm is linear, as it would be if φ meant what it says.
    const next = at > low ? (this.#reached[low + 1] as number) : reached;
    return { alarms: reached * (next / reached) ** (at - low), isExtrapolated: false };
  }

  /** A figure that is known at each of DETECTION_PHIS, at another φ; never beyond max_silence. */
  #between(phi: number, at: (index: number) => number): number {
    const place = Math.min(phi, PHI_COUNTED_MAX) - (DETECTION_PHIS[0] as number);
    const low = Math.min(Math.floor(place), DETECTION_PHIS.length - 2);
    const share = place - low;
    const ms = at(low) ** (1 - share) * at(low + 1) ** share;
    return Math.min(ms, this.#fleet.maxSilenceMs);
  }

  #detectionP99Ms(at: number): number {
    const buckets = this.#counts.detection(at);
    let rest = 0.99 * this.#counts.samples;
    for (let i = 0; i < DETECTION_BUCKETS; i++) {
      const count = buckets[i] as number;
      if (rest <= count) {
        return detectionEdgeMs(i + (count > 0 ? rest / count : 0));
      }
      rest -= count;
    }
    return detectionEdgeMs(DETECTION_BUCKETS);
  }
}
