import type { Learned } from '../../detector/fleet-counts.js';
import type { Thresholds } from '../../detector/status.js';
import type { Namespace } from '../namespace.js';

/**
 * What a namespace is judged by - its thresholds, and what was learned of its fleet - changes now and then; the time
 * between is an era. Eras are numbered from 1, so that four bytes say what somebody was judged by.
 */
export class Eras {
  readonly #namespace: Namespace;
  #thresholds: Thresholds;
  #learned: Learned;
  #current = 1;
  /** Eras since which each is that of now. */
  #thresholdsSince = 1;
  #learnedSince = 1;
  /** When the current era began, on the node's clock. */
  #sinceMs = Number.NEGATIVE_INFINITY;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
    this.#thresholds = namespace.thresholds;
    this.#learned = namespace.learned;
  }

  get current(): number {
    return this.#current;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Looks whether the namespace judges by something else than before. */
  look(nowMs: number): void {
    const { thresholds, learned } = this.#namespace;
    if (thresholds === this.#thresholds && learned === this.#learned) return;
    this.#current += 1;
    this.#sinceMs = nowMs;
    if (thresholds !== this.#thresholds) this.#thresholdsSince = this.#current;
    if (learned !== this.#learned) this.#learnedSince = this.#current;
    this.#thresholds = thresholds;
    this.#learned = learned;
  }

  /** Whether the thresholds are still those of that era, whatever was learned. */
  hasThresholdsOf(era: number): boolean {
    return era >= this.#thresholdsSince;
  }

  /** Whether a status of that era would be judged alike now; thresholds of one's own stay. */
  judgesAlike(era: number, hasOwnThresholds: boolean): boolean {
    return era >= this.#learnedSince && (hasOwnThresholds || era >= this.#thresholdsSince);
  }
}
