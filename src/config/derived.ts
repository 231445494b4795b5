import type { Meaning } from '../detector/intent.js';
import { Namespace } from '../presence/namespace.js';
import { rounded } from '../presence/threshold-text.js';
import type { Loaded } from './load.js';
import { thresholdWays } from './namespace-settings.js';

/**
 * What the thresholds of every namespace come to before anything is learned of its fleet, by the path of the setting
 * that would say it: φ, false alarms per user and day, detection time in whole ms.
 */
export function derivedThresholds({ settings }: Pick<Loaded, 'settings'>): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [name, namespaceSettings] of Object.entries(settings.namespaces)) {
    const { meanings } = new Namespace(name, namespaceSettings);
    for (const status of ['suspect', 'offline'] as const) {
      for (const [way, { path }] of Object.entries(thresholdWays[status])) {
        values.set(`namespaces.${name}.${path}`, tidy(meanings[status], way as keyof Meaning));
      }
    }
  }
  return values;
}

/** To the digits that a derived value deserves. */
function tidy(meaning: Meaning, way: keyof Meaning): number {
  return way === 'falseAlarmsPerUserDay' ? rounded(meaning[way]) : rounded(meaning[way], 3);
}
