import { describe, expect, test } from 'vitest';
import type { FleetEvent } from '../../src/fleet/event.js';
import { fleetEvents, fleetUsers } from '../../src/fleet/fleet.js';
import { everybody, heartbeatsOf, kindOf } from './fleets.js';

const ofUser = (events: Iterable<FleetEvent>, userId: string) =>
  [...events].filter((event) => event.userId === userId);

describe('a fleet', () => {
  test('is the same for a seed, and another one for another', () => {
    const events = [...fleetEvents(everybody)];
    expect([...fleetEvents(everybody)]).toEqual(events);
    expect([...fleetEvents({ ...everybody, seed: 2 })]).not.toEqual(events);
  });

  test('comes in order of arrival, each heartbeat after it was sent, and ends with its duration', () => {
    const events = [...fleetEvents(everybody)];
    const timesMs = events.map(({ atMs }) => atMs);
    expect(timesMs).toEqual(timesMs.toSorted((a, b) => a - b));
    expect(timesMs.at(-1)).toBeLessThan(everybody.durationMs);
    expect(timesMs.at(-1)).toBeGreaterThan(everybody.durationMs - 10_000);
    expect(heartbeatsOf(events).filter(({ atMs, sentMs }) => sentMs > atMs)).toEqual([]);
  });

  test('one more user, or another kind, changes nothing for the others', () => {
    const steady = { kind: kindOf('steady'), users: 2 };
    const wifi = { kind: kindOf('wifi'), users: 1 };
    const plan = { seed: 5, durationMs: 3_600_000 };
    const few = [...fleetEvents({ ...plan, members: [steady] })];
    const many = [...fleetEvents({ ...plan, members: [wifi, { ...steady, users: 3 }] })];
    for (const userId of ['steady-1', 'steady-2']) expect(ofUser(many, userId)).toEqual(ofUser(few, userId));
    expect(ofUser(many, 'wifi-1')).toEqual([...fleetEvents({ ...plan, members: [wifi] })]);
  });

  test('users of one kind differ, begin within one interval, and come through all gateways', () => {
    const users = 40;
    const plan = { members: [{ kind: kindOf('steady'), users }], seed: 1, durationMs: 10_500 };
    const first = [...fleetEvents(plan)].slice(0, users);
    expect(new Set(first.map(({ userId }) => userId)).size).toBe(users);
    expect(first.filter(({ atMs }) => atMs < 5_000).length).toBeGreaterThan(users / 4);
    expect(first.filter(({ atMs }) => atMs > 5_000).length).toBeGreaterThan(users / 4);
    expect([...new Set(first.map(({ origin }) => origin))].sort()).toEqual([
      'gateway-1',
      'gateway-2',
      'gateway-3',
      'gateway-4',
    ]);
    expect(fleetUsers(plan).map(({ userId }) => userId)).toEqual(
      Array.from({ length: users }, (_, i) => `steady-${i + 1}`),
    );
  });

  test('sessions of one device follow one another, numbered from 1 without repetition', () => {
    const last = new Map<string, { sessionId: string; sequence: number }>();
    const ended = new Set<string>();
    for (const { userId, device, sessionId, sequence } of heartbeatsOf(fleetEvents(everybody))) {
      const before = last.get(`${userId}/${device}`);
      if (before?.sessionId === sessionId) expect(sequence).toBeGreaterThan(before.sequence);
      else {
        expect(ended).not.toContain(`${userId}/${sessionId}`);
        ended.add(`${userId}/${sessionId}`);
        // lossy may lose the first one of all.
        expect(sequence).toBeLessThanOrEqual(2);
      }
      last.set(`${userId}/${device}`, { sessionId, sequence });
    }
  });
});
