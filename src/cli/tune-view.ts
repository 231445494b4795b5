import type { Thresholds } from '../detector/status.js';
import type { DryRun__Output } from '../gen/phid/v1/DryRun.js';
import type { Mistakes__Output } from '../gen/phid/v1/Mistakes.js';
import type { CostCurve, Costs } from '../quality/cost-curve.js';
import { shortText, wholeText } from '../quality/report/format.js';
import type { TargetAnswer } from '../quality/target.js';
import { dateOf, durationText, phiText, table } from './text.js';

/** A pair of thresholds with what they cost. */
interface ThresholdCosts {
  readonly suspect: Costs;
  readonly offline: Costs;
}

interface Mistakes {
  readonly count: number;
  readonly perUserDay: number;
  readonly meanDurationMs: number;
}

/** The quality of service of a fleet, as GetQuality says it. */
interface Quality {
  readonly arrivals: number;
  readonly userDays: number;
  readonly sessions: number;
  readonly returnsPerUserDay: number;
  readonly suspect: Costs;
  readonly offline: Costs;
  readonly suspectMistakes: Mistakes;
  readonly offlineMistakes: Mistakes;
  readonly phiAtArrival: readonly { readonly phi: number; readonly arrivals: number }[];
  readonly calibration: readonly { readonly phi: number; readonly achieved?: number }[];
  readonly whatIf: readonly Costs[];
}

/** What `phid tune` shows, of a server or of a trace. */
export interface TuneView {
  readonly title: string;
  readonly quality: Quality;
  readonly proposed: ThresholdCosts | undefined;
  readonly answer: TargetAnswer | undefined;
  readonly dryRun: DryRun__Output | undefined;
  /** What else is to be known, a line each. */
  readonly notes: readonly string[];
}

/** Candidates are shown at every half of a decade. */
const SHOWN_PHI_STEP = 0.5;

const HEADER = ['', '', 'φ', 'FALSE ALARMS/USER-DAY', 'FLAPS/HOUR', 'DETECTION MEAN', 'P99'];

export function tuneLines({ title, quality, proposed, answer, dryRun, notes }: TuneView): string[] {
  const { arrivals, userDays, sessions, whatIf } = quality;
  const facts = `${wholeText(arrivals)} silences in ${shortText(userDays)} user-days, ${shortText(sessions)} sessions`;
  const candidates = whatIf.filter(({ phi }) => Number.isInteger(phi / SHOWN_PHI_STEP));
  const rows = [
    HEADER,
    ...pairRows('now', quality),
    ...(proposed ? pairRows('proposed', proposed) : []),
    ...candidates.map((costs, i) => costRow(i === 0 ? 'candidates' : '', '', costs)),
  ];
  return [
    `${title}: ${facts}`,
    '',
    ...table(rows),
    '',
    ...(candidates.some(({ extrapolated }) => extrapolated)
      ? ['~ beyond what was counted: φ is taken at its word']
      : []),
    ...countedLines(quality),
    ...dryRunLines(dryRun),
    ...notes,
    ...answerLines(answer),
  ];
}

function pairRows(label: string, { suspect, offline }: ThresholdCosts): string[][] {
  return [costRow(label, 'SUSPECT', suspect), costRow('', 'OFFLINE', offline)];
}

function costRow(label: string, status: string, costs: Costs): string[] {
  const { phi, falseAlarmsPerUserDay, flapsPerHour, detectionMeanMs, detectionP99Ms, extrapolated } = costs;
  const mark = extrapolated ? '~' : '';
  return [
    label,
    status,
    phiText(phi),
    `${mark}${shortText(falseAlarmsPerUserDay)}`,
    `${mark}${shortText(flapsPerHour)}`,
    durationText(detectionMeanMs),
    durationText(detectionP99Ms),
  ];
}

function countedLines({
  calibration,
  suspectMistakes,
  offlineMistakes,
  returnsPerUserDay,
}: Quality): string[] {
  const known = calibration.flatMap(({ phi, achieved }) =>
    achieved === undefined ? [] : [`${phi} delivers ${achieved.toFixed(2)}`],
  );
  const mistakes = [`SUSPECT ${mistakesText(suspectMistakes)}`, `OFFLINE ${mistakesText(offlineMistakes)}`];
  return [
    ...(known.length > 0 ? [`φ ${known.join(', ')}`] : []),
    `mistakes by the thresholds of their time: ${mistakes.join('; ')}`,
    ...(returnsPerUserDay > 0
      ? [
          `${shortText(returnsPerUserDay)} returns after max_silence per user and day, which no threshold avoids`,
        ]
      : []),
  ];
}

function mistakesText({ count, meanDurationMs }: Mistakes): string {
  return count > 0 ? `${wholeText(count)}, for ${durationText(meanDurationMs)} on average` : 'none';
}

function dryRunLines(dryRun: DryRun__Output | undefined): string[] {
  if (!dryRun?.begunAt || !dryRun.endsAt) return [];
  const { suspectPhi, offlinePhi, author, ended, arrivals, userDays } = dryRun;
  const until = `${ended ? 'ended' : 'until'} ${dateOf(dryRun.endsAt).toISOString()}`;
  const rows = [
    ['dry run', '', 'φ', 'MISTAKES', 'MEAN DURATION', 'THOSE IN FORCE'],
    mistakesRow('SUSPECT', suspectPhi, dryRun.suspect, dryRun.suspectInForce),
    mistakesRow('OFFLINE', offlinePhi, dryRun.offline, dryRun.offlineInForce),
  ];
  return [
    '',
    `dry run by ${author}, ${until}: ${wholeText(arrivals)} silences in ${shortText(userDays)} user-days`,
    ...table(rows),
  ];
}

function mistakesRow(
  status: string,
  phi: number,
  planned: Mistakes__Output | null,
  inForce: Mistakes__Output | null,
): string[] {
  const counted = wholeText(planned?.count ?? 0);
  return [
    '',
    status,
    phiText(phi),
    counted,
    durationText(planned?.meanDurationMs ?? 0),
    wholeText(inForce?.count ?? 0),
  ];
}

function answerLines(answer: TargetAnswer | undefined): string[] {
  if (!answer?.isMet) return [];
  const { phi, falseAlarmsPerUserDay, detectionMeanMs, detectionP99Ms, extrapolated } = answer.costs;
  const costs = [
    `${shortText(falseAlarmsPerUserDay)} false alarms per user and day`,
    `detection after ${durationText(detectionMeanMs)} on average, ${durationText(detectionP99Ms)} for 99 of 100`,
  ];
  const caution = extrapolated ? '; beyond what was counted' : '';
  return ['', `${answer.target}: φ ${phiText(phi)} (${costs.join('; ')}${caution})`];
}

/** What a pair of thresholds costs. */
export function costsOf(curve: CostCurve, { suspect, offline }: Thresholds): ThresholdCosts {
  return { suspect: curve.at(suspect), offline: curve.at(offline) };
}
