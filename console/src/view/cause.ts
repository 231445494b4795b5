import type { Cause } from '../api/messages.js';

/** What made a status change, in two words. */
export const causeText: Readonly<Record<Cause, string>> = {
  CAUSE_UNSPECIFIED: 'unspecified',
  SNAPSHOT: 'snapshot',
  FIRST_SEEN: 'first seen',
  HEARTBEAT: 'heartbeat',
  SUSPICION: 'silence',
  LEAVE: 'left',
  FORGOTTEN: 'forgotten',
  THRESHOLDS: 'thresholds changed',
  RELEASED: 'hold released',
  REMOVED: 'removed',
};
