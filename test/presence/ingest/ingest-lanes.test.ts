import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../support/manual-clock.js';
import { seeded } from '../../support/replay.js';
import { IngestBench } from './ingest-bench.js';

let bench: IngestBench;
beforeEach(() => {
  bench = new IngestBench();
});

const sizes = () => bench.store.records.map(({ lane, heartbeats }) => `${lane}: ${heartbeats.length}`);

describe('on a lane', () => {
  it('one batch follows another, and what comes meanwhile is the next', async () => {
    const release = bench.holdRecords();
    bench.submit([bench.beat('0-a')]);
    await bench.clock.advance(2);
    for (let i = 0; i < 5; i++) {
      bench.submit([bench.beat('0-b'), bench.beat('0-c')]);
      await bench.clock.advance(3);
    }
    expect(sizes()).toEqual(['0: 1']);
    release();
    await settle();
    expect(sizes()).toEqual(['0: 1', '0: 10']);
    expect(bench.ingest.pending).toBe(0);
  });

  it('what comes meanwhile fills batches of batchSizeMax, which go one by one', async () => {
    bench = new IngestBench({ batchSizeMax: 4 });
    const releases: (() => void)[] = [];
    bench.store.beforeRecord = () => new Promise((resolve) => releases.push(resolve));
    bench.submit(bench.beats(10));
    for (const sent of [['0: 4'], ['0: 4', '0: 4'], ['0: 4', '0: 4', '0: 2']]) {
      await settle();
      expect(sizes()).toEqual(sent);
      releases.shift()?.();
    }
    await settle();
    expect(bench.ingest.pending).toBe(0);
  });

  it('what comes while a batch is recorded waits for company as any other', async () => {
    const release = bench.holdRecords();
    bench.submit([bench.beat('0-a')]);
    await bench.clock.advance(2);
    bench.submit([bench.beat('0-b')]);
    release();
    await settle();
    expect(sizes()).toEqual(['0: 1']);
    bench.submit([bench.beat('0-c')]);
    await bench.clock.advance(2);
    expect(sizes()).toEqual(['0: 1', '0: 2']);
  });

  it('batches of several namespaces follow one another, too', async () => {
    const release = bench.holdRecords();
    bench.submit([bench.beat('0-a')]);
    bench.submit([bench.beat('0-a')], bench.other);
    bench.submit([bench.beat('0-b')]);
    await bench.clock.advance(2);
    expect(bench.store.records.map(({ namespace }) => namespace)).toEqual(['default']);
    release();
    await settle();
    expect(bench.store.records.map(({ namespace }) => namespace)).toEqual(['default', 'other']);
  });

  it('a batch does not wait for those of other lanes', async () => {
    bench.store.beforeRecord = ({ lane }) => (lane === 0 ? new Promise(() => {}) : Promise.resolve());
    const held = bench.submit([bench.beat('0-a')]);
    await bench.clock.advance(2);
    const free = bench.submit([bench.beat('1-b')]);
    await bench.clock.advance(2);
    expect([held.outcome, free.outcome]).toEqual(['waiting', 'recorded']);
  });
});

type Step =
  | { readonly kind: 'beats'; readonly users: readonly number[]; readonly other: boolean }
  | { readonly kind: 'leave'; readonly user: number; readonly other: boolean }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'answer'; readonly which: number; readonly fails: boolean };

const user = fc.integer({ min: 0, max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('beats' as const),
    users: fc.array(user, { minLength: 1, maxLength: 9 }),
    other: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('leave' as const), user, other: fc.boolean() }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant('answer' as const), which: fc.nat(3), fails: fc.boolean() }),
);

/** Whoever ingests, in whatever order the store answers: what must hold. */
it('records everything once and in order, one call of the store on a lane at a time, whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      bench = new IngestBench({ batchSizeMax: 5, pendingMax: 40 });
      const { store, ingest, clock } = bench;
      /** Calls that the store has not answered, by lane, and what reached it of each user. */
      const busy = new Map<number, (fails: boolean) => void>();
      const reached = new Map<string, number[]>();
      const call = (lane: number, work: readonly (readonly [userId: string, number: number])[]) => {
        expect(busy.has(lane)).toBe(false);
        for (const [userId, n] of work) reached.set(userId, [...(reached.get(userId) ?? []), n]);
        return new Promise<void>((resolve, reject) => {
          busy.set(lane, (fails) => (fails ? reject(new Error('refused')) : resolve()));
        });
      };
      store.beforeRecord = ({ namespace, lane, heartbeats }) => {
        expect(heartbeats.length).toBeLessThanOrEqual(5);
        return call(
          lane,
          heartbeats.map((h) => [`${namespace} ${h.userId}`, h.sequence]),
        );
      };
      store.leave = ({ name }, { userId, sessionId }) =>
        call(store.laneOf(userId), [[`${name} ${userId}`, Number(sessionId)]]).then(() => undefined);
      const answer = (which: number, fails: boolean) => {
        const lane = [...busy.keys()][which % Math.max(1, busy.size)];
        if (lane === undefined) return;
        busy.get(lane)?.(fails);
        busy.delete(lane);
      };

      let accepted = 0;
      let settled = 0;
      const sent = new Map<string, number[]>();
      /** Hands work in; it is refused as a whole where there is no room for all of it. */
      const hand = (work: readonly (readonly [string, number])[], call: () => Promise<unknown>) => {
        const fits = ingest.pending + work.length <= 40;
        if (fits) {
          accepted += work.length;
          for (const [userId, n] of work) sent.set(userId, [...(sent.get(userId) ?? []), n]);
        }
        const done = () => {
          if (fits) settled += work.length;
        };
        call().then(done, (error: Error) => {
          expect(error.name).toBe(fits ? 'Error' : 'LimitReachedError');
          done();
        });
      };
      let number = 0;
      for (const next of steps) {
        if (next.kind === 'advance') await clock.advance(next.ms);
        else if (next.kind === 'answer') answer(next.which, next.fails);
        else {
          const namespace = next.other ? bench.other : bench.namespace;
          if (next.kind === 'leave') {
            number += 1;
            const userId = `${next.user}-user`;
            hand([[`${namespace.name} ${userId}`, number]], () =>
              ingest.leave(namespace, userId, String(number)),
            );
          } else {
            const beats = next.users.map((u) => bench.beat(`${u}-user`, { sequence: ++number }));
            const work = beats.map((h) => [`${namespace.name} ${h.userId}`, h.sequence] as const);
            hand(work, () => ingest.record(namespace, beats));
          }
        }
        await settle();
        expect(ingest.pending).toBeLessThanOrEqual(40);
      }
      const drained = ingest.drain();
      while (ingest.pending > 0) {
        answer(0, false);
        await settle();
      }
      await drained;
      await settle();
      expect(settled).toBe(accepted);
      expect(reached).toEqual(sent);
      expect(clock.timers).toBe(0);
    }),
    { ...seeded(), numRuns: 200 },
  );
});
