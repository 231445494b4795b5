/** A time in which heartbeats could not be heard, µs of the store's clock; `fromUs` < `toUs`. */
export interface BlindInterval {
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * What the observers of a fleet could have heard. Silence while they were blind is no evidence: it does not count, and the
 * crossing of every session that was silent then comes later by it. With nothing blind in between, a silence is just the
 * time that has passed.
 *
 * Counted silence never falls while a session is silent, so that nobody comes back by an outage who was gone before it.
 */
export class Sight {
  /** Apart from each other, the earliest first. */
  #intervals: readonly BlindInterval[] = [];
  /** Where the last one ends: who was heard since has no blind time behind them. */
  #clearFromUs = Number.NEGATIVE_INFINITY;

  get clearFromUs(): number {
    return this.#clearFromUs;
  }

  get intervals(): readonly BlindInterval[] {
    return this.#intervals;
  }

  /** Takes the place of what was known. Intervals may overlap, and come in any order. */
  set intervals(intervals: readonly BlindInterval[]) {
    this.#intervals = union(intervals);
    this.#clearFromUs = this.#intervals.at(-1)?.toUs ?? Number.NEGATIVE_INFINITY;
  }

  /** How much of the time from `fromUs` to `toUs` was blind, µs. O(1) after the last interval, else O(intervals since). */
  blindUs(fromUs: number, toUs: number): number {
    if (fromUs >= this.#clearFromUs) return 0;
    let blindUs = 0;
    for (let i = this.#intervals.length - 1; i >= 0; i--) {
      const interval = this.#intervals[i] as BlindInterval;
      if (interval.toUs <= fromUs) break;
      blindUs += Math.max(0, Math.min(interval.toUs, toUs) - Math.max(interval.fromUs, fromUs));
    }
    return blindUs;
  }

  /** The silence that counts at `nowUs` of a session heard last at `lastUs`, ms, >= 0. */
  silenceMs(lastUs: number, nowUs: number): number {
    return Math.max(0, (nowUs - lastUs - this.blindUs(lastUs, nowUs)) / 1000);
  }

  /** The inverse: the instant at which that silence reaches `silenceMs`, µs. */
  instantUs(lastUs: number, silenceMs: number): number {
    let atUs = lastUs + silenceMs * 1000;
    if (lastUs >= this.#clearFromUs) return atUs;
    for (const { fromUs, toUs } of this.#intervals) {
      if (toUs <= lastUs) continue;
      // What is reached just as it begins was reached before it.
      if (atUs <= fromUs) break;
      atUs += toUs - Math.max(fromUs, lastUs);
    }
    return atUs;
  }
}

function union(intervals: readonly BlindInterval[]): BlindInterval[] {
  const merged: BlindInterval[] = [];
  for (const { fromUs, toUs } of [...intervals].sort((a, b) => a.fromUs - b.fromUs)) {
    const last = merged.at(-1);
    if (last && fromUs <= last.toUs) {
      merged[merged.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, toUs) };
    } else merged.push({ fromUs, toUs });
  }
  return merged;
}
