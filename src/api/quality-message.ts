import type { Mistakes } from '../detector/mistake-counts.js';
import { PHI_BUCKETS, phiEdge, type QualityCounts } from '../detector/quality-counts.js';
import { CANDIDATE_PHIS, type Cost, WhatIf } from '../detector/what-if.js';
import type { Cost as CostMessage } from '../gen/phid/v1/Cost.js';
import type { DryRun as DryRunMessage } from '../gen/phid/v1/DryRun.js';
import type { Mistakes as MistakesMessage } from '../gen/phid/v1/Mistakes.js';
import type { Quality } from '../gen/phid/v1/Quality.js';
import type { Namespace } from '../presence/namespace.js';
import type { DryRun } from '../presence/tuning/dry-run.js';
import { intentsMessage } from './intents.js';
import { timestamp } from './timestamp.js';

/** φ of which it is said what they deliver. */
const CALIBRATION_PHIS = [1, 2, 3, 4] as const;

const DAY_MS = 86_400_000;
const HOURS_PER_DAY = 24;

/** What was counted of a namespace, and how many sessions there are. */
interface Counted {
  readonly counts: QualityCounts;
  readonly sessions: number;
}

export function qualityMessage(
  { fleet, thresholds }: Pick<Namespace, 'fleet' | 'thresholds'>,
  { counts, sessions }: Counted,
) {
  const whatIf = new WhatIf(counts, fleet);
  const userDays = counts.silenceMs / DAY_MS;
  const costOf = (phi: number) => costMessage(whatIf.cost(phi), sessions);
  return {
    arrivals: counts.arrivals,
    userDays,
    sessions,
    returnsPerUserDay: perDay(counts.returns, userDays),
    suspect: costOf(thresholds.suspect),
    offline: costOf(thresholds.offline),
    suspectMistakes: mistakesMessage(counts.mistakes.suspect, userDays),
    offlineMistakes: mistakesMessage(counts.mistakes.offline, userDays),
    phiAtArrival: Array.from({ length: PHI_BUCKETS }, (_, i) => ({
      phi: i === 0 ? 0 : phiEdge(i),
      arrivals: counts.phis[i] as number,
    })),
    calibration: CALIBRATION_PHIS.map((phi) => {
      const achieved = whatIf.achieved(phi);
      return achieved === undefined ? { phi } : { phi, achieved };
    }),
    whatIf: CANDIDATE_PHIS.map(costOf),
  } satisfies Quality;
}

/** What a threshold costs one of `sessions`, and all of them. */
function costMessage(cost: Cost, sessions: number) {
  const { phi, falseAlarmsPerUserDay, detectionMeanMs, detectionP99Ms, alarms, isExtrapolated } = cost;
  return {
    phi,
    falseAlarmsPerUserDay,
    flapsPerHour: (falseAlarmsPerUserDay * sessions) / HOURS_PER_DAY,
    detectionMeanMs,
    detectionP99Ms,
    alarms,
    extrapolated: isExtrapolated,
  } satisfies CostMessage;
}

/** A dry run with what all nodes counted of it, at a time of the store's clock. */
export function dryRunMessage(dryRun: DryRun, namespace: Namespace, nowUs: number): DryRunMessage {
  const { plan, sums } = dryRun;
  const { suspect, offline } = dryRun.thresholds(namespace.fleet);
  const userDays = sums.silenceMs / DAY_MS;
  return {
    intents: intentsMessage(plan.intents),
    author: plan.author,
    begunAt: timestamp(plan.fromUs),
    endsAt: timestamp(plan.untilUs),
    ended: nowUs >= plan.untilUs,
    suspectPhi: suspect,
    offlinePhi: offline,
    arrivals: sums.arrivals,
    userDays,
    suspect: mistakesMessage(sums.planned.suspect, userDays),
    offline: mistakesMessage(sums.planned.offline, userDays),
    suspectInForce: mistakesMessage(sums.inForce.suspect, userDays),
    offlineInForce: mistakesMessage(sums.inForce.offline, userDays),
  };
}

function mistakesMessage({ mistakes, durationMs }: Mistakes, userDays: number) {
  return {
    count: mistakes,
    perUserDay: perDay(mistakes, userDays),
    meanDurationMs: mistakes > 0 ? durationMs / mistakes : 0,
  } satisfies MistakesMessage;
}

function perDay(count: number, userDays: number): number {
  return userDays > 0 ? count / userDays : 0;
}
