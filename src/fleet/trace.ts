import type { TraceArrival } from '../quality/trace.js';
import { type FleetPlan, fleetEvents } from './fleet.js';

/**
 * The heartbeats of a fleet as a trace, in order of arrival, users mixed. Each device is a user of the trace,
 * `<user>/<device>`: sessions of one user of a trace follow one another. A session starts when the first heartbeat that
 * arrived was sent.
 */
export function* fleetTrace(plan: FleetPlan): Generator<TraceArrival> {
  const sessions = new Map<string, { readonly id: string; readonly startMs: number }>();
  for (const event of fleetEvents(plan)) {
    if (event.type === 'leave') continue;
    const { atMs, sentMs, sessionId, sequence, declaredMs } = event;
    const user = `${event.userId}/${event.device}`;
    let session = sessions.get(user);
    if (session?.id !== sessionId) {
      session = { id: sessionId, startMs: sentMs };
      sessions.set(user, session);
    }
    yield {
      user,
      session: sessionId,
      sequence,
      sentMs: sentMs - session.startMs,
      receivedMs: atMs - session.startMs,
      declaredMs,
    };
  }
}
