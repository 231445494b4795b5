import {
  DETECTION_TIME_MS_MIN,
  FALSE_ALARMS_MAX,
  FALSE_ALARMS_MIN,
  type Intent,
  type Intents,
} from '../detector/intent.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../detector/status.js';
import type { Intent__Output, Intent as IntentMessage } from '../gen/phid/v1/Intent.js';
import type { Intents as IntentsMessage } from '../gen/phid/v1/Intents.js';
import { InvalidRequestError } from '../presence/errors.js';
import type { Namespace } from '../presence/namespace.js';

export function intentsMessage({ suspect, offline }: Intents): IntentsMessage {
  return { suspect: intentMessage(suspect), offline: intentMessage(offline) };
}

function intentMessage(intent: Intent): IntentMessage {
  if ('phi' in intent) return { phi: intent.phi };
  if ('falseAlarmsPerUserDay' in intent) return { falseAlarmsPerUserDay: intent.falseAlarmsPerUserDay };
  return { detectionTimeMs: intent.detectionTimeMs };
}

/** The intents of a request, checked as those of the configuration are; of one that is absent, what is in force. */
export function validIntents(
  { suspect, offline }: { readonly suspect: Intent__Output | null; readonly offline: Intent__Output | null },
  namespace: Namespace,
): Intents {
  const { maxSilenceMs } = namespace.detector.settings;
  const intents = {
    suspect: suspect ? validIntent('suspect', suspect, maxSilenceMs) : namespace.intents.suspect,
    offline: offline ? validIntent('offline', offline, maxSilenceMs) : namespace.intents.offline,
  };
  checkOrder(intents);
  return intents;
}

function validIntent(field: string, message: Intent__Output, maxSilenceMs: number): Intent {
  const { phi, falseAlarmsPerUserDay, detectionTimeMs } = message;
  if (phi !== undefined) {
    return { phi: within(`${field}.phi`, phi, [WATCHABLE_PHI_MIN, WATCHABLE_PHI_MAX]) };
  }
  if (falseAlarmsPerUserDay !== undefined) {
    const range = [FALSE_ALARMS_MIN, FALSE_ALARMS_MAX] as const;
    const path = `${field}.false_alarms_per_user_day`;
    return { falseAlarmsPerUserDay: within(path, falseAlarmsPerUserDay, range) };
  }
  if (detectionTimeMs !== undefined) {
    const range = [DETECTION_TIME_MS_MIN, maxSilenceMs] as const;
    return { detectionTimeMs: within(`${field}.detection_time_ms`, detectionTimeMs, range) };
  }
  throw new InvalidRequestError(
    field,
    'says nothing; phi, false_alarms_per_user_day or detection_time_ms is needed',
  );
}

function within(field: string, value: number, [min, max]: readonly [min: number, max: number]): number {
  if (value >= min && value <= max) return value;
  throw new InvalidRequestError(field, `${value} is outside ${min} to ${max}`);
}

/** SUSPECT comes before OFFLINE; where they are said in two ways, deriveThresholds sees to that. */
function checkOrder({ suspect, offline }: Intents): void {
  const fail = (field: string, value: number, problem: string) => {
    throw new InvalidRequestError(field, `${value} is ${problem}`);
  };
  if ('phi' in suspect && 'phi' in offline && suspect.phi > offline.phi) {
    fail('suspect.phi', suspect.phi, `above offline.phi, ${offline.phi}`);
  }
  if ('falseAlarmsPerUserDay' in suspect && 'falseAlarmsPerUserDay' in offline) {
    const [often, rarely] = [suspect.falseAlarmsPerUserDay, offline.falseAlarmsPerUserDay];
    const path = 'false_alarms_per_user_day';
    if (often < rarely) fail(`suspect.${path}`, often, `below offline.${path}, ${rarely}`);
  }
  if ('detectionTimeMs' in suspect && 'detectionTimeMs' in offline) {
    const [sooner, later] = [suspect.detectionTimeMs, offline.detectionTimeMs];
    if (sooner > later)
      fail('suspect.detection_time_ms', sooner, `above offline.detection_time_ms, ${later}`);
  }
}
