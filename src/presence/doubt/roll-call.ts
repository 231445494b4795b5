import type { Reading } from '../../store/store.js';
import { isSilent, type Named } from './roll.js';

/** Of users who are there, so many at most have not been heard a little after they were due. */
const LATE_SHARE = 0.08;
/** By so many standard deviations an answer must differ from what it would be otherwise. */
const DEVIATIONS_MIN = 3;
/** More is not asked for: of those who are cut off some are heard by way of another node. */
const SHARE_MAX = 0.8;
/** Of fewer nothing is known. */
export const KNOWN_MIN = 5;

/** Users who are asked after. */
export interface RollCall {
  readonly origin: string;
  /** When the first of those who are missing was due, µs. */
  readonly sinceUs: number;
  /** The share of those due that is missing, as the census says. */
  readonly share: number;
  readonly names: readonly Named[];
}

/** Of how many of those asked after it is known whether they are silent, and how many of these are. */
export interface Answer {
  readonly known: number;
  readonly silent: number;
}

/** What the store says of those who were asked after, in their order. */
export function answerOf({ names, sinceUs }: RollCall, readings: readonly Reading[]): Answer {
  let known = 0;
  let silent = 0;
  names.forEach((named, i) => {
    const reading = readings[i];
    // Whoever others do not see is heard all the same.
    const record = reading?.unseen ?? reading?.record;
    const answer = record && isSilent(named, record, sinceUs);
    if (answer === undefined) return;
    known += 1;
    if (answer) silent += 1;
  });
  return { known, silent };
}

/**
 * Whether at least `least` of them are silent, as the census says of `share`, or were heard by other nodes; undefined while too
 * few are known to tell. By the deviations of both binomial distributions.
 */
export function isConfirmed({ known, silent }: Answer, share: number, least: number): boolean | undefined {
  if (known < KNOWN_MIN) return undefined;
  const late = LATE_SHARE * known + DEVIATIONS_MIN * deviation(LATE_SHARE, known);
  if (silent >= Math.max(late, least * known)) return true;
  const expected = Math.min(share, SHARE_MAX);
  return silent <= expected * known - DEVIATIONS_MIN * deviation(expected, known) ? false : undefined;
}

function deviation(share: number, known: number): number {
  return Math.sqrt(share * (1 - share) * known);
}
