import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { IdTable } from '../../../src/presence/watching/id-table.js';
import { seeded } from '../../support/replay.js';

let ids: IdTable;
beforeEach(() => {
  ids = new IdTable();
});

describe('IdTable', () => {
  it('finds the row of an id, and the id of a row', () => {
    ids.add(1, 'alice');
    ids.add(7, 'bob');
    expect([ids.find('alice'), ids.find('bob'), ids.find('carol')]).toEqual([1, 7, 0]);
    expect([ids.idOf(1), ids.idOf(7)]).toEqual(['alice', 'bob']);
    expect([ids.has(1), ids.has(2), ids.has(1_000)]).toEqual([true, false, false]);
  });

  it.each(['a', 'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(256), 'x'.repeat(65_534), 'ä€😀', '\u0000'])(
    'keeps every id as it is: %#',
    (id) => {
      ids.add(1, id);
      ids.add(2, `${id}x`.slice(-65_534));
      expect([ids.find(id), ids.idOf(1)]).toEqual([1, id]);
    },
  );

  it('tells ids apart that begin, or end, alike', () => {
    const all = ['user', 'user-1', 'user-10', 'user-1 ', 'a-user'];
    all.forEach((id, i) => {
      ids.add(i + 1, id);
    });
    expect(all.map((id) => ids.find(id))).toEqual([1, 2, 3, 4, 5]);
    expect(ids.find('')).toBe(0);
  });

  it('does what a Map would do, whatever is added and removed', () => {
    // Few different ids, so that they come and go; of lengths of one and of several cells.
    const anyId = fc.tuple(fc.nat(60), fc.constantFrom(0, 10, 30)).map(([n, pad]) => `${n}`.padEnd(pad, '-'));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), anyId), { maxLength: 300, size: 'max' }), (steps) => {
        const table = new IdTable();
        const model = new Map<string, number>();
        const free: number[] = [];
        for (const [isAdded, id] of steps) {
          const row = model.get(id);
          if (isAdded && row === undefined) {
            const taken = free.pop() ?? model.size + 1;
            model.set(id, taken);
            table.add(taken, id);
          } else if (!isAdded && row !== undefined) {
            model.delete(id);
            free.push(row);
            table.remove(row);
            expect([table.find(id), table.has(row)]).toEqual([0, false]);
          }
          expect(table.size).toBe(model.size);
        }
        for (const [id, row] of model) expect([table.find(id), table.idOf(row)]).toEqual([row, id]);
      }),
      { ...seeded(), numRuns: 300 },
    );
  });

  it('keeps a hundred thousand ids while they are replaced one by one', () => {
    const count = 100_000;
    for (let row = 1; row <= count; row++) ids.add(row, `old-${row}`);
    for (let row = 1; row <= count; row++) {
      ids.remove(row);
      ids.add(row, `new-${row}`);
    }
    let wrong = 0;
    for (let row = 1; row <= count; row++) {
      if (ids.find(`new-${row}`) !== row || ids.find(`old-${row}`) !== 0 || ids.idOf(row) !== `new-${row}`)
        wrong += 1;
    }
    expect({ wrong, size: ids.size }).toEqual({ wrong: 0, size: count });
  });
});
