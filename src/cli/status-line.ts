import type { Notice__Output } from '../gen/phid/v1/Notice.js';
import type { StatusChange__Output } from '../gen/phid/v1/StatusChange.js';
import { count, dateOf, inColourOf, phiText, printable, timeText } from './text.js';

/** A status change as one line: time, user, previous -> status, φ, cause, threshold. */
export function changeLine(change: StatusChange__Output): string {
  const { userId, previous, status, at, suspicion } = change;
  const time = at ? timeText(dateOf(at)) : '-';
  const statuses = `${previous.padEnd(7)} -> ${inColourOf(status, status.padEnd(7))}`;
  const doubt = suspicion?.degraded ? '  DEGRADED' : '';
  return `${time}  ${printable(userId).padEnd(20)}  ${statuses}  φ ${phiText(suspicion?.phi).padEnd(5)}  ${reasonOf(change)}${doubt}`;
}

/** Why: `SUSPICION, threshold 5`; `-` where none was crossed. */
export function reasonOf({ cause, threshold }: StatusChange__Output): string {
  return `${cause}, threshold ${threshold ?? '-'}`;
}

export function noticeLine({ kind, message }: Notice__Output, now: Date): string {
  return `${timeText(now)}  ${kind}: ${printable(message)}`;
}

export function syncedLine(users: number, now: Date): string {
  return `${timeText(now)}  synced: the status of ${count(users, 'user')} is known; what follows are changes`;
}
