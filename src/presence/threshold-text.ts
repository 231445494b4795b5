import type { Intent, Intents, Meaning } from '../detector/intent.js';
import type { Meanings } from './namespace.js';

/** What the thresholds of a namespace mean, for people; one line. */
export function meaningsText({ suspect, offline }: Meanings): string {
  return `SUSPECT at ${meaningText(suspect)}; OFFLINE at ${meaningText(offline)}`;
}

function meaningText({ phi, falseAlarmsPerUserDay, detectionTimeMs }: Meaning): string {
  const alarms = rounded(falseAlarmsPerUserDay);
  return `φ ${rounded(phi, 3)} (${alarms} false alarms per user and day, detection after ${secondsText(detectionTimeMs)})`;
}

/** What thresholds are for, for people; one line. */
export function intentsText({ suspect, offline }: Intents): string {
  return `SUSPECT at ${intentText(suspect)}, OFFLINE at ${intentText(offline)}`;
}

function intentText(intent: Intent): string {
  if ('phi' in intent) return `φ ${intent.phi}`;
  if ('falseAlarmsPerUserDay' in intent)
    return `${intent.falseAlarmsPerUserDay} false alarms per user and day`;
  return `detection after ${secondsText(intent.detectionTimeMs)}`;
}

/** To so many significant digits: more would pretend to know. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toPrecision(digits));
}

/** As a setting would have it, to three digits: `31.4s`. */
export function secondsText(durationMs: number): string {
  return `${rounded(durationMs / 1000, 3)}s`;
}
