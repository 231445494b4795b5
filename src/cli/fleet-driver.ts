import { systemClock } from '../clock.js';
import type { Heartbeat } from '../gen/phid/v1/Heartbeat.js';
import { type Timed, TimerQueue } from '../presence/timers.js';
import type { Client } from './client.js';
import type { Member, Step } from './fleet.js';

interface Actor extends Timed {
  readonly member: Member;
  step: Step;
}

/**
 * Lets a fleet act, against a real server: heartbeats over one HeartbeatStream, as a gateway would send them. Returns
 * how to stop it. `onError` hears of a stream that ended or a leave that failed; the fleet goes silent then.
 */
export function driveFleet(
  fleet: readonly Member[],
  options: {
    readonly client: Client;
    readonly namespace: string;
    readonly origin: string;
    /** Heartbeats that the server takes in one message. */
    readonly messageHeartbeatsMax: number;
    readonly onError: (error: unknown) => void;
  },
): () => void {
  const { client, namespace, origin, messageHeartbeatsMax, onError } = options;
  const stream = client.heartbeatStream();
  const stop = () => {
    timers.close();
    stream.end();
  };
  const fail = (error: unknown) => {
    stop();
    onError(error);
  };
  const act = (due: readonly Actor[]) => {
    const heartbeats: Heartbeat[] = [];
    for (const actor of due) {
      const { step, member } = actor;
      const { userId } = member;
      if ('beat' in step) heartbeats.push({ userId, ...step.beat });
      else client.leave({ namespace, userId, sessionId: step.leave.sessionId }).catch(fail);
      // From when it was due, not from now: the play must not slow down with the machine.
      arm(actor, actor.dueMs);
    }
    for (let i = 0; i < heartbeats.length; i += messageHeartbeatsMax) {
      stream.write({ namespace, origin, heartbeats: heartbeats.slice(i, i + messageHeartbeatsMax) });
    }
  };
  const timers = new TimerQueue<Actor>(systemClock, act);
  const arm = (actor: Actor, fromMs: number) => {
    actor.step = actor.member.steps.next().value as Step;
    timers.arm(actor, fromMs + actor.step.afterMs);
  };
  stream.on('data', () => {});
  stream.on('error', fail);
  const startMs = systemClock.nowMs();
  for (const member of fleet) {
    arm({ member, step: { afterMs: 0, leave: { sessionId: '' } }, dueMs: 0, heapIndex: -1 }, startMs);
  }
  return stop;
}
