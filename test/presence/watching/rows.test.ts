import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE, Rows } from '../../../src/presence/watching/columns.js';
import { RowLists } from '../../../src/presence/watching/row-lists.js';
import { RowQueue } from '../../../src/presence/watching/row-queue.js';
import { seeded } from '../../support/replay.js';

const anyRow = fc.integer({ min: 1, max: 40 });

describe('Rows', () => {
  it('gives out what was given back before it counts on', () => {
    const rows = new Rows();
    expect([rows.take(), rows.take(), rows.take()]).toEqual([1, 2, 3]);
    rows.giveBack(1);
    rows.giveBack(3);
    expect([rows.take(), rows.take(), rows.take()]).toEqual([3, 1, 4]);
    expect(rows.last).toBe(4);
  });
});

describe('RowLists', () => {
  it('do what arrays would do, whatever is appended and removed', () => {
    const lists = ['a', 'b', 'c'] as const;
    const anyStep = fc.tuple(fc.constantFrom(...lists), anyRow);
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200, size: 'max' }), (steps) => {
        const rowLists = new RowLists();
        const firsts = { a: NONE, b: NONE, c: NONE };
        const model = { a: [] as number[], b: [] as number[], c: [] as number[] };
        for (const [into, row] of steps) {
          const from = lists.find((name) => model[name].includes(row));
          expect(rowLists.has(row)).toBe(from !== undefined);
          if (from) {
            firsts[from] = rowLists.remove(firsts[from], row);
            model[from].splice(model[from].indexOf(row), 1);
          } else {
            firsts[into] = rowLists.append(firsts[into], row);
            model[into].push(row);
          }
        }
        for (const name of lists) {
          const rows: number[] = [];
          const first = firsts[name];
          for (let row = first; row !== NONE; row = rowLists.after(first, row)) rows.push(row);
          expect(rows).toEqual(model[name]);
        }
      }),
      { ...seeded(), numRuns: 300 },
    );
  });
});

describe('RowQueue', () => {
  it('holds a row once however often it is put in, and gives out the oldest first', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyRow), { maxLength: 200, size: 'max' }), (steps) => {
        const queue = new RowQueue();
        const model: number[] = [];
        for (const row of steps) {
          if (row === null) expect(queue.shift()).toBe(model.shift() ?? NONE);
          else {
            queue.push(row);
            if (!model.includes(row)) model.push(row);
          }
          expect(queue.size).toBe(model.length);
        }
      }),
      { ...seeded(), numRuns: 300 },
    );
  });

  it('never holds more than there are rows', () => {
    const queue = new RowQueue();
    for (let i = 0; i < 100_000; i++) queue.push(1 + (i % 1_000));
    expect(queue.size).toBe(1_000);
    expect([queue.shift(), queue.shift()]).toEqual([1, 2]);
  });
});
