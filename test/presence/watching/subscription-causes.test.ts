import { beforeEach, describe, expect, it } from 'vitest';
import { OFFLINE_MS, SUSPECT_MS, SubscriptionBench } from './subscription-bench.js';

let bench: SubscriptionBench;
beforeEach(() => {
  bench = new SubscriptionBench();
});

describe('a change is caused by', () => {
  beforeEach(() => bench.subscriber.add(['alice']));

  it('FIRST_SEEN: the first heartbeat of somebody unknown, at its arrival', () => {
    bench.told();
    bench.beat();
    bench.pass(30);
    expect(bench.toldFacts()).toEqual({
      change: 'UNKNOWN>ONLINE FIRST_SEEN',
      threshold: undefined,
      atMs: -30,
    });
  });

  it('SUSPICION: the silence, at the instant it crossed, whenever that was noticed', () => {
    bench.beats();
    bench.told();
    const lastUs = bench.nowUs;
    bench.pass(SUSPECT_MS - 0.01);
    expect(bench.observe()).toBeUndefined();
    bench.pass(50);
    const suspect = bench.told();
    expect(bench.facts(suspect)).toMatchObject({ change: 'ONLINE>SUSPECT SUSPICION', threshold: 3 });
    expect((suspect.atUs - lastUs) / 1000).toBeCloseTo(SUSPECT_MS, 3);
    bench.pass(5_000);
    const offline = bench.told();
    expect(bench.facts(offline)).toMatchObject({ change: 'SUSPECT>OFFLINE SUSPICION', threshold: 5 });
    expect((offline.atUs - lastUs) / 1000).toBeCloseTo(OFFLINE_MS, 3);
  });

  it('SUSPICION, past both thresholds at once: the change and the threshold are the last', () => {
    bench.beats();
    bench.told();
    bench.pass(10_000);
    expect(bench.toldFacts()).toMatchObject({ change: 'ONLINE>OFFLINE SUSPICION', threshold: 5 });
  });

  it('HEARTBEAT: an arrival that ended the suspicion, at its arrival', () => {
    bench.beats();
    bench.told();
    bench.pass(SUSPECT_MS + 1);
    bench.told();
    bench.pass(10);
    bench.beat();
    bench.pass(3);
    expect(bench.toldFacts()).toEqual({ change: 'SUSPECT>ONLINE HEARTBEAT', threshold: 3, atMs: -3 });
    bench.pass(20_000);
    bench.told();
    bench.beat();
    expect(bench.toldFacts()).toEqual({ change: 'OFFLINE>ONLINE HEARTBEAT', threshold: 3, atMs: 0 });
  });

  it('HEARTBEAT, one recorded late: OFFLINE may become SUSPECT first', () => {
    bench.beats();
    bench.told();
    bench.pass(3_000);
    bench.told();
    // Its wait before it was recorded counts as silence.
    bench.beat('phone', { agoMs: 1_380 });
    const { change, threshold } = bench.toldFacts();
    expect({ change, threshold }).toEqual({ change: 'OFFLINE>SUSPECT HEARTBEAT', threshold: 5 });
  });

  it('LEAVE: at once, when it happened, with no threshold', () => {
    bench.beats();
    bench.told();
    bench.pass(100);
    bench.leave();
    bench.pass(2);
    expect(bench.toldFacts()).toEqual({ change: 'ONLINE>OFFLINE LEAVE', threshold: undefined, atMs: -2 });
    expect(bench.observe()).toBeUndefined();
    bench.pass(500);
    bench.beat();
    // And crosses nothing when they return: there was no φ.
    expect(bench.toldFacts()).toEqual({ change: 'OFFLINE>ONLINE HEARTBEAT', threshold: undefined, atMs: 0 });
  });

  it('LEAVE of one session, when the other has long been silent', () => {
    bench.beats('laptop');
    bench.pass(30_000);
    bench.beats('phone');
    expect(bench.toldFacts().change).toBe('UNKNOWN>ONLINE SNAPSHOT');
    bench.pass(100);
    bench.leave('phone');
    bench.pass(2);
    expect(bench.toldFacts()).toEqual({ change: 'ONLINE>OFFLINE LEAVE', threshold: undefined, atMs: -2 });
  });

  it('LEAVE, in the very µs in which the user was looked at', () => {
    bench.beats('laptop');
    bench.pass(30_000);
    bench.beats('phone');
    bench.told();
    bench.leave('phone');
    expect(bench.toldFacts()).toEqual({ change: 'ONLINE>OFFLINE LEAVE', threshold: undefined, atMs: 0 });
  });

  it('nothing, when one session leaves and the other beats', () => {
    bench.beats('laptop');
    bench.beats('phone');
    bench.told();
    bench.beat('laptop');
    bench.leave('phone');
    expect(bench.observe()).toBeUndefined();
    bench.pass(20_000);
    // The leave of then is no cause now.
    expect(bench.toldFacts().change).toBe('ONLINE>OFFLINE SUSPICION');
  });

  it('SUSPICION, when one session left unseen and the other beat on and died later', () => {
    bench.beats('laptop');
    bench.beats('phone');
    bench.told();
    bench.leave('phone');
    bench.beats('laptop');
    bench.pass(20_000);
    const { change, threshold, atMs } = bench.toldFacts();
    expect({ change, threshold }).toEqual({ change: 'ONLINE>OFFLINE SUSPICION', threshold: 5 });
    expect(atMs).toBeLessThan(-10_000);
  });

  it('FORGOTTEN: the record has expired', () => {
    bench.beats();
    bench.told();
    bench.pass(90_000);
    bench.told();
    bench.expire();
    expect(bench.toldFacts()).toEqual({ change: 'OFFLINE>UNKNOWN FORGOTTEN', threshold: undefined, atMs: 0 });
    bench.beat();
    expect(bench.toldFacts().change).toBe('UNKNOWN>ONLINE FIRST_SEEN');
  });

  it('THRESHOLDS: those of the namespace were changed, now', () => {
    bench.beats();
    bench.pass(1_200);
    bench.told();
    bench.namespace.configured = { suspect: { phi: 1.5 }, offline: { phi: 5 } };
    bench.pass(5);
    expect(bench.toldFacts()).toEqual({ change: 'ONLINE>SUSPECT THRESHOLDS', threshold: 1.5, atMs: 0 });
    bench.namespace.configured = { suspect: { phi: 8 }, offline: { phi: 12 } };
    expect(bench.toldFacts()).toEqual({ change: 'SUSPECT>ONLINE THRESHOLDS', threshold: 8, atMs: 0 });
    // From here on it is the silence again.
    bench.pass(SUSPECT_MS);
    expect(bench.toldFacts().change).toBe('ONLINE>OFFLINE SUSPICION');
  });

  it('HEARTBEAT and not THRESHOLDS, when one came since', () => {
    bench.beats();
    bench.pass(SUSPECT_MS + 5);
    bench.told();
    bench.namespace.configured = { suspect: { phi: 4 }, offline: { phi: 8 } };
    bench.pass(5);
    bench.beat();
    expect(bench.toldFacts().change).toBe('SUSPECT>ONLINE HEARTBEAT');
  });

  it('SUSPICION and not THRESHOLDS, when it was later that the silence crossed by the new ones', () => {
    bench.beats();
    bench.told();
    const lastUs = bench.nowUs;
    bench.namespace.configured = { suspect: { phi: 2 }, offline: { phi: 8 } };
    // Judged by the new ones for the first time, which changes nothing.
    expect(bench.observe()).toBeUndefined();
    bench.namespace.configured = { suspect: { phi: 3 }, offline: { phi: 8 } };
    bench.subscriber.judgeAnew();
    // Nobody has read her since.
    bench.pass(SUSPECT_MS + 200);
    const change = bench.told();
    expect(bench.facts(change)).toMatchObject({ change: 'ONLINE>SUSPECT SUSPICION', threshold: 3 });
    expect((change.atUs - lastUs) / 1000).toBeCloseTo(SUSPECT_MS, 3);
  });
});
