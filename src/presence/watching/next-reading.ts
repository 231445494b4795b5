import { lastSignUs } from '../../detector/user.js';
import type { Reading } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import type { NextCrossing } from './crossing-timers.js';

/** Who may have crossed is not looked at again sooner while heartbeats wait to be recorded, µs. */
const LAG_PAUSE_US = 50_000;

/** A reading of a user as it was shown. */
interface ShownReading {
  readonly reading: Reading;
  /** When the answer arrived, on the node's clock and on the store's, µs. */
  readonly readMs: number;
  readonly nowUs: number;
  /** How much earlier than the reading it was judged. */
  readonly lagMs: number;
}

/**
 * When a user is to be read again, as seen from a reading: at the next crossing for anybody who watches (Infinity: there is none), or
 * when the user is forgotten. `locationUs`: from when on a silence is lateness. Undefined: never.
 */
export function nextReading(
  namespace: Namespace,
  { reading, readMs, nowUs, lagMs }: ShownReading,
  { crossingUs, locationUs }: { readonly crossingUs: number; readonly locationUs: number },
): NextCrossing | undefined {
  const nextUs = Math.min(crossingUs, forgottenUs(namespace, reading));
  if (nextUs === Number.POSITIVE_INFINITY) return undefined;
  const isMoved = namespace.isLearning && nextUs === crossingUs;
  const latenessUs = isMoved ? crossingUs - locationUs : 0;
  const atUs = lagMs > 0 ? Math.max(nextUs, nowUs + LAG_PAUSE_US) : nextUs;
  return { atUs, nowUs, readMs, latenessUs };
}

/** When the user of this record is known no longer. */
function forgottenUs({ retentionMs }: Namespace, { record }: Reading): number {
  return record ? lastSignUs(record) + retentionMs * 1000 : Number.POSITIVE_INFINITY;
}
