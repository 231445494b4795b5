import { expect, test } from 'vitest';
import { RECORD, Spool, SpooledUser } from '../../src/quality/spool.js';
import type { TraceArrival } from '../../src/quality/trace.js';
import { randomNumbers, seeded } from '../support/replay.js';

function arrivalOf(user: string, receivedMs: number, more: Partial<TraceArrival> = {}): TraceArrival {
  return { user, session: '0', sequence: undefined, sentMs: undefined, receivedMs, ...more };
}

function spooled(arrivals: readonly TraceArrival[]): { spool: Spool; users: SpooledUser[] } {
  const spool = new Spool();
  const users = new Map<string, SpooledUser>();
  for (const arrival of arrivals) {
    const user = users.get(arrival.user) ?? new SpooledUser(arrival.user);
    users.set(arrival.user, user);
    spool.add(user, arrival);
  }
  return { spool, users: [...users.values()] };
}

function timesOf(spool: Spool, user: SpooledUser): number[] {
  const times: number[] = [];
  spool.read(user, (records, count) => {
    for (let i = 0; i < count; i++) times.push(records[i * RECORD.size + RECORD.atMs] as number);
  });
  return times;
}

test('every user is read in order, however mixed they were written', () => {
  const { seed } = seeded();
  const random = randomNumbers(seed);
  const expected = new Map<string, number[]>(['a', 'b', 'c', 'd'].map((user) => [user, []]));
  const arrivals = Array.from({ length: 40_000 }, (_, i) => {
    // Long stretches of one user and quick changes.
    const user = i < 20_000 ? 'abcd'.charAt(Math.floor(i / 5_000)) : 'abcd'.charAt(Math.floor(4 * random()));
    expected.get(user)?.push(i);
    return arrivalOf(user, i);
  });
  const { spool, users } = spooled(arrivals);
  for (const user of users) {
    expect(timesOf(spool, user), `seed ${seed}`).toEqual(expected.get(user.name));
    expect(user.heartbeats).toBe(expected.get(user.name)?.length);
  }
  spool.close();
});

test('sequence, declared interval and the beginning of a session survive', () => {
  const { spool, users } = spooled([
    arrivalOf('a', 5, { sequence: 0 }),
    arrivalOf('a', 7, { sequence: 2, declaredMs: 30 }),
    arrivalOf('a', 1, { session: '1', declaredMs: 60 }),
  ]);
  spool.read(users[0] as SpooledUser, (records, count) => {
    expect([...records.slice(0, count * RECORD.size)]).toEqual([5, 0, -1, 7, 2, 30, 1, Number.NaN, -61]);
  });
  spool.close();
});

test('interleaved: arrival i of n comes at (i + 1/2) / n, of equal ones the user named first', () => {
  const times = (user: string, n: number) => Array.from({ length: n }, (_, i) => arrivalOf(user, i));
  const { spool, users } = spooled([...times('a', 2), ...times('b', 4), ...times('c', 2), ...times('d', 70)]);
  const order: string[] = [];
  const seen = users.map((): number[] => []);
  spool.readInterleaved(users, (user, records, at) => {
    order.push((users[user] as SpooledUser).name);
    (seen[user] as number[]).push(records[at * RECORD.size + RECORD.atMs] as number);
  });
  expect(order.filter((name) => name !== 'd').join('')).toBe('bacbbacb');
  expect(seen).toEqual(users.map((user) => timesOf(spool, user)));
  expect(seen[3]).toHaveLength(70);
  spool.close();
});

test('the interval of a user: mean of the gaps after the first hundred, within sessions', () => {
  const user = new SpooledUser('a');
  for (let i = 0; i <= 60; i++) user.count(arrivalOf('a', 1_000 * i));
  for (let i = 0; i <= 40; i++) user.count(arrivalOf('a', 500 * i, { session: '1' }));
  expect([user.gaps, user.evaluatedGaps, user.intervalMs]).toEqual([100, 0, 800]);
  user.count(arrivalOf('a', 20_100, { session: '1' }));
  user.count(arrivalOf('a', 20_400, { session: '1' }));
  expect([user.gaps, user.evaluatedGaps, user.intervalMs]).toEqual([102, 2, 200]);
});
