import { BudgetSearch, gridOf } from './budget-search.js';
import type { DetectorConfig, DetectorFamily, DetectorNamespace, TraceDetector } from './detectors/family.js';
import { type ArrivalProgress, ReplayedArrivals } from './replayed-arrivals.js';
import { RECORD, type SpooledUser, WARMUP_GAPS } from './spool.js';
import { type Quality, Tally } from './tally.js';

/** φ at which a detector is asked whether it keeps its promise. */
export const CALIBRATION_PHIS = [1, 2, 3, 4];

/** How many gaps were longer than each nominal deadline; `gaps` were judged. */
export interface Exceedances {
  gaps: number;
  readonly counts: Uint32Array;
}

/** A detector that reached a budget: what it costs there. */
export interface Cell extends Quality {
  readonly budget: number;
  readonly parameter: number;
}

/** State of one user in a pass. */
interface Lane extends ArrivalProgress {
  readonly detector: TraceDetector;
  readonly intervalMs: number;
  readonly deadlinesMs: Float64Array;
  /** For each cell that is being counted: whether the user is suspected. */
  readonly suspecting: Uint8Array;
  readonly exceedances: Exceedances;
  gaps: number;
}

/** A parameter under test, for one budget or (first pass, no cap) for all. */
interface Candidate {
  /** Place in the parameters of the pass. */
  readonly at: number;
  readonly cap: number;
  readonly searches: readonly BudgetSearch[];
}

interface Counted {
  readonly budget: number;
  readonly parameter: number;
  readonly at: number;
  readonly cap: number;
  readonly tally: Tally;
}

interface Options {
  readonly family: DetectorFamily;
  readonly config: DetectorConfig;
  /** Who is replayed together; all of one namespace. */
  readonly users: readonly SpooledUser[];
  readonly budgets: readonly number[];
}

/**
 * One detector with one configuration on one group of users: finds the parameter for each budget, then counts. It is fed
 * the arrivals pass by pass until startPass() returns false; all parameters of a pass are tried at once.
 */
export class Evaluation {
  readonly family: DetectorFamily;
  readonly config: DetectorConfig;
  /** Calibration in the first pass, of all users, and of each one that was interleaved. Empty where there is no φ. */
  readonly exceedances: Exceedances = { gaps: 0, counts: new Uint32Array(CALIBRATION_PHIS.length) };
  readonly userExceedances: Exceedances[] = [];
  readonly cells: Cell[] = [];
  /** Budgets that cannot be reached. */
  readonly missing: number[] = [];
  readonly #users: readonly SpooledUser[];
  readonly #searches: BudgetSearch[];
  #isFirstPass = true;
  #parameters: number[] = [];
  #candidates: Candidate[] = [];
  /** Of the candidates, as the inner loop needs them: place, cap, and the sum of detection times. */
  #places = new Uint32Array(0);
  #caps = new Float64Array(0);
  #tdSums = new Float64Array(0);
  #counted: Counted[] = [];
  /** Place of φ = 1 in the parameters, in the pass that calibrates; -1 in the others. */
  #calibrationAt = -1;
  #gaps = 0;
  #namespace: DetectorNamespace | undefined;
  #lanes: (Lane | undefined)[] = [];
  /** Arrays of the lanes, one behind the other: of a whole fleet, arrays of their own would be most of the memory. */
  #deadlinesMs = new Float64Array(0);
  #suspecting = new Uint8Array(0);
  #exceedances = new Uint32Array(0);
  readonly #arrivals = new ReplayedArrivals();

  constructor({ family, config, users, budgets }: Options) {
    this.family = family;
    this.config = config;
    this.#users = users;
    this.#searches = budgets.map((budget) => new BudgetSearch(budget));
  }

  /** True when its users have to be fed interleaved. */
  get isInterleaved(): boolean {
    return this.family.sharesState && this.#users.length > 1;
  }

  /** Prepares the next pass; false when there is none. */
  startPass(): boolean {
    this.#parameters = [];
    this.#candidates = [];
    this.#counted = [];
    this.#calibrationAt = -1;
    this.#gaps = 0;
    if (this.#isFirstPass) this.#planFirst();
    else this.#planNext();
    this.#isFirstPass = false;
    if (this.#parameters.length === 0) return false;
    this.#places = Uint32Array.from(this.#candidates, ({ at }) => at);
    this.#caps = Float64Array.from(this.#candidates, ({ cap }) => cap);
    this.#tdSums = new Float64Array(this.#candidates.length);
    this.#namespace = this.config.namespace(Float64Array.from(this.#parameters));
    this.#lanes = [];
    const slots = this.isInterleaved ? this.#users.length : 1;
    this.#deadlinesMs = new Float64Array(slots * this.#parameters.length);
    this.#suspecting = new Uint8Array(slots * this.#counted.length);
    if (this.#calibrationAt >= 0) this.#exceedances = new Uint32Array(slots * CALIBRATION_PHIS.length);
    return true;
  }

  /** Arrivals `from` to `to` (exclusive) of `records`, the next ones of a user. */
  feed(user: number, records: Float64Array, from: number, to: number): void {
    const lane = this.#lanes[user] ?? this.#open(user);
    const { arrival } = this.#arrivals;
    for (let i = from * RECORD.size; i < to * RECORD.size; i += RECORD.size) {
      if (this.#arrivals.read(records, i, lane)) {
        lane.detector.begin(arrival);
      } else {
        if (lane.gaps >= WARMUP_GAPS) this.#judge(lane, arrival.intervalMs / lane.intervalMs);
        lane.gaps += 1;
        lane.detector.arrive(arrival);
      }
      if (lane.gaps >= WARMUP_GAPS) lane.detector.deadlinesMs(lane.deadlinesMs);
    }
  }

  /** The user has no further arrivals: nothing of theirs needs to be kept. */
  endUser(user: number): void {
    const lane = this.#lanes[user];
    this.#lanes[user] = undefined;
    if (!lane || this.#calibrationAt < 0) return;
    if (this.isInterleaved) this.userExceedances[user] = lane.exceedances;
    this.exceedances.gaps += lane.exceedances.gaps;
    lane.exceedances.counts.forEach((count, i) => {
      this.exceedances.counts[i] = (this.exceedances.counts[i] as number) + count;
    });
    if (!this.isInterleaved) this.#exceedances.fill(0);
  }

  endPass(): void {
    for (const [i, { at, searches }] of this.#candidates.entries()) {
      const tdMean = (this.#tdSums[i] as number) / this.#gaps;
      for (const search of searches) search.observe(this.#parameters[at] as number, tdMean);
    }
    for (const { budget, parameter, tally } of this.#counted) {
      this.cells.push({ budget, parameter, ...tally.quality });
    }
    this.cells.sort((a, b) => a.budget - b.budget);
    this.#lanes = [];
    this.#namespace = undefined;
    this.#deadlinesMs = new Float64Array(0);
  }

  #capOf(budget: number): number {
    return (this.family.capBudgets ?? Number.POSITIVE_INFINITY) * budget;
  }

  #planFirst(): void {
    const { parameter, capBudgets } = this.family;
    for (const value of gridOf(parameter)) {
      const at = this.#parameters.push(value) - 1;
      const groups = capBudgets === undefined ? [this.#searches] : this.#searches.map((search) => [search]);
      for (const searches of groups) {
        const cap = this.#capOf((searches[0] as BudgetSearch).budget);
        this.#candidates.push({ at, cap, searches });
      }
    }
    if (parameter.isPhi) {
      this.#calibrationAt = this.#parameters.length;
      this.#parameters.push(...CALIBRATION_PHIS);
    }
  }

  #planNext(): void {
    const ended: BudgetSearch[] = [];
    for (const search of this.#searches) {
      const cap = this.#capOf(search.budget);
      const parameters = search.next();
      for (const parameter of parameters) {
        const at = this.#parameters.push(parameter) - 1;
        this.#candidates.push({ at, cap, searches: [search] });
      }
      if (parameters.length > 0) continue;
      ended.push(search);
      const { budget, found } = search;
      if (found === undefined) {
        this.missing.push(budget);
        continue;
      }
      const at = this.#parameters.push(found) - 1;
      this.#counted.push({ at, cap, budget, parameter: found, tally: new Tally() });
    }
    for (const search of ended) this.#searches.splice(this.#searches.indexOf(search), 1);
  }

  #open(user: number): Lane {
    const { intervalMs } = this.#users[user] as SpooledUser;
    const slot = this.isInterleaved ? user : 0;
    const part = <T extends { subarray(from: number, to: number): T }>(all: T, size: number): T =>
      all.subarray(slot * size, (slot + 1) * size);
    const lane: Lane = {
      detector: (this.#namespace as DetectorNamespace).user({ intervalMs }),
      intervalMs,
      deadlinesMs: part(this.#deadlinesMs, this.#parameters.length),
      suspecting: part(this.#suspecting, this.#counted.length).fill(0),
      exceedances: { gaps: 0, counts: part(this.#exceedances, CALIBRATION_PHIS.length) },
      gaps: 0,
      lastMs: 0,
      largest: 0,
    };
    this.#lanes[user] = lane;
    return lane;
  }

  /** Counts a gap, in mean intervals, against the deadlines that the heartbeat before it set. */
  #judge({ deadlinesMs, intervalMs, suspecting, exceedances }: Lane, gap: number): void {
    this.#gaps += 1;
    const places = this.#places;
    const caps = this.#caps;
    const tdSums = this.#tdSums;
    const perMs = 1 / intervalMs;
    for (let i = 0; i < places.length; i++) {
      const deadline = (deadlinesMs[places[i] as number] as number) * perMs;
      const cap = caps[i] as number;
      if (deadline > 0) tdSums[i] = (tdSums[i] as number) + (deadline < cap ? deadline : cap);
    }
    for (let i = 0; i < this.#counted.length; i++) {
      const { at, cap, tally } = this.#counted[i] as Counted;
      const deadline = Math.min((deadlinesMs[at] as number) / intervalMs, cap);
      suspecting[i] = tally.count(gap, deadline, suspecting[i] === 1) ? 1 : 0;
    }
    if (this.#calibrationAt < 0) return;
    exceedances.gaps += 1;
    for (let i = 0; i < CALIBRATION_PHIS.length; i++) {
      if (gap * intervalMs > (deadlinesMs[this.#calibrationAt + i] as number)) {
        exceedances.counts[i] = (exceedances.counts[i] as number) + 1;
      }
    }
  }
}
