import { beforeEach, describe, expect, it } from 'vitest';
import { changesIn, OFFLINE_MS, SUSPECT_MS, SubscriptionBench } from './subscription-bench.js';

let bench: SubscriptionBench;
beforeEach(() => {
  bench = new SubscriptionBench();
});

describe('the first reading of a user', () => {
  it('makes a SNAPSHOT out of UNKNOWN, with the suspicion of the moment', () => {
    bench.subscriber.add(['alice']);
    bench.beats();
    bench.pass(400);
    const change = bench.told();
    expect(bench.facts(change)).toEqual({ change: 'UNKNOWN>ONLINE SNAPSHOT', threshold: undefined, atMs: 0 });
    expect(change.assessment).toMatchObject({
      userId: 'alice',
      namespace: bench.namespace,
      nowUs: bench.nowUs,
      degraded: false,
    });
    expect(change.assessment.suspicion?.liveliest).toMatchObject({ elapsedMs: 400 });
    expect(change.assessment.suspectInMs).toBeCloseTo(SUSPECT_MS - 400, 2);
    expect(change.assessment.offlineInMs).toBeCloseTo(OFFLINE_MS - 400, 2);
  });

  it('is a SNAPSHOT whatever the status', () => {
    bench.subscriber.add(['alice']);
    expect(bench.toldFacts().change).toBe('UNKNOWN>UNKNOWN SNAPSHOT');
    const late = bench.subscribe();
    late.add(['alice']);
    bench.beats();
    bench.pass(5_000);
    expect(bench.toldFacts(late)).toEqual({
      change: 'UNKNOWN>OFFLINE SNAPSHOT',
      threshold: undefined,
      atMs: 0,
    });
  });

  it('of the last of the added brings synced', () => {
    bench.subscriber.add(['alice', 'bob', 'carol']);
    bench.subscriber.show('alice', bench.reading);
    bench.subscriber.show('bob', bench.reading);
    expect(bench.subscriber.takeAll().some((event) => 'synced' in event)).toBe(false);
    bench.subscriber.show('carol', bench.reading);
    expect(bench.subscriber.takeAll().map((event) => Object.keys(event)[0])).toEqual(['change', 'synced']);
  });

  it('is not waited for any more when the user is removed', () => {
    bench.subscriber.add(['alice', 'bob']);
    bench.subscriber.show('alice', bench.reading);
    bench.subscriber.remove('bob');
    expect(bench.subscriber.takeAll().map((event) => Object.keys(event)[0])).toEqual(['change', 'synced']);
    bench.subscriber.show('bob', bench.reading);
    expect(bench.subscriber.takeAll()).toEqual([]);
  });

  it('of nobody: synced follows at once', () => {
    bench.subscriber.add([]);
    expect(bench.subscriber.takeAll()).toEqual([{ synced: true }]);
  });

  it('says when the observer doubts itself', () => {
    bench.subscriber.add(['alice']);
    bench.subscriber.show('alice', bench.reading, true);
    expect(changesIn(bench.subscriber.takeAll())[0]?.assessment.degraded).toBe(true);
  });
});

it('a user who is removed takes along what was not told yet', () => {
  bench.subscriber.add(['alice', 'bob', 'carol']);
  bench.subscriber.show('alice', bench.reading);
  bench.subscriber.show('bob', bench.reading);
  bench.subscriber.takeAll();
  bench.beat();
  bench.subscriber.show('alice', bench.reading);
  bench.subscriber.show('bob', bench.reading);
  bench.subscriber.remove('alice');
  bench.subscriber.remove('carol');
  expect(bench.subscriber.takeAll()).toEqual([{ synced: true }]);
  bench.subscriber.show('alice', bench.reading);
  bench.subscriber.show('bob', bench.reading);
  const told = changesIn(bench.subscriber.takeAll());
  expect(told.map(({ assessment }) => assessment.userId)).toEqual(['bob']);
});

describe('thresholds', () => {
  it('of its own are not those of the namespace, and do not change with them', () => {
    const own = bench.subscribe({ suspect: 8, offline: 12 });
    own.add(['alice']);
    bench.beats();
    bench.pass(SUSPECT_MS + 1);
    expect(bench.toldFacts(own).change).toBe('UNKNOWN>ONLINE SNAPSHOT');
    bench.namespace.configured = { suspect: { phi: 1 }, offline: { phi: 2 } };
    expect(bench.observe(own)).toBeUndefined();
    expect(own.subscription.thresholds).toEqual({ suspect: 8, offline: 12 });
  });

  it('that are equal leave no room for SUSPECT', () => {
    const strict = bench.subscribe({ suspect: 3, offline: 3 });
    strict.add(['alice']);
    bench.beats();
    bench.told(strict);
    bench.pass(SUSPECT_MS + 0.01);
    expect(bench.toldFacts(strict)).toMatchObject({ change: 'ONLINE>OFFLINE SUSPICION', threshold: 3 });
  });
});

describe('hysteresis', () => {
  it('φ must fall to nine tenths of a threshold before the status does', () => {
    bench.subscriber.add(['alice']);
    const reloadAt = (suspect: number, offline: number) => {
      bench.namespace.configured = { suspect: { phi: suspect }, offline: { phi: offline } };
      return bench.observe()?.assessment.status;
    };
    bench.beats();
    bench.pass(SUSPECT_MS + 0.01);
    expect(bench.told().assessment.status).toBe('SUSPECT');
    // φ is 3.0003: below 3.3, and above nine tenths of it.
    expect(reloadAt(3.3, 9)).toBeUndefined();
    expect(reloadAt(3.4, 9)).toBe('ONLINE');
    expect(reloadAt(3.3, 9)).toBeUndefined();
    expect(reloadAt(2, 3)).toBe('OFFLINE');
    expect(reloadAt(2, 3.3)).toBeUndefined();
    expect(reloadAt(2, 3.4)).toBe('SUSPECT');
  });
});

describe('versions', () => {
  it('strictly increase, also when several changes are of one instant or one is recorded late', () => {
    bench.subscriber.add(['alice']);
    const versions: number[] = [];
    const note = () => versions.push(bench.told().version);
    note();
    bench.beats();
    note();
    bench.leave();
    note();
    bench.beat();
    note();
    bench.pass(30_000);
    note();
    // Arrived 29 s ago: at, and with it the version by itself, lies before the change above.
    bench.beat('tablet', { agoMs: 29_000 });
    bench.beat('watch', { agoMs: 100 });
    note();
    bench.expire();
    note();
    for (const [i, version] of versions.entries()) {
      expect(version).toBeGreaterThan(versions[i - 1] ?? 0);
      expect(Number.isSafeInteger(version)).toBe(true);
    }
  });

  it('are those of the instant, so that every node numbers a change alike', () => {
    const others = [bench.subscribe(), bench.subscribe()];
    bench.beats();
    for (const other of [bench.subscriber, ...others]) {
      other.add(['alice']);
      bench.told(other);
      bench.pass(7);
    }
    const changes = [bench.subscriber, ...others].map((of, i) => {
      bench.pass(2_000 + i * 77);
      return bench.told(of);
    });
    expect(new Set(changes.map(({ version }) => version)).size).toBe(1);
    expect(changes[0]?.version).toBe(Math.floor(changes[0]?.atUs ?? 0));
  });
});

it('somebody it does not watch is nothing to it', () => {
  bench.beats();
  bench.subscriber.add(['bob']);
  bench.subscriber.show('alice', bench.reading);
  expect(bench.subscriber.takeAll()).toEqual([]);
});
