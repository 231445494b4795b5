import { type Arrival, ArrivalFlag } from '../../detector/arrival.js';
import type { Detector } from '../../detector/detector.js';
import { deriveThresholds, type Fleet } from '../../detector/intent.js';
import { MISTAKE_COUNTS, MistakeCounts } from '../../detector/mistake-counts.js';
import type { Thresholds } from '../../detector/status.js';
import type { DryRunPlan } from '../../store/tuning-store.js';

const ARRIVALS = 0;
const SILENCE_MS = 1;
const PLANNED = 2;
const IN_FORCE = PLANNED + MISTAKE_COUNTS;
const DRY_RUN_COUNTS = IN_FORCE + MISTAKE_COUNTS;

/** What a dry run has counted: arrivals and the time between them; mistakes by its thresholds, and by those in force. */
export class DryRunCounts {
  readonly values: Float64Array;
  readonly planned: MistakeCounts;
  readonly inForce: MistakeCounts;

  /** Of `values` in this layout: those of a store. By default nothing was counted. */
  constructor(values: Float64Array = new Float64Array(DRY_RUN_COUNTS)) {
    this.values = values;
    this.planned = new MistakeCounts(values.subarray(PLANNED, IN_FORCE));
    this.inForce = new MistakeCounts(values.subarray(IN_FORCE));
  }

  get arrivals(): number {
    return this.values[ARRIVALS] as number;
  }

  get silenceMs(): number {
    return this.values[SILENCE_MS] as number;
  }

  addSilence(silenceMs: number): void {
    this.values[ARRIVALS] = this.arrivals + 1;
    this.values[SILENCE_MS] = this.silenceMs + silenceMs;
  }

  merge({ values }: DryRunCounts): void {
    for (let i = 0; i < DRY_RUN_COUNTS; i++)
      this.values[i] = (this.values[i] as number) + (values[i] as number);
  }
}

/** What the namespace judges by at the moment. */
interface InForce {
  readonly detector: Detector;
  readonly fleet: Fleet;
  readonly thresholds: Thresholds;
}

/** Thresholds that are counted beside the real ones, as far as this node hears the fleet. */
export class DryRun {
  /** It may end earlier than it was said. */
  plan: DryRunPlan;
  /** Not yet told to the other nodes. Its size is fixed, however long the store is away. */
  unsent = new DryRunCounts();
  /** Of all nodes, as the store said last. */
  sums = new DryRunCounts();
  #fleet: Fleet | undefined;
  #thresholds: Thresholds | undefined;

  constructor(plan: DryRunPlan) {
    this.plan = plan;
  }

  /** What its intents come to: φ follows the fleet, as those in force do. */
  thresholds(fleet: Fleet): Thresholds {
    if (this.#thresholds && this.#fleet === fleet) return this.#thresholds;
    this.#fleet = fleet;
    this.#thresholds = deriveThresholds(this.plan.intents, fleet);
    return this.#thresholds;
  }

  /** Counts an arrival of its time. Called for every heartbeat: allocates nothing as a rule. */
  add(arrival: Arrival, { detector, fleet, thresholds }: InForce): void {
    const { flags, before, silenceMs, atUs } = arrival;
    const { fromUs, untilUs } = this.plan;
    if (!before || flags & ArrivalFlag.BLIND || atUs < fromUs || atUs >= untilUs) return;
    if (silenceMs >= detector.settings.maxSilenceMs) return;
    this.unsent.addSilence(silenceMs);
    if ((flags & ArrivalFlag.LATE) === 0) return;
    this.unsent.planned.add(arrival, this.thresholds(fleet), detector);
    this.unsent.inForce.add(arrival, thresholds, detector);
  }
}
