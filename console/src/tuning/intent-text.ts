import type { Intents } from '../api/messages.js';
import { duration, significant, threshold } from '../format.js';

/** What thresholds are for: `SUSPECT φ 3, OFFLINE 0.1 false alarms a user-day`. */
export function intentsText(intents: Intents | undefined): string {
  const parts = [
    ['SUSPECT', intents?.suspect],
    ['OFFLINE', intents?.offline],
  ] as const;
  return parts.flatMap(([name, intent]) => (intent ? [`${name} ${intentText(intent)}`] : [])).join(', ');
}

function intentText({
  phi,
  falseAlarmsPerUserDay,
  detectionTimeMs,
}: NonNullable<Intents['suspect']>): string {
  if (phi !== undefined) return `φ ${threshold(phi)}`;
  if (falseAlarmsPerUserDay !== undefined)
    return `${significant(falseAlarmsPerUserDay)} false alarms a user-day`;
  return `within ${duration(detectionTimeMs ?? 0)}`;
}
