import {
  FACTOR,
  type Share,
  sharesOf,
  TELLABLE_ALARMS_MIN,
  type Verification,
} from '../quality/verification.js';
import { table } from './text.js';

/** How many predictions of single users were met, for people. */
export function verificationLines({ same, later }: Verification): string[] {
  const users = new Set(same.map(({ user }) => user)).size;
  return [
    `False alarms of each of ${users} users, predicted to within a factor of ${FACTOR}: users of whom they were, of all`,
    '',
    ...table([
      ['', ...sharesOf(same, 0).map(({ phi }) => `φ ${phi}`)],
      ['same trace, one replay for all φ against one with φ in force', ...sharesOf(same, 0).map(metText)],
      [
        `  of these, at least ${TELLABLE_ALARMS_MIN} alarms predicted`,
        ...sharesOf(same, TELLABLE_ALARMS_MIN).map(metText),
      ],
      ['second half, predicted from the first', ...sharesOf(later, 0).map(metText)],
      ['  if every prediction were exactly right', ...sharesOf(later, 0).map(chanceText)],
      [
        `  of these, at least ${TELLABLE_ALARMS_MIN} alarms predicted`,
        ...sharesOf(later, TELLABLE_ALARMS_MIN).map(metText),
      ],
      ['  if every prediction were exactly right', ...sharesOf(later, TELLABLE_ALARMS_MIN).map(chanceText)],
    ]),
    '',
    `Fewer than ${TELLABLE_ALARMS_MIN} alarms come within a factor of ${FACTOR} of their own mean only by luck.`,
  ];
}

function metText({ met, users }: Share): string {
  return users > 0 ? `${met}/${users}` : '-';
}

function chanceText({ metByChance, users }: Share): string {
  return users > 0 ? `${metByChance.toFixed(1)}/${users}` : '-';
}
