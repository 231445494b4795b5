import { systemClock } from '../clock.js';
import type { FleetEvent } from '../fleet/event.js';
import type { Heartbeat } from '../gen/phid/v1/Heartbeat.js';
import type { Client } from './client.js';

/**
 * Lets a fleet act in real time, against a real server: heartbeats over one HeartbeatStream, as a gateway would send
 * them. Returns how to stop it. `onError` hears of a stream that ended or a leave that failed; the fleet goes silent
 * then.
 */
export function driveFleet(
  events: Iterable<FleetEvent>,
  options: {
    readonly client: Client;
    readonly namespace: string;
    /** Heartbeats that the server takes in one message. */
    readonly messageHeartbeatsMax: number;
    readonly onError: (error: unknown) => void;
  },
): () => void {
  const { client, namespace, messageHeartbeatsMax, onError } = options;
  const stream = client.heartbeatStream();
  let cancelSleep = () => {};
  const stop = () => {
    cancelSleep();
    stream.end();
  };
  const fail = (error: unknown) => {
    stop();
    onError(error);
  };
  stream.on('data', () => {});
  stream.on('error', fail);

  const coming = events[Symbol.iterator]();
  const take = (): FleetEvent | undefined => {
    const { value, done } = coming.next();
    return done ? undefined : value;
  };
  const startMs = systemClock.nowMs();
  let next = take();
  const act = () => {
    const heartbeats = new Map<string, Heartbeat[]>();
    // By the time of the fleet, not from event to event: the play must not slow down with the machine.
    for (const untilMs = systemClock.nowMs() - startMs; next && next.atMs <= untilMs; next = take()) {
      const { userId, sessionId, origin } = next;
      if (next.type === 'leave') {
        client.leave({ namespace, userId, sessionId }).catch(fail);
        continue;
      }
      const { sequence, declaredMs, activity } = next;
      const sent = { userId, sessionId, sequence, nextIntervalMs: Math.round(declaredMs), activity };
      const ofOrigin = heartbeats.get(origin);
      if (ofOrigin) ofOrigin.push(sent);
      else heartbeats.set(origin, [sent]);
    }
    for (const [origin, due] of heartbeats) {
      for (let i = 0; i < due.length; i += messageHeartbeatsMax) {
        stream.write({ namespace, origin, heartbeats: due.slice(i, i + messageHeartbeatsMax) });
      }
    }
    sleep();
  };
  const sleep = () => {
    if (next) cancelSleep = systemClock.after(Math.max(0, startMs + next.atMs - systemClock.nowMs()), act);
  };
  sleep();
  return stop;
}
