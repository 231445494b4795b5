import type { CostCurve, Costs } from './cost-curve.js';
import { intervalText, shortText } from './report/format.js';

/** What a threshold is to keep. */
export interface Target {
  /** As it was written. */
  readonly text: string;
  readonly figure: 'false_alarms' | 'detection' | 'detection_p99';
  /** False alarms a user and day, or ms. */
  readonly limit: number;
}

/** The threshold that meets a target and costs least otherwise; or why none does. */
export type TargetAnswer =
  | { readonly target: string; readonly isMet: true; readonly costs: Costs }
  | { readonly target: string; readonly isMet: false; readonly reason: string };

/** Thresholds are told to two decimals: no fleet is known better. */
const PHI_STEPS = 100;

/** False alarms are met by the lowest φ that keeps them, detection times by the highest. */
export function meet(target: Target, curve: CostCurve): TargetAnswer {
  const first = curve.candidates[0] as Costs;
  const last = curve.candidates.at(-1) as Costs;
  const phis = Array.from(
    { length: Math.round((last.phi - first.phi) * PHI_STEPS) + 1 },
    (_, i) => Math.round(first.phi * PHI_STEPS + i) / PHI_STEPS,
  );
  const keeps = (phi: number) => figureOf(target, curve.at(phi)) <= target.limit;
  const isLowest = target.figure === 'false_alarms';
  const phi = isLowest ? phis.find(keeps) : phis.findLast(keeps);
  if (phi !== undefined) return { target: target.text, isMet: true, costs: curve.at(phi) };
  const nearest = isLowest ? last : first;
  const figure = figureOf(target, nearest);
  const reason = isLowest
    ? `even φ ${nearest.phi} is wrong ${shortText(figure)} times per user and day`
    : `even φ ${nearest.phi} takes ${intervalText(figure)}: nobody can be missed before the next heartbeat is due`;
  return { target: target.text, isMet: false, reason };
}

function figureOf({ figure }: Target, costs: Costs): number {
  if (figure === 'false_alarms') return costs.falseAlarmsPerUserDay;
  return figure === 'detection' ? costs.detectionMeanMs : costs.detectionP99Ms;
}
