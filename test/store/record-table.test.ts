import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_SLOT, RecordTable } from '../../src/store/record/table.js';

/** More than any table here has: a sweep of so many looks at each of them. */
const SLOTS = 6_000;

/** A record of this length that is told from others by its bytes. */
function recordOf(length: number, seed: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (seed + 31 * i) & 255));
}

it('holds what a Map would, while records grow, shrink and are swept', () => {
  const step = fc.record({
    user: fc.integer({ min: 0, max: 30 }),
    length: fc.oneof(fc.integer({ min: 1, max: 700 }), fc.constantFrom(65_535, 40_000, 10, 506, 507)),
    expiresS: fc.integer({ min: 0, max: 100 }),
    sweepAtS: fc.option(fc.integer({ min: 0, max: 120 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const table = new RecordTable();
      const model = new Map<string, { record: Buffer; expiresS: number; tag: number }>();
      steps.forEach(({ user, length, expiresS, sweepAtS }, i) => {
        const userId = `user-${user}`;
        const record = recordOf(length, i);
        table.put(table.find(userId), userId, record, expiresS * 1000, i & 255);
        model.set(userId, { record, expiresS, tag: i & 255 });
        if (sweepAtS !== null) {
          table.sweep(SLOTS, sweepAtS * 1000);
          for (const [key, known] of model) if (known.expiresS <= sweepAtS) model.delete(key);
        }
        expect(table.size).toBe(model.size);
      });
      for (let user = 0; user <= 30; user++) {
        const known = model.get(`user-${user}`);
        const slot = table.find(`user-${user}`);
        expect(slot !== NO_SLOT).toBe(known !== undefined);
        if (known) expect([table.recordAt(slot), table.tagAt(slot)]).toEqual([known.record, known.tag]);
      }
    }),
  );
});

it('keeps names apart that begin alike, or are of any script', () => {
  const table = new RecordTable();
  const names = ['user', 'user-1', 'user-10', 'ä€😀', 'ä€', '\u0000', 'x'.repeat(300)];
  names.forEach((name, i) => {
    table.put(NO_SLOT, name, recordOf(20, i), 1_000);
  });
  expect(names.map((name) => table.recordAt(table.find(name)))).toEqual(names.map((_, i) => recordOf(20, i)));
  expect(table.find('use')).toBe(NO_SLOT);
});

it('gives slots of those swept to those who come', () => {
  const table = new RecordTable();
  const fill = (name: string) => {
    for (let i = 0; i < 5_000; i++) table.put(NO_SLOT, `${name}-${i}`, recordOf(300, i), 1_000);
  };
  fill('first');
  const { reservedBytes } = table;
  expect(reservedBytes).toBeGreaterThanOrEqual(5_000 * 300);
  for (const name of ['second', 'third', 'fourth']) {
    table.sweep(SLOTS, 2_000);
    expect(table.size).toBe(0);
    fill(name);
  }
  expect(table.reservedBytes).toBe(reservedBytes);
});

it('sweeps nobody before the time whose chunk had slots of another size when the sweep came by', () => {
  const table = new RecordTable();
  table.put(NO_SLOT, 'user', recordOf(300, 1), 4e12);
  table.sweep(1, 0);
  table.put(table.find('user'), 'user', recordOf(100, 1), 4e12);
  for (let i = 0; i < 10; i++) table.put(NO_SLOT, `user-${i}`, Buffer.alloc(100, 1), 4e12);
  table.sweep(SLOTS, 1e12);
  expect(table.size).toBe(11);
});

it('keeps no room for the sizes that records had before they grew', () => {
  const table = new RecordTable();
  for (let length = 40; length <= 310; length += 2) {
    for (let i = 0; i < 5_000; i++) {
      const userId = `user-${i}`;
      table.put(table.find(userId), userId, recordOf(length, 1), 1_000);
    }
  }
  expect(table.reservedBytes).toBeLessThan(2 * 5_000 * 320);
});
