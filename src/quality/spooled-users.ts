import type { ArrivalSource } from './source.js';
import { type Spool, SpooledUser } from './spool.js';
import { TraceError } from './trace.js';

/** Heartbeats read between two reports of progress. */
const READING_STEP = 16_384;

/** Reads a whole trace into a spool; its users, in the order in which they came. Throws TraceError. */
export async function spooledUsers(
  spool: Spool,
  source: ArrivalSource,
  reading: (heartbeats: number) => void,
): Promise<SpooledUser[]> {
  const users = new Map<string, SpooledUser>();
  let heartbeats = 0;
  for await (const arrival of source.arrivals()) {
    let user = users.get(arrival.user);
    if (!user) {
      user = new SpooledUser(arrival.user);
      users.set(arrival.user, user);
    }
    spool.add(user, arrival);
    heartbeats += 1;
    if (heartbeats % READING_STEP === 0) reading(heartbeats);
  }
  if (users.size === 0) throw new TraceError(`${source.name}: has no arrivals`);
  return [...users.values()];
}
