import { fleetOf } from '../detector/intent.js';
import { QualityCounts } from '../detector/quality-counts.js';
import { WhatIf } from '../detector/what-if.js';
import { SUSPECT_PHI } from './detectors/phid-fleet.js';
import type { ReplayableTrace } from './trace-quality.js';

/** φ at which predictions are held against what a replay counts. */
const VERIFIED_PHIS = [1, 1.5, 2, 2.5, 3, 3.5, 4] as const;
/** Replays that a verification takes. */
export const VERIFICATION_PASSES = 1 + VERIFIED_PHIS.length;

/** False alarms of a user at a threshold: as they were predicted, and as a replay with that threshold counted them. */
export interface Verified {
  readonly user: string;
  readonly phi: number;
  readonly predicted: number;
  readonly counted: number;
}

export interface Verification {
  /** On what they were predicted from, one replay by the default threshold. */
  readonly same: readonly Verified[];
  /** Of the second half of every user, predicted from the first halves: nothing of the second is known. */
  readonly later: readonly Verified[];
}

/**
 * Predicts the false alarms of every user from one replay, and then replays the trace with each threshold in force: it has
 * a say in what is taken for an outage, and so in what is learned.
 */
export async function verify(trace: ReplayableTrace): Promise<Verification> {
  const halves = trace.users.map(({ evaluatedGaps }) => Math.floor(evaluatedGaps / 2));
  const ofUsers = trace.users.map(() => new QualityCounts());
  const first = new QualityCounts();
  const firstOfUsers = trace.users.map(() => new QualityCounts());
  const thresholds = { suspect: SUSPECT_PHI, offline: SUSPECT_PHI };
  const learned = await trace.replay(SUSPECT_PHI, (user, arrival, { gap, detector }) => {
    (ofUsers[user] as QualityCounts).add(arrival, detector, thresholds);
    if (gap >= (halves[user] as number)) return;
    first.add(arrival, detector, thresholds);
    (firstOfUsers[user] as QualityCounts).add(arrival, detector, thresholds);
  });
  const fleet = fleetOf(learned.detector, learned.typical);
  const known = ofUsers.map((counts) => new WhatIf(counts, fleet));
  const ofFleet = new WhatIf(first, fleet);
  const ofUser = firstOfUsers.map((counts) => new WhatIf(counts, fleet));
  const same: Verified[] = [];
  const later: Verified[] = [];
  for (const phi of VERIFIED_PHIS) {
    const { all, second } = await falseAlarms(trace, phi, halves);
    for (const [i, { name: user, evaluatedGaps }] of trace.users.entries()) {
      if (evaluatedGaps === 0) continue;
      const { alarms } = (known[i] as WhatIf).cost(phi);
      same.push({ user, phi, predicted: alarms, counted: all[i] as number });
      const half = halves[i] as number;
      const share = blended((ofUser[i] as WhatIf).cost(phi).alarms, half, ofFleet.share(phi));
      const predicted = share * (evaluatedGaps - half);
      later.push({ user, phi, predicted, counted: second[i] as number });
    }
  }
  return { same, later };
}

/** What the fleet does weighs as much as so many alarms of the user's own. */
const FLEET_ALARMS = 5;

/** The share of a user's silences that will be alarms: of one who has shown few, that of the fleet. */
function blended(alarms: number, silences: number, fleetShare: number): number {
  return (alarms + FLEET_ALARMS) / (silences + FLEET_ALARMS / fleetShare);
}

/** Of each user: all, and those in the second half. */
async function falseAlarms(trace: ReplayableTrace, phi: number, halves: readonly number[]) {
  const all = new Float64Array(trace.users.length);
  const second = new Float64Array(trace.users.length);
  await trace.replay(phi, (user, { silenceMs, before }, { gap, detector }) => {
    if (!before || silenceMs >= detector.settings.maxSilenceMs) return;
    if (silenceMs <= detector.deadlineMs(phi, before)) return;
    all[user] = (all[user] as number) + 1;
    if (gap >= (halves[user] as number)) second[user] = (second[user] as number) + 1;
  });
  return { all, second };
}

/** A prediction is met where what was counted is within this factor of it, either way. */
export const FACTOR = 1.5;
/** Of fewer predicted alarms chance alone misses the factor now and then: one in twenty times at twenty. */
export const TELLABLE_ALARMS_MIN = 20;

/** How many predictions were met, of how many; and how many would be if all were exactly right, by chance. */
export interface Share {
  readonly phi: number;
  readonly met: number;
  readonly users: number;
  readonly metByChance: number;
}

/** By φ, of users with at least so many predicted alarms. */
export function sharesOf(verified: readonly Verified[], alarmsMin: number): Share[] {
  return VERIFIED_PHIS.map((phi) => {
    const users = verified.filter((one) => one.phi === phi && one.predicted >= alarmsMin);
    return {
      phi,
      met: users.filter(isMet).length,
      users: users.length,
      metByChance: users.reduce((sum, { predicted }) => sum + chanceOf(predicted), 0),
    };
  });
}

function isMet({ predicted, counted }: Verified): boolean {
  return counted >= predicted / FACTOR && counted <= predicted * FACTOR;
}

/** That a number of rare, independent events is within the factor of its expectation (Poisson). */
function chanceOf(expected: number): number {
  if (expected === 0) return 1;
  let chance = 0;
  let logFactorial = 0;
  for (let k = 0; k <= expected * FACTOR; k++) {
    if (k > 1) logFactorial += Math.log(k);
    if (k >= expected / FACTOR) chance += Math.exp(k * Math.log(expected) - expected - logFactorial);
  }
  return chance;
}
