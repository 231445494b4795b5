import type { DetectorParameter } from './detectors/family.js';

/** A mean detection time this near to the budget, as a share of it, is equal to it. */
const NEAR = 5e-4;
/** What a mean detection time may exceed the budget by, where it jumps over the budget. */
const EXCESS_MAX = 2e-3;
/** After as many passes it is a jump. */
const PASSES_MAX = 9;
const GRID_POINTS = 40;
/** A pass that narrows the bracket by less did not profit from interpolation. */
const NARROWED_ENOUGH = 0.25;

interface Sample {
  readonly parameter: number;
  readonly tdMean: number;
}

/** The parameters of the first pass, spread evenly over the decades of the range; the same for all budgets. */
export function gridOf({ min, max }: DetectorParameter): number[] {
  return Array.from({ length: GRID_POINTS }, (_, i) => min * (max / min) ** (i / (GRID_POINTS - 1)));
}

/**
 * Looks for the parameter at which the mean detection time, which grows with it, equals the budget. A value is expensive
 * (a replay) but a replay takes several parameters at once, so each pass asks for a handful: around the root of the line
 * and of the power law through the ends of the bracket; evenly spread, when that did not help.
 */
export class BudgetSearch {
  readonly budget: number;
  readonly #samples: Sample[] = [];
  #passes = 0;
  #width = Number.POSITIVE_INFINITY;

  constructor(budget: number) {
    this.budget = budget;
  }

  observe(parameter: number, tdMean: number): void {
    this.#samples.push({ parameter, tdMean });
  }

  /** The parameters for the next pass; none when the search is over. */
  next(): number[] {
    this.#passes += 1;
    this.#samples.sort((a, b) => a.parameter - b.parameter);
    if (this.#near() || this.#passes >= PASSES_MAX) return [];
    const at = this.#samples.findLastIndex(({ tdMean }) => tdMean <= this.budget);
    const low = this.#samples[at];
    const high = this.#samples[at + 1];
    // Not within the range of the parameter: nothing to look for.
    if (!low || !high) return [];
    const width = high.parameter - low.parameter;
    if (width <= 1e-12 * high.parameter) return [];
    const isHelping = width < NARROWED_ENOUGH * this.#width;
    this.#width = width;
    return isHelping ? this.#around(low, high) : this.#spread(low, high);
  }

  /** The parameter of the budget; undefined when it cannot be reached. */
  get found(): number | undefined {
    const near = this.#near();
    if (near) return near.parameter;
    const best = this.#samples.findLast(({ tdMean }) => tdMean <= this.budget * (1 + EXCESS_MAX));
    const isLargest = best === this.#samples.at(-1);
    return best === undefined || (isLargest && best.tdMean < this.budget * (1 - EXCESS_MAX))
      ? undefined
      : best.parameter;
  }

  #near(): Sample | undefined {
    let nearest: Sample | undefined;
    const distance = ({ tdMean }: Sample) => Math.abs(tdMean - this.budget);
    for (const sample of this.#samples) {
      if (distance(sample) <= NEAR * this.budget && (!nearest || distance(sample) < distance(nearest))) {
        nearest = sample;
      }
    }
    return nearest;
  }

  #around(low: Sample, high: Sample): number[] {
    const width = high.parameter - low.parameter;
    const line = low.parameter + (width * (this.budget - low.tdMean)) / (high.tdMean - low.tdMean);
    const least = 1e-9 * this.budget;
    const share =
      Math.log(this.budget / Math.max(low.tdMean, least)) /
      Math.log(high.tdMean / Math.max(low.tdMean, least));
    const power = low.parameter * (high.parameter / low.parameter) ** share;
    const [a, b] = line < power ? [line, power] : [power, line];
    const margin = Math.max((b - a) / 2, width / 100);
    return [a - margin, a, (a + b) / 2, b, b + margin].filter(
      (parameter) => parameter > low.parameter && parameter < high.parameter,
    );
  }

  #spread(low: Sample, high: Sample): number[] {
    const ratio = high.parameter / low.parameter;
    return [1, 2, 3, 4, 5].map((i) => low.parameter * ratio ** (i / 6));
  }
}
