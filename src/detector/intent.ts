import type { Detector } from './detector.js';
import type { Typical } from './fleet-counts.js';
import { type Thresholds, WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from './status.js';
import type { Survival } from './survival.js';
import { SampleWindow } from './window.js';

/** What a threshold is for: a suspicion level, or what that level costs, of which it is derived. */
export type Intent =
  | { readonly phi: number }
  | { readonly falseAlarmsPerUserDay: number }
  | { readonly detectionTimeMs: number };

/** What may be asked for; of detection times, max_silence bounds them too. */
export const FALSE_ALARMS_MIN = 1e-6;
export const FALSE_ALARMS_MAX = 100_000;
export const DETECTION_TIME_MS_MIN = 1;
export const DETECTION_TIME_MS_MAX = 7 * 86_400_000;

/** The intents of a namespace. */
export interface Intents {
  readonly suspect: Intent;
  readonly offline: Intent;
}

export function sameIntents(a: Intents, b: Intents): boolean {
  return sameIntent(a.suspect, b.suspect) && sameIntent(a.offline, b.offline);
}

function sameIntent(a: Intent, b: Intent): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What a threshold means for a fleet: the same thing said in three ways. */
export interface Meaning {
  readonly phi: number;
  /** Live gaps that reach it, of a user with one session, a day. */
  readonly falseAlarmsPerUserDay: number;
  /** From the last heartbeat of a typical session to the crossing, ms. */
  readonly detectionTimeMs: number;
}

/** A fleet by its typical session. Durations in ms. */
export interface Fleet extends Typical {
  /** Between heartbeats. */
  readonly intervalMs: number;
  readonly survival: Survival;
  readonly maxSilenceMs: number;
}

const DAY_MS = 86_400_000;

/** The fleet that `detector` judges; before anything is learned of it, one of sessions of which nothing is known. */
export function fleetOf(detector: Detector, typical: Typical | undefined): Fleet {
  const { survival, settings } = detector;
  const { maxSilenceMs } = settings;
  if (typical) return { ...typical, intervalMs: typical.locationMs, survival, maxSilenceMs };
  const unknown = detector.estimate({ window: new SampleWindow(), declaredMs: 0 });
  const { expectedMs, locationMs, scaleMs } = unknown;
  return { intervalMs: expectedMs, locationMs, scaleMs, survival, maxSilenceMs };
}

/** The φ that serves an intent; WATCHABLE_PHI_MIN to WATCHABLE_PHI_MAX, where nothing nearer to it can be had. */
export function derivePhi(intent: Intent, fleet: Fleet): number {
  return Math.min(WATCHABLE_PHI_MAX, Math.max(WATCHABLE_PHI_MIN, unboundedPhi(intent, fleet)));
}

function unboundedPhi(intent: Intent, fleet: Fleet): number {
  if ('phi' in intent) return intent.phi;
  if ('falseAlarmsPerUserDay' in intent) return Math.log10(gapsPerDay(fleet) / intent.falseAlarmsPerUserDay);
  return fleet.survival.phi((intent.detectionTimeMs - fleet.locationMs) / fleet.scaleMs);
}

/** A derived φ is rounded to this: no fleet is known better, and small changes of it change no threshold. */
const PHIS_PER_UNIT = 100;

/** The thresholds that serve the intents of a namespace; `offline` is never below `suspect`. */
export function deriveThresholds({ suspect, offline }: Intents, fleet: Fleet): Thresholds {
  const suspectPhi = roundedPhi(suspect, fleet);
  return { suspect: suspectPhi, offline: Math.max(suspectPhi, roundedPhi(offline, fleet)) };
}

function roundedPhi(intent: Intent, fleet: Fleet): number {
  const phi = derivePhi(intent, fleet);
  return 'phi' in intent ? phi : Math.round(phi * PHIS_PER_UNIT) / PHIS_PER_UNIT;
}

/**
 * What a threshold costs. A session that beats every interval has a day / interval gaps a day, and 10^-φ of them are
 * that long. max_silence caps the detection time, and then its φ decides the false alarms.
 */
export function meaningOf(phi: number, fleet: Fleet): Meaning {
  const { survival, locationMs, scaleMs, maxSilenceMs } = fleet;
  const crossingMs = locationMs + scaleMs * survival.z(phi);
  const isCapped = crossingMs > maxSilenceMs;
  const deliveredPhi = isCapped ? survival.phi((maxSilenceMs - locationMs) / scaleMs) : phi;
  return {
    phi,
    falseAlarmsPerUserDay: gapsPerDay(fleet) * 10 ** -deliveredPhi,
    detectionTimeMs: Math.max(0, isCapped ? maxSilenceMs : crossingMs),
  };
}

function gapsPerDay({ intervalMs }: Fleet): number {
  return DAY_MS / intervalMs;
}
