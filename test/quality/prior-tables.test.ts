import { expect, test } from 'vitest';
import { priorOf } from '../../src/quality/prior-tables.js';
import { arrivalSource } from '../../src/quality/source.js';

const sourcesOf = (...names: string[]) => names.map(arrivalSource);

test('the prior of a fleet is a survival table in which every user counts the same', async () => {
  const { tables, users, heartbeats } = await priorOf(sourcesOf('fleet:wifi,lossy@users=2,duration=6h'));
  expect(users).toBe(4);
  expect(heartbeats).toBeGreaterThan(4 * 2_000);
  for (const { zs } of [tables.plain, tables.lattice]) {
    expect(zs.every((z, i) => Number.isFinite(z) && (i === 0 || z > (zs[i - 1] as number)))).toBe(true);
  }
  // A user watched ten times as long has no more to say.
  const long = await priorOf(
    sourcesOf('fleet:wifi@users=1,duration=60h', 'fleet:steady@users=1,duration=6h'),
  );
  const short = await priorOf(
    sourcesOf('fleet:wifi@users=1,duration=6h', 'fleet:steady@users=1,duration=6h'),
  );
  expect(long.tables.plain.z(1) / short.tables.plain.z(1)).toBeCloseTo(1, 0);
});

test('whoever was judged too rarely has no say', async () => {
  const { users, heartbeats } = await priorOf(sourcesOf('fleet:steady@users=3,duration=30m'));
  expect({ users, heartbeats }).toEqual({ users: 0, heartbeats: 0 });
});
