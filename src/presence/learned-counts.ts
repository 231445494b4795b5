import { FLEET_COUNTS, FleetCounts } from '../detector/fleet-counts.js';
import { QUALITY_COUNTS, QualityCounts } from '../detector/quality-counts.js';

/** What the nodes count together of a namespace, one array: what tables are made of, then the quality of service. */
export class LearnedCounts {
  readonly values: Float64Array;
  readonly fleet: FleetCounts;
  readonly quality: QualityCounts;

  /** Of `values` in this layout: those of a store. By default nothing was counted. */
  constructor(values: Float64Array = new Float64Array(FLEET_COUNTS + QUALITY_COUNTS)) {
    this.values = values;
    this.fleet = new FleetCounts(values.subarray(0, FLEET_COUNTS));
    this.quality = new QualityCounts(values.subarray(FLEET_COUNTS));
  }

  /** Adds what another one counted. */
  merge({ fleet, quality }: LearnedCounts): void {
    this.fleet.merge(fleet);
    this.quality.merge(quality);
  }
}
