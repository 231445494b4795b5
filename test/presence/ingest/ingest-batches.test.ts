import { beforeEach, describe, expect, it } from 'vitest';
import { LimitReachedError } from '../../../src/presence/errors.js';
import { settle } from '../../support/manual-clock.js';
import { IngestBench } from './ingest-bench.js';

let bench: IngestBench;
beforeEach(() => {
  bench = new IngestBench();
});

describe('a batch', () => {
  it('is sent when its first heartbeat has waited batchDelayMs', async () => {
    bench = new IngestBench({ batchDelayMs: 5 });
    bench.submit([bench.beat()]);
    await bench.clock.advance(4);
    bench.submit([bench.beat()]);
    expect(bench.store.records).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.store.records.map(({ heartbeats }) => heartbeats.length)).toEqual([2]);
    expect(bench.clock.timers).toBe(0);
    bench.submit([bench.beat()]);
    await bench.clock.advance(4);
    expect(bench.store.records).toHaveLength(1);
    await bench.clock.advance(1);
    expect(bench.store.records).toHaveLength(2);
  });

  it('is sent at batchSizeMax without waiting', async () => {
    bench = new IngestBench({ batchSizeMax: 10 });
    bench.submit(bench.beats(25));
    expect(bench.store.records.map(({ heartbeats }) => heartbeats.length)).toEqual([10]);
    await settle();
    expect(bench.store.records.map(({ heartbeats }) => heartbeats.length)).toEqual([10, 10, 5]);
    expect(bench.ingest.batches).toMatchObject({
      sizes: { count: 3, sum: 25 },
      latenciesMs: { count: 3 },
      retries: 0,
    });
  });

  it('of many that come at once is sent with those who wait, and what comes while it is recorded joins the next', async () => {
    bench.submit([bench.beat()]);
    bench.submit(bench.beats(49));
    expect(bench.store.records).toEqual([]);
    bench.submit(bench.beats(50));
    bench.submit(bench.beats(50));
    expect(bench.clock.timers).toBe(0);
    await settle();
    expect(bench.store.records.map(({ heartbeats }) => heartbeats.length)).toEqual([100, 50]);
  });

  it('holds the heartbeats of many callers, those of one user in the order they came', async () => {
    const submissions = Array.from({ length: 30 }, (_, i) =>
      bench.submit([bench.beat(i % 2 ? '0-odd' : '0-even', { sequence: i + 1 })]),
    );
    await bench.clock.advance(2);
    expect(bench.store.records).toHaveLength(1);
    const sequences = (userId: string) =>
      bench.store.records[0]?.heartbeats.filter((h) => h.userId === userId).map((h) => h.sequence);
    expect(sequences('0-odd')).toEqual(Array.from({ length: 15 }, (_, i) => 2 * i + 2));
    expect(sequences('0-even')).toEqual(Array.from({ length: 15 }, (_, i) => 2 * i + 1));
    expect(submissions.every(({ outcome }) => outcome === 'recorded')).toBe(true);
  });

  it('keeps the order of a user over batches too', async () => {
    bench = new IngestBench({ batchSizeMax: 3 });
    for (let i = 1; i <= 10; i++) bench.submit([bench.beat('0-alice', { sequence: i })]);
    await bench.clock.advance(2);
    const sequences = bench.store.records.flatMap(({ heartbeats }) => heartbeats.map((h) => h.sequence));
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(bench.ingest.counts.get('default')).toMatchObject({ recorded: 10, duplicate: 0, stale: 0 });
  });

  it('is of one lane and of one namespace', async () => {
    const userIds = ['0-a', '1-b', '0-c', '3-d', '1-e'];
    bench.submit(userIds.map((userId) => bench.beat(userId)));
    bench.submit([bench.beat('0-a'), bench.beat('3-f')], bench.other);
    await bench.clock.advance(2);
    const sent = bench.store.records.map(
      ({ namespace: name, lane, heartbeats }) =>
        `${name} ${lane}: ${heartbeats.map((h) => h.userId).join(' ')}`,
    );
    expect(sent.sort()).toEqual([
      'default 0: 0-a 0-c',
      'default 1: 1-b 1-e',
      'default 3: 3-d',
      'other 0: 0-a',
      'other 3: 3-f',
    ]);
    expect(bench.clock.timers).toBe(0);
  });

  it('is full by what its own lane holds', async () => {
    bench = new IngestBench({ batchSizeMax: 3 });
    bench.submit([...bench.beats(2, '0-a'), ...bench.beats(2, '1-b')]);
    expect(bench.store.records).toEqual([]);
    bench.submit([bench.beat('1-b', { sequence: 3 })]);
    expect(bench.store.records.map(({ lane }) => lane)).toEqual([1]);
  });
});

describe('beyond pendingMax', () => {
  beforeEach(() => {
    bench = new IngestBench({ pendingMax: 10 });
  });

  it('takes what just fits and refuses a whole submission that does not', async () => {
    const release = bench.holdRecords();
    const first = bench.submit(bench.beats(8));
    const tooMany = bench.submit(bench.beats(3, '1-b'));
    await settle();
    expect(tooMany.outcome).toBe(LimitReachedError.name);
    expect(bench.ingest.pending).toBe(8);
    expect(bench.ingest.admission.counts.refused).toBe(3);
    const fits = bench.submit(bench.beats(2, '1-b'));
    const oneMore = bench.submit([bench.beat('2-c')]);
    await bench.clock.advance(10);
    expect([first.outcome, fits.outcome, oneMore.outcome]).toEqual([
      'waiting',
      'waiting',
      LimitReachedError.name,
    ]);
    // Nothing of what was refused reached the store.
    expect(bench.store.records.map(({ lane, heartbeats }) => [lane, heartbeats.length])).toEqual([
      [0, 8],
      [1, 2],
    ]);
    release();
    await settle();
    expect([first.outcome, fits.outcome]).toEqual(['recorded', 'recorded']);
  });

  it('says which limit', async () => {
    await expect(bench.ingest.record(bench.namespace, bench.beats(11))).rejects.toThrow(
      'heartbeats waiting to be recorded: the limit of 10 is reached',
    );
  });

  it('has room again when heartbeats were recorded, and when they failed', async () => {
    const release = bench.holdRecords();
    bench.submit(bench.beats(10));
    await bench.clock.advance(2);
    release();
    await settle();
    bench.failLane(1);
    const failing = bench.submit(bench.beats(10, '1-b'));
    await bench.clock.advance(2);
    expect(failing.outcome).toBe(Error.name);
    const again = bench.submit(bench.beats(10, '2-c'));
    await bench.clock.advance(2);
    expect(again.outcome).toBe('recorded');
    expect(bench.ingest.pending).toBe(0);
  });
});
