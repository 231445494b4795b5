import { beforeEach, describe, expect, it } from 'vitest';
import type { Thresholds } from '../../../src/detector/status.js';
import { received } from '../../support/heartbeat.js';
import { settle } from '../../support/manual-clock.js';
import { namespaceSettings } from '../../support/settings.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const STRICT: Thresholds = { suspect: 1, offline: 3 };
const LENIENT: Thresholds = { suspect: 2, offline: 8 };

let bench: TrackerBench;
beforeEach(() => {
  bench = new TrackerBench();
});

/** Not before the instant, and at most a millisecond after; the store's clock counts whole µs. */
function expectOnTime(seenMs: number | undefined, dueMs: number): void {
  expect(seenMs).toBeGreaterThan(dueMs - 0.001);
  expect(seenMs).toBeLessThan(dueMs + 1);
}

describe('two subscribers of one user with thresholds of their own', () => {
  let strict: Watch;
  let lenient: Watch;
  beforeEach(async () => {
    strict = await bench.watch(['alice'], STRICT);
    lenient = await bench.watch(['alice'], LENIENT);
    await bench.beats();
    expect(strict.takeLines()).toEqual([
      'alice UNKNOWN>UNKNOWN SNAPSHOT',
      'synced',
      'alice UNKNOWN>ONLINE FIRST_SEEN',
    ]);
    lenient.takeLines();
  });

  it('see their own crossings in order, each at the instant that the detector predicts', async () => {
    const lastUs = bench.clock.epochUs();
    const dueMs = await Promise.all([1, 2, 3, 8].map((phi) => bench.crossingMs(phi)));
    await bench.clock.advance(60_000);
    expect(strict.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION', 'alice SUSPECT>OFFLINE SUSPICION']);
    expect(lenient.lines).toEqual(strict.lines);
    const changes = [strict.changes[0], lenient.changes[0], strict.changes[1], lenient.changes[1]];
    expect(changes.map((change) => change?.threshold)).toEqual([1, 2, 3, 8]);
    const startMs = bench.clock.nowMs() - (bench.clock.epochUs() - lastUs) / 1000;
    for (const [i, change] of changes.entries()) {
      expectOnTime(change?.seenMs, dueMs[i] as number);
      // `at` is that very instant, whatever µs it was seen in.
      const atMs = startMs + ((change?.atUs ?? 0) - lastUs) / 1000;
      expect(Math.abs(atMs - (dueMs[i] as number))).toBeLessThan(0.001);
    }
  });

  it('both hear of a heartbeat that ends it, once and at once', async () => {
    await bench.clock.advance(60_000);
    strict.takeLines();
    lenient.takeLines();
    await bench.beat();
    expect(strict.lines).toEqual(['alice OFFLINE>ONLINE HEARTBEAT']);
    expect(lenient.lines).toEqual(['alice OFFLINE>ONLINE HEARTBEAT']);
  });

  it('cost one timer and one read for both', async () => {
    for (let i = 0; i < 5; i++) await bench.watch(['alice'], { suspect: 2 + i, offline: 9 });
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 1, subscriptions: 7 });
    expect(bench.watchTimers).toBe(1);
    // The next crossing is that of the strictest; every other subscriber is shown the same reading.
    const cost = await bench.costOf(async () => bench.advanceTo((await bench.crossingMs(1)) + 1));
    expect(cost).toEqual({ reads: 1, usersRead: 1, timersFired: 1 });
    expect(strict.lines).toHaveLength(1);
    expect(lenient.lines).toEqual([]);
  });

  it('only one of them goes: the timer moves on for the other', async () => {
    bench.tracker.close(strict.subscription);
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 1, subscriptions: 1 });
    const dueMs = await bench.crossingMs(2);
    await bench.advanceTo(dueMs + 1);
    expect(strict.lines).toEqual([]);
    expectOnTime(lenient.changes[0]?.seenMs, dueMs);
  });
});

describe('a heartbeat before the crossing', () => {
  it('tells nobody and reads nothing; the timer set for the old crossing reads once and moves', async () => {
    const watch = await bench.watch(['alice'], STRICT);
    await bench.beats();
    // Let the timer be set by all that was learned.
    await bench.clock.advance(900);
    await bench.beat();
    watch.takeLines();
    const oldMs = await bench.crossingMs(1);
    await bench.clock.advance(900);
    expect(await bench.costOf(() => bench.beat())).toEqual({ reads: 0, usersRead: 0, timersFired: 0 });
    const newMs = await bench.crossingMs(1);
    expect(newMs).toBeGreaterThan(oldMs + 800);
    const cost = await bench.costOf(() => bench.advanceTo(newMs - 1));
    expect(cost).toEqual({ reads: 1, usersRead: 1, timersFired: 1 });
    expect(watch.lines).toEqual([]);
    await bench.advanceTo(newMs + 1);
    expectOnTime(watch.changes[0]?.seenMs, newMs);
  });

  it('for hours costs about a read a heartbeat, and no event', async () => {
    const watch = await bench.watch(['alice'], STRICT);
    await bench.beats();
    watch.takeLines();
    const cost = await bench.costOf(async () => {
      for (let i = 0; i < 1_000; i++) {
        await bench.clock.advance(1_000);
        await bench.beat();
      }
    });
    expect(watch.lines).toEqual([]);
    expect(cost.reads).toBeLessThanOrEqual(1_001);
  });

  it('that declares a shorter interval moves the crossing earlier, and that is noticed', async () => {
    const watch = await bench.watch(['alice'], LENIENT);
    for (let i = 0; i < 10; i++) {
      await bench.beat('alice', { declaredMs: 60_000 });
      await bench.clock.advance(60_000);
    }
    await bench.beat('alice', { declaredMs: 60_000 });
    const longMs = await bench.crossingMs(2);
    await bench.clock.advance(59_000);
    watch.takeLines();
    await bench.beat('alice', { declaredMs: 100 });
    const dueMs = await bench.crossingMs(2);
    expect(dueMs).toBeLessThan(longMs);
    await bench.advanceTo(dueMs + 1);
    expect(watch.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION']);
    expectOnTime(watch.changes[0]?.seenMs, dueMs);
  });

  it('that declares a longer interval keeps the user ONLINE until that has passed', async () => {
    const watch = await bench.watch(['alice'], LENIENT);
    await bench.beats();
    await bench.beat('alice', { declaredMs: 30_000 });
    watch.takeLines();
    const dueMs = await bench.crossingMs(2);
    await bench.advanceTo(dueMs - 0.01);
    expect(watch.lines).toEqual([]);
    await bench.clock.advance(1);
    expectOnTime(watch.changes[0]?.seenMs, dueMs);
  });
});

describe('a heartbeat that was on time and recorded late', () => {
  it('by the two milliseconds of a batch, ends what was told in between', async () => {
    await bench.beats();
    const watch = await bench.watch(['alice'], { suspect: 1, offline: 1 });
    watch.takeLines();
    await bench.advanceTo((await bench.crossingMs(1)) - 0.5);
    const recorded = bench.presence.ingest.record(bench.namespace, [
      received({ receivedMs: bench.clock.nowMs() }),
    ]);
    await bench.clock.advance(3);
    await recorded;
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE SUSPICION', 'alice OFFLINE>ONLINE HEARTBEAT']);
  });

  it('by an outage of the store, leaves nobody OFFLINE who kept beating', async () => {
    await bench.beats();
    const watch = await bench.watch();
    watch.takeLines();
    const missed: number[] = [];
    for (let i = 0; i < 10; i++) {
      await bench.clock.advance(1_000);
      missed.push(bench.clock.nowMs());
    }
    for (const receivedMs of missed) await bench.beat('alice', { receivedMs });
    expect(watch.statusOf()).toBe('ONLINE');
  });
});

describe('a user with two devices', () => {
  let watch: Watch;
  beforeEach(async () => {
    watch = await bench.watch(['alice'], LENIENT);
    await bench.beats(['alice'], 'laptop');
    await bench.beats(['alice'], 'phone');
    watch.takeLines();
  });

  it('stays ONLINE while one of them beats', async () => {
    for (let i = 0; i < 120; i++) {
      await bench.clock.advance(1_000);
      await bench.beat('alice', { sessionId: 'phone' });
    }
    expect(watch.lines).toEqual([]);
  });

  it('is OFFLINE at once when the second leaves, the first long silent', async () => {
    await bench.leave('alice', 'phone');
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    expect(watch.changes[0]).toMatchObject({ seenMs: bench.clock.nowMs(), atUs: bench.clock.epochUs() });
    expect(watch.changes[0]?.threshold).toBeUndefined();
  });

  it('is waited for until the later of their crossings', async () => {
    await bench.beat('alice', { sessionId: 'laptop', declaredMs: 20_000 });
    const [phoneMs, laptopMs] = [await bench.crossingMs(2), await bench.crossingMs(2, 'alice', 'laptop')];
    expect(laptopMs).toBeGreaterThan(phoneMs + 10_000);
    await bench.advanceTo(laptopMs - 0.01);
    expect(watch.lines).toEqual([]);
    await bench.clock.advance(1);
    expectOnTime(watch.changes[0]?.seenMs, laptopMs);
  });
});

describe('the life of a user who is watched', () => {
  it('begins unknown: the first heartbeat is FIRST_SEEN, within the instant', async () => {
    const watch = await bench.watch(['alice']);
    expect(bench.tracker).toMatchObject({ trackedUsers: 1, timers: 0 });
    await bench.clock.advance(3_600_000);
    await bench.beat();
    expect(watch.takeLines()).toEqual([
      'alice UNKNOWN>UNKNOWN SNAPSHOT',
      'synced',
      'alice UNKNOWN>ONLINE FIRST_SEEN',
    ]);
  });

  it('ends with FORGOTTEN, when the retention is over', async () => {
    await bench.beats();
    const watch = await bench.watch(['alice']);
    const lastMs = bench.clock.nowMs();
    await bench.clock.advance(bench.namespace.retentionMs - 1);
    expect(watch.takeLines().at(-1)).toBe('alice SUSPECT>OFFLINE SUSPICION');
    await bench.clock.advance(2);
    expect(watch.lines).toEqual(['alice OFFLINE>UNKNOWN FORGOTTEN']);
    expectOnTime(watch.changes[0]?.seenMs, lastMs + bench.namespace.retentionMs);
    expect({ timers: bench.tracker.timers, clock: bench.watchTimers }).toEqual({ timers: 0, clock: 0 });
    await bench.beat();
    expect(watch.lines.at(-1)).toBe('alice UNKNOWN>ONLINE FIRST_SEEN');
  });

  it('ends with FORGOTTEN after a leave too, counted from it', async () => {
    await bench.beats();
    const watch = await bench.watch(['alice']);
    await bench.clock.advance(500);
    await bench.leave();
    const leftMs = bench.clock.nowMs();
    await bench.clock.advance(bench.namespace.retentionMs + 1);
    expect(watch.lines.slice(-2)).toEqual(['alice ONLINE>OFFLINE LEAVE', 'alice OFFLINE>UNKNOWN FORGOTTEN']);
    expectOnTime(watch.changes.at(-1)?.seenMs, leftMs + bench.namespace.retentionMs);
  });

  it('is forgotten when the retention is over, which old news does not prolong', async () => {
    await bench.beats();
    const watch = await bench.watch(['alice']);
    await bench.clock.advance(300_000);
    await bench.beat('alice', { receivedMs: bench.clock.nowMs() - 301_000 });
    const cost = await bench.costOf(() => bench.clock.advance(300_000 - 1));
    expect(watch.statusOf()).toBe('OFFLINE');
    expect(cost.reads).toBeLessThan(3);
    await bench.clock.advance(2);
    expect(watch.lines.at(-1)).toBe('alice OFFLINE>UNKNOWN FORGOTTEN');
  });
});

describe('thresholds of the namespace, changed while it is watched', () => {
  it('judge those again who follow them, at once, and nobody who has his own', async () => {
    await bench.beats();
    const following = await bench.watch();
    const own = await bench.watch(['alice'], { suspect: 3, offline: 5 });
    await bench.advanceTo((await bench.crossingMs(2)) + 1);
    following.takeLines();
    own.takeLines();
    const intents = { suspect: { phi: 1.5 }, offline: { phi: 8 } };
    bench.presence.reloadThresholds({ default: { ...namespaceSettings(), intents } });
    await settle();
    expect(following.lines).toEqual(['alice ONLINE>SUSPECT THRESHOLDS']);
    const offlineMs = await bench.crossingMs(8);
    await bench.clock.advance(10_000);
    expect(own.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION', 'alice SUSPECT>OFFLINE SUSPICION']);
    expect(following.lines.at(-1)).toBe('alice SUSPECT>OFFLINE SUSPICION');
    expectOnTime(following.changes.at(-1)?.seenMs, offlineMs);
    expect(own.changes.map(({ threshold }) => threshold)).toEqual([3, 5]);
  });

  it('that are lower bring the next crossing forward', async () => {
    await bench.beats();
    const watch = await bench.watch();
    bench.namespace.configured = { suspect: { phi: 1 }, offline: { phi: 2 } };
    bench.tracker.reread(bench.namespace);
    const dueMs = await bench.crossingMs(1);
    await bench.advanceTo(dueMs + 1);
    expectOnTime(watch.changes.at(-1)?.seenMs, dueMs);
    expect(watch.lines.at(-1)).toBe('alice ONLINE>SUSPECT SUSPICION');
  });
});

describe('a watched user who beats', () => {
  /** How often the tracker reads in a minute of heartbeats. */
  async function readsWhile(beat: () => Promise<void>, intervalsMs = [1_000]): Promise<number> {
    await bench.beats();
    const watch = await bench.watch();
    const { usersRead } = bench.tracker.counts;
    for (let i = 0; i < 60; i++) {
      await bench.clock.advance(intervalsMs[i % intervalsMs.length] as number);
      await beat();
    }
    expect(watch.lines.filter((line) => line.includes('>SUSPECT'))).toEqual([]);
    return bench.tracker.counts.usersRead - usersRead;
  }

  it('by way of another node is read once a heartbeat at most', async () => {
    expect(await readsWhile(() => bench.beat())).toBeLessThanOrEqual(60);
  });

  it('by way of this one is hardly ever read', async () => {
    expect(await readsWhile(() => bench.beatHere())).toBeLessThanOrEqual(1);
  });

  it('by way of another one that says so is hardly ever read', async () => {
    expect(await readsWhile(() => bench.beat('alice', {}, 100))).toBeLessThanOrEqual(1);
  });

  it('is not read either for beating late, but not as late as to be suspected', async () => {
    let late = 0;
    bench.store.follow({
      changed: (_, userId, onlyLate) => {
        if (userId === 'alice' && onlyLate) late += 1;
      },
      ...{ doubted() {}, lost() {}, resync() {} },
    });
    expect(await readsWhile(() => bench.beatHere(), [1_000, 1_000, 1_000, 1_150])).toBeLessThanOrEqual(1);
    expect(late).toBeGreaterThan(1);
  });

  it('and then falls silent is suspected at the same instant', async () => {
    await readsWhile(() => bench.beatHere());
    const dueMs = await bench.crossingMs(3);
    const watch = await bench.watch(['alice'], STRICT);
    await bench.clock.advance(60_000);
    expectOnTime(watch.changes.find(({ assessment }) => assessment.status === 'OFFLINE')?.seenMs, dueMs);
  });
});
