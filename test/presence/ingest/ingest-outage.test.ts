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

describe('when there is no room for what waits', () => {
  beforeEach(() => {
    bench = new IngestBench({ pendingMax: 4 });
  });

  it('a heartbeat that comes alone takes the place of an older one of its session, whose caller is told', async () => {
    const findStore = bench.loseStore();
    // On their way to the store: their place is not to be had.
    const sent = bench.submit([bench.beat('0-alice', { sequence: 1 })]);
    await bench.clock.advance(1_000);
    const old = bench.submit([bench.beat('0-alice', { sequence: 2 })]);
    const others = [bench.submit([bench.beat('0-bob')]), bench.submit([bench.beat('0-carol')])];
    await bench.clock.advance(1_000);
    const newerMs = bench.clock.nowMs();
    const newer = bench.submit([bench.beat('0-alice', { sequence: 3 })]);
    const stranger = bench.submit([bench.beat('0-dave')]);
    await settle();
    expect([old.outcome, newer.outcome, stranger.outcome]).toEqual([
      'StoreUnavailableError',
      'waiting',
      'LimitReachedError',
    ]);
    expect(bench.ingest.admission.counts).toMatchObject({ replaced: 1, refused: 1 });
    expect(bench.ingest.pending).toBe(4);
    findStore();
    await bench.clock.advance(200);
    expect([sent, newer, ...others].map(({ outcome }) => outcome)).toEqual(Array(4).fill('recorded'));
    const session = await sessionOf('0-alice');
    expect([session?.sequence, (session?.lastUs ?? 0) / 1000 - newerMs]).toEqual([
      3,
      bench.clock.epochUs() / 1000 - bench.clock.nowMs(),
    ]);
  });

  it('again and again', async () => {
    const findStore = bench.loseStore();
    bench.submit([bench.beat('0-first')]);
    await bench.clock.advance(10);
    for (const userId of ['0-alice', '0-bob', '0-carol']) bench.submit([bench.beat(userId)]);
    const last: { outcome: string }[] = [];
    for (let i = 1; i <= 50; i++) {
      await bench.clock.advance(1_000);
      last.push(bench.submit([bench.beat('0-alice', { sequence: i })]));
    }
    await settle();
    expect(last.filter(({ outcome }) => outcome === 'waiting')).toHaveLength(1);
    expect(last.at(-1)?.outcome).toBe('waiting');
    findStore();
    await bench.clock.advance(200);
    expect([last.at(-1)?.outcome, (await sessionOf('0-alice'))?.sequence]).toEqual(['recorded', 50]);
  });

  it('but not one from before a leave of the user', async () => {
    bench.loseStore();
    bench.submit([bench.beat('0-first')]);
    await bench.clock.advance(10);
    const before = bench.submit([bench.beat('0-alice')]);
    void bench.ingest.leave(bench.namespace, '0-alice', '').catch(() => {});
    bench.submit([bench.beat('0-bob')]);
    const after = bench.submit([bench.beat('0-alice')]);
    await settle();
    expect([before.outcome, after.outcome]).toEqual(['waiting', 'LimitReachedError']);
  });

  it('nor one that was handed in with others', async () => {
    bench.loseStore();
    bench.submit([bench.beat('0-first')]);
    await bench.clock.advance(10);
    const batch = bench.submit([bench.beat('0-alice'), bench.beat('0-bob'), bench.beat('0-carol')]);
    const alone = bench.submit([bench.beat('0-alice')]);
    await settle();
    expect([batch.outcome, alone.outcome]).toEqual(['waiting', 'LimitReachedError']);
  });
});
