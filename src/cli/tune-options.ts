import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/duration.js';
import { FALSE_ALARMS_MAX, FALSE_ALARMS_MIN, type Intent } from '../detector/intent.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../detector/status.js';
import type { Target } from '../quality/target.js';

const DAYS_PER_WEEK = 7;
const RATE = /^([\d.e+-]+)\s*\/\s*user-(day|week)$/i;
const TARGET = /^(false_alarms|detection|detection_p99)\s*<=\s*(\S.*)$/;

/** What is proposed of either threshold; absent what stays. */
export interface Proposal {
  readonly suspect?: Intent;
  readonly offline?: Intent;
}

/** `false_alarms<=0.1/user-day`, `detection<=20s`. */
export function parseTarget(text: string): Target {
  const [, figure, limitText] = TARGET.exec(text.trim()) ?? [];
  if (!figure || !limitText) {
    throw new InvalidArgumentError(
      'It is not false_alarms<=NUMBER/user-day (or /user-week), detection<=DURATION or detection_p99<=DURATION.',
    );
  }
  const limit = figure === 'false_alarms' ? rateOf(limitText) : parseDuration(limitText);
  if (limit === undefined || !(limit > 0)) {
    const needed =
      figure === 'false_alarms' ? 'a rate such as 0.1/user-day or 1/user-week' : 'a duration such as 20s';
    throw new InvalidArgumentError(`${JSON.stringify(limitText)} is not ${needed}.`);
  }
  return { text: text.trim(), figure: figure as Target['figure'], limit };
}

/** `suspect=3,offline=0.1/user-day`: each a φ, a rate of false alarms or a detection time. */
export function parseProposal(text: string): Proposal {
  const proposal: { suspect?: Intent; offline?: Intent } = {};
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split('=').map((piece) => piece.trim());
    if ((name !== 'suspect' && name !== 'offline') || !value || rest.length > 0) {
      throw new InvalidArgumentError(`${JSON.stringify(part.trim())} is not suspect=VALUE or offline=VALUE.`);
    }
    if (proposal[name]) throw new InvalidArgumentError(`${name} is given twice.`);
    proposal[name] = intentOf(value);
  }
  return proposal;
}

function intentOf(text: string): Intent {
  const phi = Number(text);
  if (Number.isFinite(phi)) return { phi: within(text, phi, [WATCHABLE_PHI_MIN, WATCHABLE_PHI_MAX]) };
  const rate = rateOf(text);
  if (rate !== undefined) {
    return { falseAlarmsPerUserDay: within(text, rate, [FALSE_ALARMS_MIN, FALSE_ALARMS_MAX]) };
  }
  const detectionTimeMs = parseDuration(text);
  if (detectionTimeMs > 0) return { detectionTimeMs };
  throw new InvalidArgumentError(
    `${JSON.stringify(text)} is not a φ such as 4.5, a rate such as 0.1/user-day or a detection time such as 20s.`,
  );
}

function within(text: string, value: number, [min, max]: readonly [min: number, max: number]): number {
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is outside ${min} to ${max}.`);
}

/** A user and day; undefined where it is no rate. */
function rateOf(text: string): number | undefined {
  const [, amount, unit] = RATE.exec(text) ?? [];
  const rate = Number(amount) / (unit === 'week' ? DAYS_PER_WEEK : 1);
  return amount !== undefined && Number.isFinite(rate) ? rate : undefined;
}
