import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { deferred } from '../../support/faulty-store.js';
import { received } from '../../support/heartbeat.js';
import { settle } from '../../support/manual-clock.js';
import { namespaceSettings, storeNamespace } from '../../support/settings.js';
import { type TrackerBench, type Watch, watchedPair } from './tracker-bench.js';

let bench: TrackerBench;
let watch: Watch;
beforeEach(async () => {
  ({ bench, watch } = await watchedPair());
});

const failReads = () => {
  bench.store.beforeRead = bench.store.beforeBlind = async () => {
    throw new StoreUnavailableError('connection refused');
  };
};
const healReads = () => {
  bench.store.beforeRead = bench.store.beforeBlind = undefined;
};
/** Holds every read, or its answer, back until the returned function is called. */
function hold(what: 'beforeRead' | 'beforeReadReply'): () => Promise<void> {
  const { promise, resolve } = deferred();
  bench.store[what] = () => promise;
  return async () => {
    bench.store[what] = undefined;
    resolve();
    await settle();
  };
}
const warnings = () => bench.log.lines.filter(({ level }) => level === 'warn').length;

describe('while the store cannot be read', () => {
  it('says DEGRADED once and tries again; then comes RECOVERED, and what silence since amounts to', async () => {
    failReads();
    await bench.clock.advance(10_000);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    expect(bench.tracker.degraded).toBe(true);
    expect(bench.tracker.counts.readFailures).toBeGreaterThan(10);
    expect(bench.tracker.counts.readFailures).toBeLessThan(50);
    expect(warnings()).toBe(1);
    expect(bench.log.text).toContain('connection refused');
    await bench.beat('bob');
    healReads();
    await bench.clock.advance(1_000);
    // Silence counts again only two seconds later: heartbeats may be on their way.
    expect(watch.takeLines()).toEqual(['RECOVERED']);
    for (let i = 0; i < 3; i++) {
      await bench.clock.advance(1_000);
      await bench.beat('bob');
    }
    expect(watch.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION', 'alice SUSPECT>OFFLINE SUSPICION']);
    expect(bench.tracker.degraded).toBe(false);
  });

  it('a second time is told a second time', async () => {
    for (let i = 0; i < 2; i++) {
      failReads();
      await bench.beat('alice', { sessionId: `new-${i}` });
      healReads();
      await bench.clock.advance(500);
    }
    expect(watch.lines).toEqual(['DEGRADED', 'RECOVERED', 'DEGRADED', 'RECOVERED']);
  });

  it('a new subscriber is told so, and has its snapshot when it can be read', async () => {
    failReads();
    await bench.beat('alice', { sessionId: 'new' });
    const late = await bench.watch(['carol']);
    expect(late.lines).toEqual(['DEGRADED']);
    healReads();
    await bench.clock.advance(500);
    expect(late.lines).toEqual(['DEGRADED', 'carol UNKNOWN>UNKNOWN SNAPSHOT', 'synced', 'RECOVERED']);
  });

  it('users who are no longer watched are not asked for any more', async () => {
    failReads();
    await bench.clock.advance(10_000);
    bench.tracker.remove(watch.subscription, ['alice']);
    await bench.clock.advance(1_000);
    expect(bench.store.reads.at(-1)).toEqual(['bob']);
    bench.tracker.close(watch.subscription);
    healReads();
    await bench.clock.advance(1_000);
    const reads = bench.store.reads.length;
    await bench.clock.advance(10_000);
    expect(bench.store.reads).toHaveLength(reads);
    expect(bench.tracker).toMatchObject({ degraded: false, trackedUsers: 0, timers: 0 });
  });
});

it('a read that fails after its user was removed is not tried again for that user', async () => {
  const { promise, resolve } = deferred();
  bench.store.beforeRead = async () => {
    await promise;
    throw new StoreUnavailableError('connection refused');
  };
  await bench.leave('alice');
  await bench.leave('bob');
  bench.tracker.remove(watch.subscription, ['alice']);
  resolve();
  await settle();
  healReads();
  bench.store.reads.length = 0;
  await bench.clock.advance(1_000);
  expect(new Set(bench.store.reads.flat())).toEqual(new Set(['bob']));
  expect(watch.lines).toEqual(['DEGRADED', 'bob ONLINE>OFFLINE LEAVE', 'RECOVERED']);
});

describe('when the feed of changes breaks', () => {
  it('is DEGRADED until everything was read again, then RECOVERED; nothing is missed', async () => {
    await bench.beat('alice', { declaredMs: 30_000 });
    await bench.beat('bob', { declaredMs: 30_000 });
    bench.store.cutFeed(new Error('reset by peer'));
    await bench.leave('alice');
    await bench.clock.advance(200);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    const release = hold('beforeRead');
    bench.store.restoreFeed();
    await settle();
    expect(watch.lines).toEqual([]);
    expect(bench.tracker.degraded).toBe(true);
    await release();
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE', 'RECOVERED']);
    expect(bench.store.reads.at(-1)).toEqual(['alice', 'bob']);
    expect(bench.tracker.counts.resyncs).toBe(1);
  });

  it('a successful read in between is no recovery', async () => {
    bench.store.cutFeed(new Error('reset by peer'));
    await bench.clock.advance(60_000);
    expect(watch.takeLines()).toEqual([
      'DEGRADED',
      'alice ONLINE>SUSPECT SUSPICION',
      'bob ONLINE>SUSPECT SUSPICION',
      'alice SUSPECT>OFFLINE SUSPICION',
      'bob SUSPECT>OFFLINE SUSPICION',
    ]);
    expect(bench.tracker.degraded).toBe(true);
    bench.store.restoreFeed();
    await settle();
    expect(watch.lines).toEqual(['RECOVERED']);
  });

  it('and breaks again while everything is read, it is DEGRADED until the second time', async () => {
    bench.store.cutFeed(new Error('first'));
    const release = hold('beforeRead');
    bench.store.restoreFeed();
    await settle();
    bench.store.cutFeed(new Error('second'));
    await release();
    expect(watch.lines).toEqual(['DEGRADED']);
    bench.store.restoreFeed();
    await settle();
    expect(watch.lines).toEqual(['DEGRADED', 'RECOVERED']);
    expect(warnings()).toBe(1);
  });

  it('and reads fail too, it recovers when both are over', async () => {
    failReads();
    bench.store.cutFeed(new Error('gone'));
    bench.store.restoreFeed();
    await bench.clock.advance(2_000);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    healReads();
    await bench.clock.advance(500);
    expect(watch.lines.filter((line) => !line.includes('>'))).toEqual(['RECOVERED']);
  });

  it('with nobody watched it recovers at once; a resync without a break is silent', async () => {
    bench.tracker.remove(watch.subscription, ['alice', 'bob']);
    bench.store.cutFeed(new Error('gone'));
    bench.store.restoreFeed();
    bench.store.restoreFeed();
    await settle();
    expect(watch.lines).toEqual(['DEGRADED', 'RECOVERED']);
    expect(bench.tracker.counts.resyncs).toBe(2);
  });

  it('tells of users and namespaces that this node does not watch: they are not read', async () => {
    bench.store.reads.length = 0;
    await bench.beat('carol');
    await bench.memory.record(storeNamespace({}, { name: 'elsewhere' }), 0, [received()]);
    await settle();
    expect(bench.store.reads).toEqual([]);
  });
});

describe('while a read is under way', () => {
  it('a user who is added has a snapshot after it', async () => {
    const release = hold('beforeRead');
    await bench.beat('alice', { sessionId: 'new' });
    expect(bench.store.reads.at(-1)).toEqual(['alice']);
    const late = bench.open();
    bench.tracker.add(late.subscription, ['alice', 'carol']);
    await release();
    expect(late.lines.sort()).toEqual([
      'alice UNKNOWN>ONLINE SNAPSHOT',
      'carol UNKNOWN>UNKNOWN SNAPSHOT',
      'synced',
    ]);
    expect(bench.tracker.timers).toBe(2);
  });

  it('a user whose answer is on its way, and who changes, is read once more', async () => {
    const release = hold('beforeReadReply');
    await bench.beat('alice', { sessionId: 'new' });
    await bench.leave('alice');
    await release();
    expect(watch.lines).toEqual(['alice ONLINE>OFFLINE LEAVE']);
    expect(bench.store.reads.slice(-2)).toEqual([['alice'], ['alice']]);
  });

  it('a subscriber who comes has a snapshot of what was recorded before', async () => {
    const release = hold('beforeReadReply');
    await bench.beat('alice', { sessionId: 'new' });
    await bench.leave('alice');
    const late = bench.open();
    bench.tracker.add(late.subscription, ['alice']);
    await release();
    expect(late.lines).toEqual(['alice UNKNOWN>OFFLINE SNAPSHOT', 'synced']);
  });

  it('a user who is removed is not shown and sets no timer, though somebody else is', async () => {
    const release = hold('beforeRead');
    await bench.leave('alice');
    await bench.leave('bob');
    bench.tracker.remove(watch.subscription, ['alice']);
    await release();
    expect(watch.lines).toEqual(['bob ONLINE>OFFLINE LEAVE']);
    expect(bench.tracker.trackedUsers).toBe(1);
  });

  it('a user who is removed and added again has one snapshot, of the later reading', async () => {
    const release = hold('beforeReadReply');
    await bench.beat('alice', { sessionId: 'new' });
    bench.tracker.remove(watch.subscription, ['alice']);
    await bench.leave('alice');
    bench.tracker.add(watch.subscription, ['alice']);
    await release();
    expect(watch.lines).toEqual(['alice UNKNOWN>OFFLINE SNAPSHOT', 'synced']);
    expect(bench.tracker).toMatchObject({ trackedUsers: 2, timers: 2 });
  });

  it('the node may shut down: nobody is told and no timer stays', async () => {
    const release = hold('beforeRead');
    await bench.leave('alice');
    bench.tracker.shutdown();
    await release();
    await bench.clock.advance(600_000);
    expect(watch.lines).toEqual([]);
    expect({ timers: bench.tracker.timers, clock: bench.watchTimers }).toEqual({ timers: 0, clock: 0 });
  });
});

describe('a subscriber that acts while it is told', () => {
  it('and closes does not cost the next subscriber the change or the timer', async () => {
    bench.tracker.remove(watch.subscription, ['bob']);
    const next = await bench.watch(['alice']);
    next.takeLines();
    watch.onEvent = () => bench.tracker.close(watch.subscription);
    const dueMs = await bench.crossingMs(3);
    await bench.advanceTo(dueMs + 1);
    expect(next.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION']);
    await bench.clock.advance(10_000);
    expect(next.lines.at(-1)).toBe('alice SUSPECT>OFFLINE SUSPICION');
    expect(bench.tracker).toMatchObject({ subscriptions: 1, trackedUsers: 1 });
  });

  it('and adds a user has that user too, also at RECOVERED', async () => {
    const added: string[] = [];
    watch.onEvent = (event) => {
      if ('notice' in event && event.notice === 'RECOVERED') bench.tracker.add(watch.subscription, ['carol']);
      if ('change' in event) added.push(event.change.assessment.userId);
    };
    bench.store.cutFeed(new Error('gone'));
    bench.store.restoreFeed();
    await settle();
    expect(added).toEqual(['carol']);
  });
});

describe('when the store has lost its data', () => {
  const { maxSilenceMs } = namespaceSettings().detector;
  beforeEach(() => {
    bench.store.hasLostData = true;
    bench.store.restoreFeed();
  });

  it('nobody is told, and whoever comes back was never away', async () => {
    await bench.clock.advance(5_000);
    bench.store.hasLostData = false;
    await bench.beat('alice');
    await bench.beat('bob');
    await bench.clock.advance(500);
    expect(watch.lines.filter((line) => line.includes('>'))).toEqual([]);
  });

  it('who does not come back is FORGOTTEN after max_silence, counted from the loss', async () => {
    await bench.clock.advance(maxSilenceMs - 100);
    expect(watch.lines.filter((line) => line.includes('>'))).toEqual([]);
    await bench.clock.advance(200);
    // Both at the same instant.
    expect(watch.lines.filter((line) => line.includes('>')).sort()).toEqual([
      'alice ONLINE>UNKNOWN FORGOTTEN',
      'bob ONLINE>UNKNOWN FORGOTTEN',
    ]);
  });

  it('a subscriber who comes then is told what the store knows', async () => {
    const later = await bench.watch(['alice']);
    expect(later.lines).toEqual(['alice UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
  });
});

it('who was OFFLINE when the store lost its data stays OFFLINE for as long as the retention', async () => {
  await bench.clock.advance(20_000);
  watch.takeLines();
  bench.store.hasLostData = true;
  bench.store.restoreFeed();
  await bench.clock.advance(bench.namespace.retentionMs - 21_000);
  expect(watch.lines.filter((line) => line.includes('>'))).toEqual([]);
  await bench.clock.advance(1_100);
  expect(watch.lines.filter((line) => line.includes('>'))).toEqual([
    'alice OFFLINE>UNKNOWN FORGOTTEN',
    'bob OFFLINE>UNKNOWN FORGOTTEN',
  ]);
});
