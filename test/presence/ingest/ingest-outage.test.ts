import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../support/manual-clock.js';
import { IngestBench } from './ingest-bench.js';

let bench: IngestBench;
beforeEach(() => {
  bench = new IngestBench();
});

const sessionOf = async (userId: string) =>
  (await bench.store.read(bench.namespace, [userId]))[0]?.record?.sessions[0];

describe('while the store is away', () => {
  it('heartbeats wait, are tried again, and are acknowledged when they are recorded', async () => {
    const findStore = bench.loseStore();
    const first = bench.submit([bench.beat('0-alice', { sequence: 1 })]);
    await bench.clock.advance(1_000);
    const second = bench.submit([bench.beat('0-alice', { sequence: 2 }), bench.beat('1-bob')]);
    await bench.clock.advance(4_000);
    expect([first.outcome, second.outcome, bench.ingest.pending]).toEqual(['waiting', 'waiting', 3]);
    expect(bench.ingest.batches.retries).toBeGreaterThan(30);
    findStore();
    await bench.clock.advance(200);
    expect([first.outcome, second.outcome, bench.ingest.pending]).toEqual(['recorded', 'recorded', 0]);
  });

  it('they keep the time at which they were received', async () => {
    const findStore = bench.loseStore();
    const startUs = bench.clock.epochUs();
    bench.submit([bench.beat('0-alice', { sequence: 1 })]);
    await bench.clock.advance(1_000);
    bench.submit([bench.beat('0-alice', { sequence: 2 })]);
    await bench.clock.advance(60_000);
    findStore();
    await bench.clock.advance(200);
    const session = await sessionOf('0-alice');
    expect([session?.lastUs, session?.sequence]).toEqual([startUs + 1_000_000, 2]);
    expect(session?.window.samplesMs()).toEqual([1_000]);
  });

  it('says how old the oldest of them is', async () => {
    expect(bench.ingest.oldestPendingMs).toBeUndefined();
    const findStore = bench.loseStore();
    await bench.clock.advance(500);
    const receivedMs = bench.clock.nowMs();
    bench.submit([bench.beat('2-carol')]);
    await bench.clock.advance(700);
    bench.submit([bench.beat('1-bob')]);
    await bench.clock.advance(700);
    expect(bench.ingest.oldestPendingMs).toBe(receivedMs);
    findStore();
    await bench.clock.advance(200);
    expect(bench.ingest.oldestPendingMs).toBeUndefined();
  });

  it('a leave waits in its place', async () => {
    const findStore = bench.loseStore(0);
    bench.submit([bench.beat('0-alice', { sequence: 1 })]);
    let left = false;
    const leaving = bench.ingest.leave(bench.namespace, '0-alice', '').then(() => {
      left = true;
    });
    await bench.clock.advance(1_000);
    bench.submit([bench.beat('0-alice', { sequence: 2 })]);
    await bench.clock.advance(1_000);
    expect(left).toBe(false);
    findStore();
    await bench.clock.advance(200);
    await leaving;
    expect(bench.store.calls.slice(-2)).toEqual(['leave', 'record']);
    expect((await sessionOf('0-alice'))?.left).toBe(false);
  });

  it('lanes that have an answer go on', async () => {
    bench.loseStore(0);
    const lost = bench.submit([bench.beat('0-alice')]);
    const kept = bench.submit([bench.beat('1-bob')]);
    await bench.clock.advance(1_000);
    expect([lost.outcome, kept.outcome]).toEqual(['waiting', 'recorded']);
  });

  it('a node that stops fails what it cannot record, and waits no longer', async () => {
    bench.loseStore();
    const submissions = [bench.submit([bench.beat('0-alice')]), bench.submit([bench.beat('1-bob')])];
    await bench.clock.advance(1_000);
    const late = bench.submit([bench.beat('0-alice')]);
    bench.ingest.giveUp();
    await bench.ingest.drain();
    await settle();
    expect([...submissions, late].map(({ outcome }) => outcome)).toEqual(
      Array(3).fill('StoreUnavailableError'),
    );
    expect({ pending: bench.ingest.pending, timers: bench.clock.timers }).toEqual({ pending: 0, timers: 0 });
  });
});
