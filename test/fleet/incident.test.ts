import { describe, expect, test } from 'vitest';
import type { FleetEvent } from '../../src/fleet/event.js';
import { type FleetPlan, fleetEvents } from '../../src/fleet/fleet.js';
import { partition, rollingDeploy } from '../../src/fleet/incident.js';
import { everybody, heartbeatsOf, kindOf } from './fleets.js';

const byUser = (events: Iterable<FleetEvent>) => {
  const users = new Map<string, FleetEvent[]>();
  for (const event of events) {
    const of = users.get(event.userId);
    if (of) of.push(event);
    else users.set(event.userId, [event]);
  }
  return users;
};
const withoutTimes = (events: readonly FleetEvent[]) => events.map((event) => ({ ...event, atMs: 0 }));

describe('a partition', () => {
  const plan: FleetPlan = {
    members: [{ kind: kindOf('steady'), users: 200 }],
    seed: 4,
    durationMs: 300_000,
  };
  const before = byUser(fleetEvents(plan));
  const fromMs = 100_000;
  const untilMs = 130_000;
  const isInside = ({ atMs }: FleetEvent) => atMs >= fromMs && atMs < untilMs;

  test.each([false, true])(
    'cuts off its share of the clients and leaves the others alone (held: %s)',
    (held) => {
      const after = byUser(
        fleetEvents({ ...plan, incidents: [partition({ atMs: fromMs, share: 0.4, held })] }),
      );
      let affected = 0;
      for (const [userId, events] of before) {
        const arrived = after.get(userId) as FleetEvent[];
        if (arrived.some(isInside)) {
          expect(arrived).toEqual(events);
          continue;
        }
        affected += 1;
        if (held) {
          expect(withoutTimes(arrived)).toEqual(withoutTimes(events));
          expect(arrived.filter(({ atMs }) => atMs === untilMs)).toHaveLength(events.filter(isInside).length);
        } else {
          expect(arrived).toEqual(events.filter((event) => !isInside(event)));
        }
      }
      expect(affected).toBeGreaterThan(50);
      expect(affected).toBeLessThan(110);
    },
  );
});

describe('a rolling deploy', () => {
  const origins = ['a', 'b', 'c'] as const;
  const deploy = { atMs: 100_000, origins, stepMs: 60_000, downMs: 20_000, reconnectMs: 3_000 };
  const plan: FleetPlan = {
    members: [{ kind: kindOf('steady'), users: 150 }],
    seed: 4,
    durationMs: 400_000,
    origins,
  };
  const events = [...fleetEvents({ ...plan, incidents: [rollingDeploy(deploy)] })];
  const users = byUser(events);

  test('every gateway is silent in turn', () => {
    origins.forEach((origin, i) => {
      const downMs = deploy.atMs + i * deploy.stepMs;
      const during = events.filter(({ atMs }) => atMs >= downMs && atMs < downMs + deploy.downMs);
      expect(during.filter((event) => event.origin === origin)).toEqual([]);
      expect(during.length).toBeGreaterThan(200);
      const justBefore = events.filter(({ atMs }) => atMs >= downMs - 15_000 && atMs < downMs);
      expect(justBefore.filter((event) => event.origin === origin).length).toBeGreaterThan(20);
    });
  });

  test('its clients come back within seconds through another one, as new sessions counted from 1', () => {
    for (const sent of users.values()) {
      const heartbeats = heartbeatsOf(sent);
      let moves = 0;
      heartbeats.slice(1).forEach((heartbeat, i) => {
        const before = heartbeats[i] as (typeof heartbeats)[number];
        const isSame = heartbeat.sessionId === before.sessionId;
        expect(heartbeat.origin === before.origin).toBe(isSame);
        expect(heartbeat.sequence).toBe(isSame ? before.sequence + 1 : 1);
        expect(heartbeat.atMs - before.atMs).toBeLessThan(10_000 + 1.5 * deploy.reconnectMs + 50);
        if (!isSame) moves += 1;
      });
      expect(moves).toBeGreaterThanOrEqual(1);
      expect(moves).toBeLessThanOrEqual(3);
    }
  });

  test('nothing that a client does is lost by it, and nothing changes before it', () => {
    for (const [userId, before] of byUser(fleetEvents(plan))) {
      const after = users.get(userId) as FleetEvent[];
      expect(after).toHaveLength(before.length);
      const isEarly = ({ atMs }: FleetEvent) => atMs < deploy.atMs;
      expect(after.filter(isEarly)).toEqual(before.filter(isEarly));
    }
  });

  test('incidents follow one another on every kind, in order of arrival', () => {
    const atMs = 3_600_000;
    const incidents = [
      partition({ atMs, share: 0.5, held: true }),
      rollingDeploy({ ...deploy, atMs, origins: ['gateway-1', 'gateway-2'] }),
    ];
    let lastMs = 0;
    const leaves: FleetEvent[] = [];
    const known = new Set<string>();
    for (const event of fleetEvents({ ...everybody, incidents })) {
      expect(event.atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = event.atMs;
      if (event.type === 'heartbeat') known.add(`${event.userId} ${event.sessionId}`);
      else if (!known.has(`${event.userId} ${event.sessionId}`)) leaves.push(event);
    }
    expect(leaves).toEqual([]);
  });
});
