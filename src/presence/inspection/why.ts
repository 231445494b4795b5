import type { Thresholds } from '../../detector/status.js';
import { lastCrossing, type UserSuspicion } from '../../detector/user.js';
import type { Assessment } from '../assessment.js';
import type { WithholdingReason } from '../doubt/mass-silence.js';
import { originText, phiText, rarityText, spanText } from './words.js';

/** From this φ on a silence is worth a word: below it nine in ten gaps are no shorter. */
const LATE_PHI = 1;

/** Why the status is what it is: one sentence for people. `isUnseen`: others see another one. */
export function whyOf(assessment: Assessment, isUnseen: boolean): string {
  const { status, suspicion } = assessment;
  const clauses = suspicion ? clausesOf(assessment, suspicion) : [unknownText(assessment)];
  if (isUnseen) clauses.push('invisible: others see no sign of this user');
  return `${status}: ${clauses.filter(Boolean).join('; ')}`;
}

function unknownText({ isLost, namespace }: Assessment): string {
  if (isLost) return 'the store has lost its data and this user was not heard since, but may be there';
  return `never heard of, or not for as long as phid remembers (retention, ${spanText(namespace.retentionMs)})`;
}

function clausesOf(assessment: Assessment, suspicion: UserSuspicion): string[] {
  const { nowUs, degraded, isWithheld } = assessment;
  const { phi, leftUs, sessions, liveliest } = suspicion;
  if (phi === undefined) {
    const agoText = spanText(Math.max(0, (nowUs - leftUs) / 1000));
    return [
      sessions.length === 1 ? `left ${agoText} ago` : `every session left, the last one ${agoText} ago`,
    ];
  }
  const { session, estimate } = liveliest;
  return [
    silenceText(assessment, liveliest, phi),
    isWithheld ? withheldText(assessment, suspicion) : nextText(assessment),
    sessions.length > 1
      ? `of ${sessions.length} sessions the liveliest is ${JSON.stringify(session.sessionId)}`
      : '',
    estimate.warming
      ? 'warming: its rhythm is hardly known yet, so the expected interval of the namespace counts'
      : '',
    degraded && !isWithheld ? 'phid doubts itself: heartbeats may not be recorded yet' : '',
  ];
}

/** How long the silence is, how usual that is, and which threshold it is held against. */
function silenceText(
  { nowUs, thresholds, namespace }: Assessment,
  { session, estimate, elapsedMs }: UserSuspicion['liveliest'],
  phi: number,
): string {
  const { sight, settings } = namespace.detector;
  const silenceMs = sight.silenceMs(session.lastUs, nowUs);
  const blindMs = elapsedMs - silenceMs;
  const blind = blindMs >= 1 ? ` (${spanText(blindMs)} of it do not count: nobody could be heard then)` : '';
  const held = `(φ ${phiText(phi)} ${heldAgainst(phi, thresholds)})`;
  if (silenceMs >= settings.maxSilenceMs) {
    const limit = `max_silence, ${spanText(settings.maxSilenceMs)}, is over`;
    return `silent for ${spanText(elapsedMs)}${blind}; ${limit}, and nobody may be silent for longer`;
  }
  if (phi < LATE_PHI) {
    const expected = `the next heartbeat is expected about ${spanText(estimate.expectedMs)} after the last`;
    return `heard ${spanText(elapsedMs)} ago${blind}, which is not unusual: ${expected} ${held}`;
  }
  const rarity = `a live session of this user is silent that long ${rarityText(phi)}`;
  return `silent for ${spanText(elapsedMs)}${blind}; ${rarity} ${held}`;
}

/** `>= 3`: the highest threshold that was reached; `< 3` when none was. */
function heldAgainst(phi: number, { suspect, offline }: Thresholds): string {
  if (phi >= offline) return `>= ${offline}`;
  return phi >= suspect ? `>= ${suspect}` : `< ${suspect}`;
}

function nextText({ status, suspectInMs, offlineInMs }: Assessment): string {
  if (status === 'OFFLINE') return '';
  const isSuspectNext = status === 'ONLINE' && suspectInMs < offlineInMs;
  return isSuspectNext ? `SUSPECT in ${spanText(suspectInMs)}` : `OFFLINE in ${spanText(offlineInMs)}`;
}

const REASON_TEXTS: Readonly<Record<WithholdingReason, (origin: string) => string>> = {
  drain: (origin) => `${origin} was drained`,
  silence: (origin) => `many users of ${origin} fell silent at once`,
  witnesses: (origin) =>
    `another node that hears users of ${origin} has not yet said that it recorded everything`,
  alone: (origin) => `too few others of ${origin} were heard since this user was due`,
};

/** What is withheld, why, and where that is known for how long at most. */
function withheldText(
  { namespace, userId, nowUs, thresholds, status }: Assessment,
  suspicion: UserSuspicion,
) {
  const { massSilence, detector } = namespace;
  const withheld = status === 'ONLINE' ? 'SUSPECT' : 'OFFLINE';
  const phi = withheld === 'OFFLINE' ? thresholds.offline : thresholds.suspect;
  const crossing = lastCrossing(suspicion, phi, detector);
  const withholding = crossing && massSilence.withholding(withheld, { userId, nowUs, ...crossing });
  if (!withholding) return `${withheld} is withheld`;
  const { reason, untilUs } = withholding;
  const untilText = untilUs === undefined ? '' : ` for ${spanText((untilUs - nowUs) / 1000)} more at most`;
  return `${withheld} is withheld${untilText}, because ${REASON_TEXTS[reason](originText(crossing.origin))}`;
}
