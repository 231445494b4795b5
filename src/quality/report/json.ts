import type { Calibration, CalibrationPoint, Entry, EntryCell } from '../replay.js';
import { type Comparison, HALF_A_MISTAKE, type Summary } from '../summary.js';

/** The calibration that an entry's `calibration` is. */
const OWN_DETECTOR = 'phid';

/** An entry as machines read it. Times (td_*, mistake_duration) are in mean intervals of the user. */
export function entryJson(entry: Entry) {
  const { trace, user, users, heartbeats, gaps, intervalMs, calibrations, pooledCalibrations } = entry;
  return {
    trace,
    user,
    users,
    heartbeats,
    gaps,
    interval_ms: intervalMs ?? null,
    calibration: calibrations.find(isOwn)?.points.map(pointJson) ?? [],
    calibrations: Object.fromEntries(
      calibrations.map((calibration) => [
        calibrationName(calibration, calibrations),
        calibration.points.map(pointJson),
      ]),
    ),
    ...(user === '*'
      ? {}
      : { pooled_calibration: pooledCalibrations.find(isOwn)?.points.map(pointJson) ?? [] }),
    cells: entry.cells.map(cellJson),
    missing: entry.missing,
  };
}

export function summaryJson(summary: Summary) {
  const { bestPublished, worstAgainstFixed: worst, p99OverBudgetMax } = summary;
  return {
    reference: summary.reference ?? null,
    entries: summary.entries,
    zeros: `mistakes: ${HALF_A_MISTAKE} added to both counts; one_minus_pa: half a mean interval of suspected time added to both`,
    ratios: summary.comparisons.map(comparisonJson),
    best_configs: summary.bestConfigs.map(comparisonJson),
    best_published: bestPublished ? comparisonJson(bestPublished) : null,
    worst_against_fixed: worst
      ? {
          trace: worst.trace,
          user: worst.user,
          budget: worst.budget,
          mistakes: worst.mistakes,
          mistakes_fixed: worst.mistakesFixed,
          ratio: worst.ratio,
        }
      : null,
    p99_over_budget_max: p99OverBudgetMax ?? null,
    calibration_error: summary.calibrationError.map(({ phi, decades, entries }) => ({
      phi,
      decades: decades ?? null,
      entries,
    })),
  };
}

/** `phi`, or `phi W=100 floor=0.1` where the detector has several configurations. */
function calibrationName({ detector, config }: Calibration, all: readonly Calibration[]): string {
  return all.filter((other) => other.detector === detector).length > 1 ? `${detector} ${config}` : detector;
}

function isOwn({ detector }: Calibration): boolean {
  return detector === OWN_DETECTOR;
}

function pointJson({ phi, achieved, exceedances }: CalibrationPoint) {
  return { phi, achieved: achieved ?? null, exceedances };
}

function cellJson(cell: EntryCell) {
  const { budget, detector, config, parameter, mistakes, suspected, time } = cell;
  return {
    budget,
    detector,
    config,
    parameter,
    mistakes,
    mistakes_per_interval: time > 0 ? mistakes / time : 0,
    mistake_duration: mistakes > 0 ? suspected / mistakes : null,
    one_minus_pa: time > 0 ? suspected / time : 0,
    td_mean: cell.tdMean,
    td_p50: cell.tdP50,
    td_p99: cell.tdP99,
  };
}

function comparisonJson({ detector, config, cells, missing, mistakesRatio, oneMinusPaRatio }: Comparison) {
  return {
    detector,
    config,
    cells,
    missing,
    mistakes_ratio: Number.isNaN(mistakesRatio) ? null : mistakesRatio,
    one_minus_pa_ratio: Number.isNaN(oneMinusPaRatio) ? null : oneMinusPaRatio,
  };
}
