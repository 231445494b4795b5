/** Buckets per octave: neighbours differ by 1/256 to 1/512 of their value. */
const OCTAVE_BITS = 8;
const OCTAVE_BUCKETS = 1 << OCTAVE_BITS;
/** Octaves from 2^EXPONENT_MIN; what is below counts as the least of them, what is above as the greatest. */
const EXPONENT_MIN = -14;
const OCTAVES = 40;
/** Sign, exponent and the bits of the mantissa that make a bucket are the upper ones of a float's upper half. */
const SHIFT = 20 - OCTAVE_BITS;
const FIRST = (1023 + EXPONENT_MIN) << OCTAVE_BITS;
const LAST = OCTAVES * OCTAVE_BUCKETS - 1;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Which of the two words is the upper one depends on the machine. */
const UPPER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** A histogram in logarithmic buckets, for quantiles to 0.4 %. Values >= 0. */
export class LogHistogram {
  /** Only of octaves that occur: there is a histogram for every cell. */
  readonly #octaves: (Uint32Array | undefined)[] = new Array(OCTAVES).fill(undefined);
  #total = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  add(value: number): void {
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
    float[0] = value;
    const bucket = Math.min(Math.max(((words[UPPER] as number) >>> SHIFT) - FIRST, 0), LAST);
    const octave = bucket >> OCTAVE_BITS;
    let counts = this.#octaves[octave];
    if (!counts) {
      counts = new Uint32Array(OCTAVE_BUCKETS);
      this.#octaves[octave] = counts;
    }
    const at = bucket & (OCTAVE_BUCKETS - 1);
    counts[at] = (counts[at] as number) + 1;
    this.#total += 1;
  }

  /** The value that a share of the values does not exceed, as the middle of its bucket; 0 when there are none. */
  quantile(share: number): number {
    let rest = Math.max(1, Math.ceil(share * this.#total));
    for (const [octave, counts] of this.#octaves.entries()) {
      for (let i = 0; counts && i < OCTAVE_BUCKETS; i++) {
        rest -= counts[i] as number;
        if (rest > 0) continue;
        // Zeros are in the first bucket, with everything else that is too little.
        if (octave === 0 && i === 0) return this.#least;
        const middle = 2 ** (EXPONENT_MIN + octave) * (1 + (i + 0.5) / OCTAVE_BUCKETS);
        return Math.max(this.#least, Math.min(middle, this.#most));
      }
    }
    return 0;
  }
}

/**
 * Quality of service of a detector at one parameter, after Chen, Toueg, Aguilera 2002. Times are in mean intervals of the
 * user, so that users can be counted together.
 */
export interface Quality {
  /** Transitions from trust to suspicion: nobody of a trace is dead. */
  readonly mistakes: number;
  /** Time in wrong suspicion. */
  readonly suspected: number;
  /** Time watched. */
  readonly time: number;
  /** Detection time: from the last heartbeat before a crash, which may come after any of them, to the suspicion. */
  readonly tdMean: number;
  readonly tdP50: number;
  readonly tdP99: number;
}

/** Counts gaps. */
export class Tally {
  #gaps = 0;
  #mistakes = 0;
  #suspected = 0;
  #time = 0;
  readonly #detection = new LogHistogram();
  #detectionSum = 0;

  /**
   * Counts a gap between two heartbeats. `deadline` is when the first one's silence becomes suspicious, not above 0 when
   * the suspicion that it found goes on; `suspecting` says whether there was one. Returns whether there is one at its end,
   * when the next heartbeat comes.
   */
  count(gap: number, deadline: number, suspecting: boolean): boolean {
    const detection = deadline > 0 ? deadline : 0;
    this.#gaps += 1;
    this.#time += gap;
    this.#detectionSum += detection;
    this.#detection.add(detection);
    if (deadline > 0) {
      // The heartbeat restored trust, so whatever follows is a new mistake.
      if (gap <= deadline) return false;
      this.#mistakes += 1;
      this.#suspected += gap - deadline;
    } else {
      if (!suspecting) this.#mistakes += 1;
      this.#suspected += gap;
    }
    return true;
  }

  get quality(): Quality {
    return {
      mistakes: this.#mistakes,
      suspected: this.#suspected,
      time: this.#time,
      tdMean: this.#gaps === 0 ? 0 : this.#detectionSum / this.#gaps,
      tdP50: this.#detection.quantile(0.5),
      tdP99: this.#detection.quantile(0.99),
    };
  }
}
