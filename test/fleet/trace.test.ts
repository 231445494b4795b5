import { expect, test } from 'vitest';
import { fleetEvents } from '../../src/fleet/fleet.js';
import { fleetTrace } from '../../src/fleet/trace.js';
import { everybody, heartbeatsOf } from './fleets.js';

test('a fleet as a trace: sessions of a user follow one another, times are from the start of the session', () => {
  const arrivals = [...fleetTrace(everybody)];
  const heartbeats = heartbeatsOf(fleetEvents(everybody));
  expect(arrivals).toHaveLength(heartbeats.length);
  const ended = new Set<string>();
  const last = new Map<string, { session: string; receivedMs: number; startMs: number }>();
  arrivals.forEach(({ user, session, sequence, sentMs, receivedMs, declaredMs }, i) => {
    const heartbeat = heartbeats[i] as (typeof heartbeats)[number];
    expect(user).toBe(`${heartbeat.userId}/${heartbeat.device}`);
    expect({ session, sequence, declaredMs }).toEqual({
      session: heartbeat.sessionId,
      sequence: heartbeat.sequence,
      declaredMs: heartbeat.declaredMs,
    });
    const before = last.get(user);
    if (before?.session === session) {
      expect(receivedMs).toBeGreaterThanOrEqual(before.receivedMs);
      expect(heartbeat.atMs - receivedMs).toBeCloseTo(before.startMs, 3);
    } else {
      if (before) ended.add(`${user} ${before.session}`);
      expect(ended).not.toContain(`${user} ${session}`);
      expect(sentMs).toBe(0);
    }
    last.set(user, { session, receivedMs, startMs: heartbeat.atMs - receivedMs });
    expect(receivedMs - (sentMs as number)).toBeCloseTo(heartbeat.atMs - heartbeat.sentMs, 3);
  });
  expect(ended.size).toBeGreaterThan(50);
});
