import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerQueue } from '../../../src/presence/watching/timers.js';
import { ManualClock } from '../../support/manual-clock.js';
import { randomNumbers, seeded } from '../../support/replay.js';

/** A queue on a clock, with what fired and when. Entries have ids from 0; rows begin at 1. */
function startQueue(clock = new ManualClock()) {
  const fired: { id: number; dueMs: number; atMs: number }[] = [];
  const onFire: { hook: (due: number[]) => void } = { hook: () => {} };
  const armed: number[] = [];
  const queue = new TimerQueue(clock, (rows) => {
    const due = rows.map((row) => row - 1);
    for (const id of due) fired.push({ id, dueMs: armed[id] as number, atMs: clock.nowMs() });
    onFire.hook(due);
  });
  const arm = (id: number, dueMs: number) => {
    armed[id] = dueMs;
    queue.arm(id + 1, dueMs);
  };
  const cancel = (id: number) => queue.cancel(id + 1);
  const dueMs = (id: number) => queue.dueMs(id + 1);
  return { clock, queue, fired, onFire, arm, cancel, dueMs };
}

describe('TimerQueue', () => {
  it('fires every entry once, at its time, the earliest first', async () => {
    const { clock, queue, fired, arm } = startQueue();
    const random = randomNumbers(1);
    const startMs = clock.nowMs();
    for (let id = 0; id < 500; id++) arm(id, startMs + random() * 10_000);
    await clock.advance(10_000);
    expect(fired.map(({ atMs }) => atMs)).toEqual(fired.map(({ dueMs }) => dueMs));
    expect(fired.map(({ dueMs }) => dueMs)).toEqual(fired.map(({ dueMs }) => dueMs).sort((a, b) => a - b));
    expect(new Set(fired.map(({ id }) => id)).size).toBe(500);
    expect(queue.size).toBe(0);
    await clock.advance(100_000);
    expect(fired).toHaveLength(500);
    expect(clock.timers).toBe(0);
  });

  it('fires in one call what one instant makes due', async () => {
    const { clock, onFire, arm } = startQueue();
    const calls: number[] = [];
    onFire.hook = (due) => calls.push(due.length);
    for (let id = 0; id < 300; id++) arm(id, clock.nowMs() + (id % 3) * 10);
    await clock.advance(100);
    expect(calls).toEqual([100, 100, 100]);
  });

  it('fires at once what is already due when it is armed', async () => {
    const { clock, fired, arm } = startQueue();
    arm(0, clock.nowMs() - 500);
    expect(fired).toEqual([]);
    await clock.advance(0);
    expect(fired).toHaveLength(1);
  });

  it('does what a list of deadlines would do, whatever is armed, moved and cancelled', async () => {
    const operation = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('arm' as const),
          id: fc.nat(19),
          delayMs: fc.oneof(
            fc.integer({ min: -20, max: 400 }).map((quarters) => quarters / 4),
            // Beyond today, and beyond a year, of the calendar.
            fc.integer({ min: -600_000, max: 600_000 }).map((quarters) => quarters / 4),
          ),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), id: fc.nat(19) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('pass', 'stall'),
          ms: fc.oneof(fc.nat(60), fc.nat(100_000)),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 80, size: 'max' }), async (operations) => {
        const { clock, queue, fired, arm, cancel, dueMs } = startQueue();
        const armed = new Map<number, number>();
        for (const op of operations) {
          fired.length = 0;
          if ('ms' in op) {
            if (op.kind === 'stall') clock.stall(op.ms);
            await clock.advance(op.kind === 'pass' ? op.ms : 0);
          } else if (op.kind === 'arm') {
            armed.set(op.id, clock.nowMs() + op.delayMs);
            arm(op.id, clock.nowMs() + op.delayMs);
          } else {
            armed.delete(op.id);
            cancel(op.id);
          }
          const due = 'ms' in op ? [...armed].filter(([, dueMs]) => dueMs <= clock.nowMs()) : [];
          for (const [id] of due) armed.delete(id);
          const inOrder = (list: [number, number][]) => list.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
          expect(inOrder(fired.map(({ id, dueMs }) => [id, dueMs]))).toEqual(inOrder(due));
          const wrong = fired.filter(
            ({ dueMs, atMs }, i) => atMs < dueMs || dueMs < (fired[i - 1]?.dueMs ?? dueMs),
          );
          expect(wrong).toEqual([]);
          expect(queue.size).toBe(armed.size);
          const ids = Array.from({ length: 20 }, (_, id) => id);
          expect(ids.map(dueMs)).toEqual(ids.map((id) => armed.get(id) ?? Number.POSITIVE_INFINITY));
          expect(clock.timers).toBeLessThanOrEqual(1);
          if (armed.size > 0) expect(clock.timers).toBe(1);
        }
      }),
      { ...seeded(), numRuns: 300 },
    );
  });

  it('keeps a million deadlines, half of them moved and a third cancelled, in order', async () => {
    const { clock, queue, fired, arm, cancel, dueMs } = startQueue();
    const random = randomNumbers(2);
    const startMs = clock.nowMs();
    const count = 1_000_000;
    for (let id = 0; id < count; id++) arm(id, startMs + random() * 60_000);
    for (let id = 0; id < count; id += 2) arm(id, startMs + random() * 60_000);
    for (let id = 0; id < count; id += 3) cancel(id);
    const kept = count - Math.ceil(count / 3);
    expect(queue.size).toBe(kept);
    expect(clock.timers).toBe(1);

    const dueBy = (ms: number) => {
      let due = 0;
      for (let id = 0; id < count; id++) if (id % 3 !== 0 && dueMs(id) <= startMs + ms) due += 1;
      return due;
    };
    const dueFirst = dueBy(30_000);
    // In two long pieces, so that the order is the queue's and not that of the clock.
    clock.stall(30_000);
    await clock.advance(0);
    expect(fired.length).toBe(dueFirst);
    expect(queue.size).toBe(kept - fired.length);
    clock.stall(30_000);
    await clock.advance(0);
    expect(fired.length).toBe(kept);
    expect(queue.size).toBe(0);
    let disordered = 0;
    let twice = 0;
    const seen = new Uint8Array(count);
    for (const [i, { id, dueMs }] of fired.entries()) {
      if (dueMs < (fired[i - 1]?.dueMs ?? 0)) disordered += 1;
      if (seen[id] || id % 3 === 0) twice += 1;
      seen[id] = 1;
    }
    expect({ disordered, twice }).toEqual({ disordered: 0, twice: 0 });
    expect(clock.timers).toBe(0);
  });
});

describe('a deadline that has moved', () => {
  function startMoving(movedTo: Map<number, number>) {
    const clock = new ManualClock();
    const fired: [row: number, atMs: number][] = [];
    const asked: number[] = [];
    const notBeforeMs = (row: number) => {
      asked.push(row);
      return movedTo.get(row) ?? 0;
    };
    const fire = (rows: number[]) => rows.forEach((row) => void fired.push([row, clock.nowMs()]));
    return { clock, fired, asked, queue: new TimerQueue(clock, fire, notBeforeMs) };
  }

  it('is asked for when its time is near, and is then the one that counts', async () => {
    const startMs = new ManualClock().nowMs();
    const { clock, fired, asked, queue } = startMoving(
      new Map([
        [1, startMs + 40_000.5],
        [2, startMs + 400],
      ]),
    );
    for (const row of [1, 2, 3]) queue.arm(row, startMs + 10_000);
    await clock.advance(9_900);
    expect(asked).toEqual([]);
    await clock.advance(99);
    expect([...asked].sort()).toEqual([1, 2, 3]);
    expect(queue.dueMs(1)).toBe(startMs + 40_000.5);
    await clock.advance(100_000);
    expect(fired).toEqual([
      [2, startMs + 10_000],
      [3, startMs + 10_000],
      [1, startMs + 40_000.5],
    ]);
  });

  it('costs no waking of its own: a thousand that have moved wake as often as one', async () => {
    const startMs = new ManualClock().nowMs();
    const moved = new Map(Array.from({ length: 1_000 }, (_, i) => [i + 1, startMs + 60_000] as const));
    const { clock, fired, queue } = startMoving(moved);
    for (const row of moved.keys()) queue.arm(row, startMs + 1_000 + row / 1_000);
    await clock.advance(59_000);
    expect(fired).toEqual([]);
    await clock.advance(1_000);
    expect(fired).toHaveLength(1_000);
    expect(new Set(fired.map(([, atMs]) => atMs))).toEqual(new Set([startMs + 60_000]));
  });
});

describe('the one system timer', () => {
  it('is moved, not multiplied, when something earlier is armed', async () => {
    const { clock, fired, arm } = startQueue();
    for (let id = 0; id < 100; id++) {
      arm(id, clock.nowMs() + 1_000 - id);
      expect(clock.timers).toBe(1);
    }
    await clock.advance(901);
    expect(fired.map(({ id }) => id)).toEqual([99]);
    expect(clock.timers).toBe(1);
  });

  it('wakes once for nothing when all was cancelled, and is not set again', async () => {
    const { clock, fired, arm, cancel } = startQueue();
    for (let id = 0; id < 10; id++) arm(id, clock.nowMs() + 100 + id);
    for (let id = 0; id < 10; id++) cancel(id);
    expect(clock.timers).toBeLessThanOrEqual(1);
    await clock.advance(200);
    expect(fired).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('sleeps in pieces that setTimeout can, for a deadline months away', async () => {
    const delaysMs: number[] = [];
    class Recording extends ManualClock {
      override after(delayMs: number, fire: () => void) {
        delaysMs.push(delayMs);
        return super.after(delayMs, fire);
      }
    }
    const { clock, fired, arm } = startQueue(new Recording());
    const farMs = clock.nowMs() + 60 * 86_400_000 + 0.25;
    arm(0, farMs);
    // A nearer one, beyond the first piece too, is not forgotten over the sleep.
    arm(1, clock.nowMs() + 5 * 3_600_000);
    await clock.advance(60 * 86_400_000);
    expect(fired.map(({ id }) => id)).toEqual([1]);
    await clock.advance(1);
    expect(fired.at(-1)).toEqual({ id: 0, dueMs: farMs, atMs: farMs });
    expect(Math.max(...delaysMs)).toBeLessThan(2 ** 31);
  });

  it('that fires a fraction too early, as setTimeout does, brings nothing before its time', async () => {
    // Node cuts a delay down to whole milliseconds, 1 at least.
    class Truncating extends ManualClock {
      override after(delayMs: number, fire: () => void) {
        return super.after(Math.max(1, Math.trunc(delayMs)), fire);
      }
    }
    const { clock, fired, arm } = startQueue(new Truncating());
    const random = randomNumbers(3);
    for (let id = 0; id < 200; id++) arm(id, clock.nowMs() + random() * 1_000);
    await clock.advance(1_001);
    expect(fired).toHaveLength(200);
    for (const { atMs, dueMs } of fired) {
      expect(atMs).toBeGreaterThanOrEqual(dueMs);
      expect(atMs - dueMs).toBeLessThanOrEqual(1);
    }
  });
});

describe('while it fires', () => {
  it('an entry may be armed again, for later and for now', async () => {
    const { clock, queue, fired, onFire, arm } = startQueue();
    const startMs = clock.nowMs();
    let again = 0;
    onFire.hook = ([first]) => {
      if (again++ < 3) arm(first as number, clock.nowMs() + (again === 2 ? 0 : 50));
    };
    arm(0, startMs + 10);
    await clock.advance(1_000);
    expect(fired.map(({ atMs }) => atMs - startMs)).toEqual([10, 60, 60, 110]);
    expect(queue.size).toBe(0);
  });

  it('others may be armed, moved and cancelled', async () => {
    const { clock, fired, onFire, arm, cancel } = startQueue();
    const startMs = clock.nowMs();
    onFire.hook = () => {
      onFire.hook = () => {};
      arm(1, startMs + 20);
      arm(2, startMs + 400);
      cancel(3);
      arm(4, startMs + 30);
    };
    for (const id of [0, 1, 2, 3]) arm(id, startMs + 10 + id * 50);
    await clock.advance(1_000);
    expect(fired.map(({ id, atMs }) => [id, atMs - startMs])).toEqual([
      [0, 10],
      [1, 20],
      [4, 30],
      [2, 400],
    ]);
  });

  it('one that is due in the same call fires in it, and once more when it was armed for later', async () => {
    const { clock, fired, onFire, arm } = startQueue();
    const startMs = clock.nowMs();
    onFire.hook = () => {
      onFire.hook = () => {};
      arm(1, startMs + 90);
    };
    arm(0, startMs + 10);
    arm(1, startMs + 10);
    await clock.advance(1_000);
    expect(fired.map(({ id, atMs }) => [id, atMs - startMs])).toEqual([
      [0, 10],
      [1, 10],
      [1, 90],
    ]);
  });

  it('it may be closed: nothing fires any more', async () => {
    const { clock, queue, fired, arm, cancel, dueMs } = startQueue();
    arm(0, clock.nowMs() + 10);
    arm(1, clock.nowMs() + 20);
    await clock.advance(15);
    queue.close();
    expect(clock.timers).toBe(0);
    expect([dueMs(1), queue.size]).toEqual([Number.POSITIVE_INFINITY, 0]);
    cancel(1);
    await clock.advance(1_000);
    expect(fired.map(({ id }) => id)).toEqual([0]);
  });
});
