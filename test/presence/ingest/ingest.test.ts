import { beforeEach, describe, expect, it } from 'vitest';
import { LimitReachedError } from '../../../src/presence/errors.js';
import type { ReceivedHeartbeat } from '../../../src/store/store.js';
import { deferred } from '../../support/faulty-store.js';
import { settle } from '../../support/manual-clock.js';
import { IngestBench } from './ingest-bench.js';

let bench: IngestBench;
beforeEach(() => {
  bench = new IngestBench();
});

describe('a heartbeat is acknowledged', () => {
  it('when the store has recorded it, not before', async () => {
    const release = bench.holdRecords();
    const submission = bench.submit([bench.beat()]);
    await bench.clock.advance(1_000);
    expect(bench.store.records).toHaveLength(1);
    expect(submission.outcome).toBe('waiting');
    expect(bench.ingest.pending).toBe(1);
    release();
    await settle();
    expect(submission.outcome).toBe('recorded');
    expect(bench.ingest.pending).toBe(0);
    expect((await bench.store.read(bench.namespace, ['0-alice']))[0]?.record).toBeDefined();
  });

  it('when all heartbeats of its submission are, though in several batches', async () => {
    const { promise, resolve } = deferred();
    bench.store.beforeRecord = async ({ lane }) => {
      if (lane === 2) await promise;
    };
    const submission = bench.submit([bench.beat('0-a'), bench.beat('1-b'), bench.beat('2-c')]);
    await bench.clock.advance(2);
    expect(bench.ingest.pending).toBe(1);
    expect(submission.outcome).toBe('waiting');
    resolve();
    await settle();
    expect(submission.outcome).toBe('recorded');
  });

  it('at once when there is none', async () => {
    await bench.ingest.record(bench.namespace, []);
    await bench.clock.advance(10);
    expect(bench.store.records).toEqual([]);
  });

  it('at the time it was received, however long it waited for company', async () => {
    const receivedUs = bench.clock.epochUs();
    bench.submit([bench.beat()]);
    await bench.clock.advance(2);
    const [reading] = await bench.store.read(bench.namespace, ['0-alice']);
    expect(reading?.record?.sessions[0]?.lastUs).toBe(receivedUs);
  });
});

describe('a batch that the store refuses', () => {
  it('fails the submissions with a heartbeat in it, and no other', async () => {
    bench.failLane(1);
    const submissions = [
      bench.submit([bench.beat('0-a')]),
      bench.submit([bench.beat('1-b')]),
      bench.submit([bench.beat('0-c'), bench.beat('1-d'), bench.beat('2-e')]),
      bench.submit([bench.beat('2-f'), bench.beat('3-g')]),
    ];
    await bench.clock.advance(2);
    const [recorded, failed] = ['recorded', Error.name];
    expect(submissions.map(({ outcome }) => outcome)).toEqual([recorded, failed, failed, recorded]);
    // What went to the other lanes is recorded all the same.
    const readings = await bench.store.read(bench.namespace, ['0-c', '1-d', '2-e']);
    expect(readings.map(({ record }) => record !== undefined)).toEqual([true, false, true]);
    expect(bench.ingest.counts.get('default')).toMatchObject({ recorded: 5, failed: 2 });
    expect(bench.ingest.pending).toBe(0);
  });

  it('does not keep the next from being recorded', async () => {
    bench.failLane(0);
    bench.submit([bench.beat()]);
    await bench.clock.advance(2);
    bench.store.beforeRecord = undefined;
    const submission = bench.submit([bench.beat()]);
    await bench.clock.advance(2);
    expect(submission.outcome).toBe('recorded');
  });

  it('answers a submission of several lanes once all of them have answered', async () => {
    const { promise, resolve } = deferred();
    bench.store.beforeRecord = async ({ lane }) => {
      if (lane === 0) throw new Error('refused');
      await promise;
    };
    const submission = bench.submit([bench.beat('0-a'), bench.beat('1-b')]);
    await bench.clock.advance(2);
    expect(submission.outcome).toBe('waiting');
    resolve();
    await settle();
    expect(submission.outcome).toBe(Error.name);
  });
});

describe('a word of the visibility', () => {
  it('is recorded after what came before it of the user, and before what comes later', async () => {
    const release = bench.holdRecords();
    const [before, after] = [1, 2].map((sequence) => bench.beat('0-alice', { sequence }));
    bench.submit([before as ReceivedHeartbeat]);
    await bench.clock.advance(2);
    const said = bench.ingest.setVisibility(bench.namespace, '0-alice', false);
    const later = bench.submit([after as ReceivedHeartbeat]);
    await bench.clock.advance(10);
    release();
    await said;
    await settle();
    expect([bench.store.calls, later.outcome]).toEqual([['record', 'setVisibility', 'record'], 'recorded']);
    const [reading] = await bench.store.read(bench.namespace, ['0-alice']);
    expect(reading?.record?.sessions).toMatchObject([{ left: true, sequence: 1 }]);
    expect(reading?.unseen?.sessions).toMatchObject([{ left: false, sequence: 2 }]);
  });

  it('takes room as a heartbeat does', async () => {
    bench = new IngestBench({ pendingMax: 1 });
    const release = bench.holdRecords();
    bench.submit([bench.beat('0-alice')]);
    await expect(bench.ingest.setVisibility(bench.namespace, '0-alice', false)).rejects.toThrow(
      LimitReachedError,
    );
    release();
  });
});

describe('leave', () => {
  it('follows the heartbeats of the user that came before it', async () => {
    const submission = bench.submit([bench.beat('0-alice'), bench.beat('1-bob')]);
    await bench.ingest.leave(bench.namespace, '0-alice', '');
    await settle();
    expect(bench.store.calls).toEqual(['record', 'leave']);
    expect(submission.outcome).toBe('waiting');
    const [reading] = await bench.store.read(bench.namespace, ['0-alice']);
    expect(reading?.record?.sessions.map(({ left }) => left)).toEqual([true]);
    // The other lane had no reason to hurry.
    await bench.clock.advance(2);
    expect(bench.store.records.map(({ lane }) => lane)).toEqual([0, 1]);
    expect(submission.outcome).toBe('recorded');
  });

  it('of a user with nothing waiting goes to the store at once', async () => {
    bench.submit([bench.beat('0-alice')]);
    await bench.ingest.leave(bench.namespace, '1-bob', '');
    expect(bench.store.calls).toEqual(['leave']);
  });

  it('waits for the heartbeats of the user that are being recorded, and goes before those that came later', async () => {
    const release = bench.holdRecords();
    bench.submit([bench.beat('0-alice', { sequence: 1 })]);
    await bench.clock.advance(2);
    const left = bench.ingest.leave(bench.namespace, '0-alice', '');
    bench.submit([bench.beat('0-alice', { sequence: 2 })]);
    await bench.clock.advance(10);
    expect(bench.store.calls).toEqual(['record']);
    release();
    await left;
    await settle();
    expect(bench.store.calls).toEqual(['record', 'leave', 'record']);
  });

  it('goes also when the heartbeats before it could not be recorded', async () => {
    bench.failLane(0);
    bench.submit([bench.beat('0-alice')]);
    await bench.ingest.leave(bench.namespace, '0-alice', '');
    expect(bench.store.calls).toEqual(['record', 'leave']);
  });

  it('takes room as a heartbeat does, and is refused where there is none', async () => {
    bench = new IngestBench({ pendingMax: 2 });
    const release = bench.holdRecords();
    bench.submit([bench.beat('0-alice')]);
    const left = bench.ingest.leave(bench.namespace, '0-alice', '');
    expect(bench.ingest.pending).toBe(2);
    await expect(bench.ingest.leave(bench.namespace, '1-bob', '')).rejects.toThrow(LimitReachedError);
    release();
    await left;
    await settle();
    expect(bench.ingest.pending).toBe(0);
  });
});

describe('drain', () => {
  it('sends what waits and resolves when all of it was recorded or failed', async () => {
    const release = bench.holdRecords();
    const early = bench.submit(bench.beats(3, '0-a'));
    await bench.clock.advance(2);
    const late = bench.submit([bench.beat('1-b'), bench.beat('2-c')]);
    let drained = false;
    const draining = bench.ingest.drain().then(() => {
      drained = true;
    });
    await settle();
    expect(bench.store.records.map(({ lane }) => lane)).toEqual([0, 1, 2]);
    expect(drained).toBe(false);
    release();
    await draining;
    expect([early.outcome, late.outcome]).toEqual(['recorded', 'recorded']);
    expect({ pending: bench.ingest.pending, timers: bench.clock.timers }).toEqual({ pending: 0, timers: 0 });
  });

  it('resolves at once when nothing waits, and when the store refuses what does', async () => {
    await bench.ingest.drain();
    bench.failLane(0);
    const submission = bench.submit([bench.beat()]);
    await bench.ingest.drain();
    expect(submission.outcome).toBe(Error.name);
  });
});

describe('counts', () => {
  it('say what became of the heartbeats of each namespace', async () => {
    const at = async (ms: number, heartbeat: Partial<ReceivedHeartbeat>) => {
      await bench.clock.advance(ms);
      bench.submit([bench.beat('0-alice', heartbeat)]);
      await bench.clock.advance(2);
    };
    await at(0, { sequence: 1 });
    await at(998, { sequence: 2 });
    await at(998, { sequence: 2 });
    await at(998, { sequence: 6 });
    // Nine seconds late, then what the queue held back, at once.
    await at(9_998, { sequence: 7 });
    await at(8, { sequence: 8 });
    await at(8, { sequence: 9, receivedMs: bench.clock.nowMs() - 5_000 });
    bench.submit([bench.beat()], bench.other);
    await bench.clock.advance(2);
    bench.failLane(0);
    bench.submit(bench.beats(4));
    await bench.clock.advance(2);
    const quiet = {
      rejected: 0,
      refused: 0,
      displacing: 0,
      firstSeen: 0,
      late: 0,
      duplicate: 0,
      burst: 0,
      stale: 0,
      lost: 0,
      failed: 0,
    };
    expect(Object.fromEntries(bench.ingest.counts)).toEqual({
      default: {
        ...quiet,
        recorded: 7,
        firstSeen: 1,
        late: 1,
        duplicate: 1,
        burst: 1,
        stale: 1,
        lost: 3,
        failed: 4,
      },
      other: { ...quiet, recorded: 1, firstSeen: 1 },
    });
  });
});
