import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordTable } from '../../src/store/record/table.js';

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
      const model = new Map<string, { record: Buffer; expiresS: number }>();
      steps.forEach(({ user, length, expiresS, sweepAtS }, i) => {
        const userId = `user-${user}`;
        const record = recordOf(length, i);
        table.put(userId, record, expiresS * 1000);
        model.set(userId, { record, expiresS });
        if (sweepAtS !== null) {
          // Twice: the first sweep ends where the turn before began.
          for (let round = 0; round < 2; round++) table.sweep(model.size + 1, sweepAtS * 1000);
          for (const [key, known] of model) if (known.expiresS <= sweepAtS) model.delete(key);
        }
        expect(table.size).toBe(model.size);
      });
      for (let user = 0; user <= 30; user++) {
        expect(table.get(`user-${user}`)).toEqual(model.get(`user-${user}`)?.record);
      }
    }),
  );
});

it('gives slots of those swept to those who come', () => {
  const table = new RecordTable();
  const fill = (name: string) => {
    for (let i = 0; i < 5_000; i++) table.put(`${name}-${i}`, recordOf(300, i), 1_000);
  };
  fill('first');
  const { reservedBytes } = table;
  expect(reservedBytes).toBeGreaterThanOrEqual(5_000 * 300);
  for (const name of ['second', 'third', 'fourth']) {
    table.sweep(table.size + 1, 2_000);
    table.sweep(table.size + 1, 2_000);
    expect(table.size).toBe(0);
    fill(name);
  }
  expect(table.reservedBytes).toBe(reservedBytes);
});

it('keeps no room for the sizes that records had before they grew', () => {
  const table = new RecordTable();
  for (let length = 40; length <= 310; length += 2) {
    for (let i = 0; i < 5_000; i++) table.put(`user-${i}`, recordOf(length, 1), 1_000);
  }
  expect(table.reservedBytes).toBeLessThan(2 * 5_000 * 320);
});
