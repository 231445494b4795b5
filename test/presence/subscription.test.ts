import { beforeEach, describe, expect, it } from 'vitest';
import { Subscription } from '../../src/presence/subscription.js';
import { changesIn, OFFLINE_MS, SUSPECT_MS, SubscriptionBench, takeAll } from './subscription-bench.js';

let bench: SubscriptionBench;
beforeEach(() => {
  bench = new SubscriptionBench();
});

describe('the first reading of a user', () => {
  it('makes a SNAPSHOT out of UNKNOWN, with the suspicion of the moment', () => {
    bench.subscription.add(['alice']);
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
    bench.subscription.add(['alice']);
    expect(bench.toldFacts().change).toBe('UNKNOWN>UNKNOWN SNAPSHOT');
    const late = new Subscription(bench.namespace, undefined);
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
    bench.subscription.add(['alice', 'bob', 'carol']);
    bench.subscription.observe('alice', bench.reading, false);
    bench.subscription.observe('bob', bench.reading, false);
    expect(takeAll(bench.subscription).some((event) => 'synced' in event)).toBe(false);
    bench.subscription.observe('carol', bench.reading, false);
    expect(takeAll(bench.subscription).map((event) => Object.keys(event)[0])).toEqual(['change', 'synced']);
  });

  it('is not waited for any more when the user is removed', () => {
    bench.subscription.add(['alice', 'bob']);
    bench.subscription.observe('alice', bench.reading, false);
    bench.subscription.remove('bob');
    expect(takeAll(bench.subscription).map((event) => Object.keys(event)[0])).toEqual(['change', 'synced']);
    bench.subscription.observe('bob', bench.reading, false);
    expect(takeAll(bench.subscription)).toEqual([]);
  });

  it('of nobody: synced follows at once', () => {
    bench.subscription.add([]);
    expect(takeAll(bench.subscription)).toEqual([{ synced: true }]);
  });

  it('says when the observer doubts itself', () => {
    bench.subscription.add(['alice']);
    bench.subscription.observe('alice', bench.reading, true);
    expect(changesIn(takeAll(bench.subscription))[0]?.assessment.degraded).toBe(true);
  });
});

it('a user who is removed takes along what was not sent yet', () => {
  bench.subscription.add(['alice', 'bob']);
  bench.subscription.observe('alice', bench.reading, false);
  bench.subscription.observe('bob', bench.reading, false);
  bench.subscription.remove('alice');
  const events = takeAll(bench.subscription);
  expect(changesIn(events).map(({ assessment }) => assessment.userId)).toEqual(['bob']);
  expect(events.at(-1)).toEqual({ synced: true });
});

describe('thresholds', () => {
  it('of its own are not those of the namespace, and do not change with them', () => {
    const own = new Subscription(bench.namespace, { suspect: 8, offline: 12 });
    own.add(['alice']);
    bench.beats();
    bench.pass(SUSPECT_MS + 1);
    expect(bench.toldFacts(own).change).toBe('UNKNOWN>ONLINE SNAPSHOT');
    bench.namespace.intents = { suspect: { phi: 1 }, offline: { phi: 2 } };
    expect(bench.observe(own)).toBeUndefined();
    expect(own.thresholds).toEqual({ suspect: 8, offline: 12 });
  });

  it('that are equal leave no room for SUSPECT', () => {
    const strict = new Subscription(bench.namespace, { suspect: 3, offline: 3 });
    strict.add(['alice']);
    bench.beats();
    bench.told(strict);
    bench.pass(SUSPECT_MS + 0.01);
    expect(bench.toldFacts(strict)).toMatchObject({ change: 'ONLINE>OFFLINE SUSPICION', threshold: 3 });
  });
});

describe('hysteresis', () => {
  it('φ must fall to nine tenths of a threshold before the status does', () => {
    bench.subscription.add(['alice']);
    const reloadAt = (suspect: number, offline: number) => {
      bench.namespace.intents = { suspect: { phi: suspect }, offline: { phi: offline } };
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
    bench.subscription.add(['alice']);
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
    const others = [
      new Subscription(bench.namespace, undefined),
      new Subscription(bench.namespace, undefined),
    ];
    bench.beats();
    for (const other of [bench.subscription, ...others]) {
      other.add(['alice']);
      bench.told(other);
      bench.pass(7);
    }
    const changes = [bench.subscription, ...others].map((of, i) => {
      bench.pass(2_000 + i * 77);
      return bench.told(of);
    });
    expect(new Set(changes.map(({ version }) => version)).size).toBe(1);
    expect(changes[0]?.version).toBe(Math.floor(changes[0]?.atUs ?? 0));
  });
});

describe('the next crossing', () => {
  it('is the one ahead: suspect, then offline, then none', () => {
    bench.subscription.add(['alice']);
    const next = () => bench.subscription.observe('alice', bench.reading, false);
    expect(next()).toBeUndefined();
    bench.beats();
    const lastUs = bench.nowUs;
    expect(((next() ?? 0) - lastUs) / 1000).toBeCloseTo(SUSPECT_MS, 2);
    bench.pass(SUSPECT_MS + 1);
    expect(((next() ?? 0) - lastUs) / 1000).toBeCloseTo(OFFLINE_MS, 2);
    bench.pass(1_000);
    expect(next()).toBeUndefined();
    bench.beat();
    expect(next()).toBeGreaterThan(bench.nowUs);
    bench.leave();
    expect(next()).toBeUndefined();
  });

  it('of somebody it does not watch is none', () => {
    bench.beats();
    expect(bench.subscription.observe('alice', bench.reading, false)).toBeUndefined();
    expect(takeAll(bench.subscription)).toEqual([]);
  });
});
