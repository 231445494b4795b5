import { CALIBRATION_PHIS } from './evaluation.js';
import type { Entry, EntryCell } from './replay.js';

/** Added to both counts of a ratio, so that a detector without mistakes does not make it 0 or infinite. */
export const HALF_A_MISTAKE = 0.5;
/** A configuration that reaches fewer of the cells than this is not called the best. */
const REACHED_SHARE_MIN = 0.9;
/** A φ is judged where so many gaps are expected to exceed its deadline: with fewer, chance decides. */
const EXPECTED_EXCEEDANCES_MIN = 5;

/** A configuration against the reference, over all cells that both reach. */
export interface Comparison {
  readonly detector: string;
  readonly config: string;
  readonly cells: number;
  /** Budgets that it cannot reach. */
  readonly missing: number;
  /** Geometric mean of mistakes of the reference / mistakes of this one: below 1 the reference makes fewer. */
  readonly mistakesRatio: number;
  /** The same of 1 - P_A, the share of time in wrong suspicion. */
  readonly oneMinusPaRatio: number;
}

export interface CellName {
  readonly trace: string;
  readonly user: string;
  readonly budget: number;
}

export interface Summary {
  /** The detector that the others are compared with; undefined when nothing was replayed. */
  readonly reference: string | undefined;
  readonly entries: number;
  readonly comparisons: readonly Comparison[];
  /** For each detector the configuration that does best against the reference. */
  readonly bestConfigs: readonly Comparison[];
  /** The best configuration of all detectors but the reference. */
  readonly bestPublished: Comparison | undefined;
  /** Where the reference does worst against a fixed timeout. */
  readonly worstAgainstFixed:
    | (CellName & { readonly mistakes: number; readonly mistakesFixed: number; readonly ratio: number })
    | undefined;
  /** The largest p99 detection time of the reference, as a multiple of the budget. */
  readonly p99OverBudgetMax: (CellName & { readonly value: number }) | undefined;
  /** Mean |achieved φ - nominal φ| of the reference; undefined where no entry has gaps enough to tell. */
  readonly calibrationError: readonly {
    readonly phi: number;
    readonly decades: number | undefined;
    readonly entries: number;
  }[];
}

interface Sums {
  readonly detector: string;
  readonly config: string;
  cells: number;
  missing: number;
  logMistakes: number;
  logOneMinusPa: number;
}

/** Gathers a summary from entries, one by one, without keeping them. */
export class SummaryOf {
  readonly #reference: string | undefined;
  readonly #sums = new Map<string, Sums>();
  entries = 0;
  #worst: Summary['worstAgainstFixed'];
  #p99: Summary['p99OverBudgetMax'];
  readonly #errors = CALIBRATION_PHIS.map((phi) => ({ phi, sum: 0, entries: 0 }));

  /** The reference is `phid`, else `fixed`, else the first of `detectors`. */
  constructor(detectors: readonly string[]) {
    this.#reference = ['phid', 'fixed'].find((name) => detectors.includes(name)) ?? detectors[0];
  }

  add(entry: Entry): void {
    this.entries += 1;
    for (const { detector, config } of entry.missing) this.#sumsOf(detector, config).missing += 1;
    const references = new Map<number, EntryCell>();
    for (const cell of entry.cells) {
      if (cell.detector === this.#reference && !references.has(cell.budget))
        references.set(cell.budget, cell);
    }
    for (const cell of entry.cells) {
      const reference = references.get(cell.budget);
      if (reference) this.#compare(entry, reference, cell);
    }
    for (const { budget, tdP99 } of references.values()) {
      const value = tdP99 / budget;
      if (!this.#p99 || value > this.#p99.value) this.#p99 = { ...nameOf(entry, budget), value };
    }
    this.#addCalibration(entry);
  }

  get summary(): Summary {
    const comparisons = [...this.#sums.values()].map(comparisonOf);
    const others = comparisons.filter(({ detector }) => detector !== this.#reference);
    const detectors = [...new Set(comparisons.map(({ detector }) => detector))];
    return {
      reference: this.#reference,
      entries: this.entries,
      comparisons,
      bestConfigs: detectors.flatMap(
        (name) => bestOf(comparisons.filter(({ detector }) => detector === name)) ?? [],
      ),
      bestPublished: bestOf(others),
      worstAgainstFixed: this.#worst,
      p99OverBudgetMax: this.#p99,
      calibrationError: this.#errors.map(({ phi, sum, entries }) => ({
        phi,
        decades: entries > 0 ? sum / entries : undefined,
        entries,
      })),
    };
  }

  #sumsOf(detector: string, config: string): Sums {
    const key = JSON.stringify([detector, config]);
    let sums = this.#sums.get(key);
    if (!sums) {
      sums = { detector, config, cells: 0, missing: 0, logMistakes: 0, logOneMinusPa: 0 };
      this.#sums.set(key, sums);
    }
    return sums;
  }

  #compare(entry: Entry, reference: EntryCell, cell: EntryCell): void {
    const sums = this.#sumsOf(cell.detector, cell.config);
    const mistakes = reference.mistakes + HALF_A_MISTAKE;
    const ratio = mistakes / (cell.mistakes + HALF_A_MISTAKE);
    // Half an interval of wrong suspicion each, likewise. Both watched the same time.
    const suspected = (reference.suspected + 0.5) / (cell.suspected + 0.5);
    sums.cells += 1;
    sums.logMistakes += Math.log(ratio);
    sums.logOneMinusPa += Math.log(suspected);
    if (cell.detector !== 'fixed' || cell.detector === this.#reference) return;
    if (this.#worst && ratio <= this.#worst.ratio) return;
    this.#worst = {
      ...nameOf(entry, cell.budget),
      mistakes: reference.mistakes,
      mistakesFixed: cell.mistakes,
      ratio,
    };
  }

  #addCalibration({ calibrations }: Entry): void {
    const calibration = calibrations.find(({ detector }) => detector === this.#reference);
    if (!calibration) return;
    for (const [i, { phi, exceedances }] of calibration.points.entries()) {
      if (calibration.gaps * 10 ** -phi < EXPECTED_EXCEEDANCES_MIN) continue;
      const error = this.#errors[i] as { sum: number; entries: number };
      const achieved = -Math.log10(Math.max(exceedances, HALF_A_MISTAKE) / calibration.gaps);
      error.sum += Math.abs(achieved - phi);
      error.entries += 1;
    }
  }
}

function nameOf({ trace, user }: Entry, budget: number): CellName {
  return { trace, user, budget };
}

function comparisonOf({ detector, config, cells, missing, logMistakes, logOneMinusPa }: Sums): Comparison {
  return {
    detector,
    config,
    cells,
    missing,
    mistakesRatio: cells > 0 ? Math.exp(logMistakes / cells) : Number.NaN,
    oneMinusPaRatio: cells > 0 ? Math.exp(logOneMinusPa / cells) : Number.NaN,
  };
}

/** The one with the fewest mistakes: with the highest ratio of the reference's to its own. */
function bestOf(comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons
    .filter(({ cells, missing }) => cells > 0 && cells >= REACHED_SHARE_MIN * (cells + missing))
    .sort((a, b) => b.mistakesRatio - a.mistakesRatio)[0];
}
