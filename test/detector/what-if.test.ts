import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detector/detector.js';
import { type Fleet, fleetOf } from '../../src/detector/intent.js';
import { PHI_BUCKETS, QUALITY_COUNTS, QualityCounts } from '../../src/detector/quality-counts.js';
import { recordHeartbeat, type UserRecord } from '../../src/detector/user.js';
import { CANDIDATE_PHIS, WhatIf } from '../../src/detector/what-if.js';
import { received } from '../support/heartbeat.js';
import { storeNamespace } from '../support/settings.js';

const { detector } = storeNamespace({ expectedIntervalMs: 1_000, window: 100, maxSilenceMs: 30_000 });
const thresholds = { suspect: 2, offline: 4 };
const fleet: Fleet = fleetOf(detector, undefined);

/** Counts a session whose gaps are these. */
function countsOf(gapsMs: readonly number[], by: Detector = detector): QualityCounts {
  const counts = new QualityCounts();
  const user: UserRecord = { sessions: [] };
  let atUs = 1e12;
  for (const gapMs of [0, ...gapsMs]) {
    atUs += gapMs * 1_000;
    counts.add(recordHeartbeat(user, received({ receivedMs: 0 }), { atUs, nowUs: atUs }, by), by, thresholds);
  }
  return counts;
}

/** A thousand gaps of about a second, and one of `gapMs`. */
const regular = Array.from({ length: 1_000 }, (_, i) => 900 + 200 * ((i * 0.618) % 1));

/** So many arrivals in a bucket, of an hour each hundred. */
function histogram(...buckets: readonly (readonly [bucket: number, count: number])[]): QualityCounts {
  const values = new Float64Array(QUALITY_COUNTS);
  let sum = 0;
  for (const [bucket, count] of buckets) {
    values[bucket] = count;
    sum += count;
  }
  values[PHI_BUCKETS] = sum * 36_000;
  return new QualityCounts(values);
}

describe('counts of quality', () => {
  it('hold every silence, by how suspicious it had become for this session', () => {
    const counts = countsOf([...regular, 1_400, 2_500]);
    expect(counts.arrivals).toBe(1_002);
    expect(counts.silenceMs).toBeCloseTo(1_002_000, -5);
    const late = detector.phi(1_400, detector.estimate({ window: windowOf(regular), declaredMs: 0 }));
    expect(late).toBeGreaterThan(4);
    expect(counts.mistakes.suspect.mistakes).toBe(2);
    expect(counts.mistakes.offline.mistakes).toBe(2);
    expect(counts.mistakes.offline.durationMs).toBeGreaterThan(1_000);
    expect(counts.mistakes.suspect.durationMs).toBeGreaterThan(counts.mistakes.offline.durationMs);
  });

  it('count who comes back after max_silence apart: no threshold would have spared them', () => {
    const counts = countsOf([...regular, 31_000]);
    expect([counts.returns, counts.arrivals, counts.mistakes.suspect.mistakes]).toEqual([1, 1_000, 0]);
  });

  it('leave out what ended no silence', () => {
    expect(countsOf([]).values).toEqual(new QualityCounts().values);
  });

  it('of two nodes add up', () => {
    const [a, b] = [countsOf(regular), countsOf([...regular, 1_400])];
    a.merge(b);
    expect(a.arrivals).toBe(2_001);
    expect(a.mistakes.suspect.mistakes).toBe(1);
  });
});

describe('what a threshold would cost', () => {
  it('is counted, where enough had reached it', () => {
    // φ 2 to 2.125, and 3 to 3.125.
    const { cost, achieved } = bound(histogram([0, 9_900], [9, 90], [17, 10]));
    expect(cost(2)).toMatchObject({ alarms: 100, isExtrapolated: false });
    // A hundred thousand seconds for a hundred: ten thousand arrivals are 100 hours, 4.17 days.
    expect(cost(2).falseAlarmsPerUserDay).toBeCloseTo(100 / (100 / 24), 6);
    expect(cost(3)).toMatchObject({ alarms: 10, isExtrapolated: false });
    expect(achieved(2)).toBeCloseTo(2, 6);
    expect(achieved(3)).toBeCloseTo(3, 6);
  });

  it('between two counted levels is between them', () => {
    const { cost } = bound(histogram([0, 9_900], [1, 900], [2, 90]));
    expect(cost(1.0625).alarms).toBeCloseTo(Math.sqrt(990 * 90), 6);
  });

  it('beyond what was counted takes φ at its word', () => {
    const { cost, achieved } = bound(histogram([0, 9_900], [9, 100], [20, 3]));
    // Three had reached it, which may be chance; of a hundred and three that reached 2, one in ten goes on to 3.
    expect(cost(3)).toMatchObject({ alarms: 3, isExtrapolated: true });
    expect(cost(3).falseAlarmsPerUserDay).toBeCloseTo(10.3 / (100.03 / 24), 6);
    expect(cost(8.5).alarms).toBe(0);
    expect(achieved(3)).toBeUndefined();
  });

  it('falls with φ, and the detection time grows with it', () => {
    const { cost } = bound(
      countsOf([...regular, ...regular.map((gapMs, i) => (i % 50 ? gapMs : 1.5 * gapMs))]),
    );
    const costs = CANDIDATE_PHIS.map(cost);
    for (let i = 1; i < costs.length; i++) {
      const [less, more] = [costs[i - 1], costs[i]] as [(typeof costs)[0], (typeof costs)[0]];
      expect(more.falseAlarmsPerUserDay).toBeLessThanOrEqual(less.falseAlarmsPerUserDay * (1 + 1e-9));
      expect(more.detectionMeanMs).toBeGreaterThanOrEqual(less.detectionMeanMs * (1 - 1e-9));
      expect(more.detectionP99Ms).toBeGreaterThanOrEqual(more.detectionMeanMs * 0.9);
    }
  });

  it('knows the detection times of the sessions there are', () => {
    const counts = countsOf(regular);
    const { cost } = bound(counts);
    const expected = detector.deadlineMs(3, detector.estimate({ window: windowOf(regular), declaredMs: 0 }));
    expect(cost(3).detectionMeanMs / expected).toBeCloseTo(1, 1);
    expect(cost(3).detectionP99Ms / expected).toBeCloseTo(1, 0);
    const { detector: capped } = storeNamespace({ expectedIntervalMs: 1_000, maxSilenceMs: 1_200 });
    const whatIf = new WhatIf(countsOf(regular, capped), fleetOf(capped, undefined));
    expect(whatIf.cost(8).detectionP99Ms).toBe(1_200);
  });

  it('is what is promised while nothing was counted', () => {
    const { cost } = bound(new QualityCounts());
    expect(cost(3).falseAlarmsPerUserDay).toBeCloseTo(86.4, 6);
    expect(cost(3).detectionMeanMs).toBeGreaterThan(1_000);
    expect(cost(3).isExtrapolated).toBe(true);
  });
});

function bound(counts: QualityCounts) {
  const whatIf = new WhatIf(counts, fleet);
  return {
    cost: (phi: number) => whatIf.cost(phi),
    achieved: (phi: number) => whatIf.achieved(phi),
  };
}

function windowOf(gapsMs: readonly number[]) {
  const user: UserRecord = { sessions: [] };
  let atUs = 1e12;
  for (const gapMs of [0, ...gapsMs]) {
    atUs += gapMs * 1_000;
    recordHeartbeat(user, received({ receivedMs: 0 }), { atUs, nowUs: atUs }, detector);
  }
  const [session] = user.sessions;
  if (!session) throw new Error('no session');
  return session.window;
}
