import { describe, expect, it } from 'vitest';
import { WhatIf } from '../../src/detector/what-if.js';
import { arrivalSource } from '../../src/quality/source.js';
import { ReplayableTrace, traceQuality } from '../../src/quality/trace-quality.js';
import { sharesOf, TELLABLE_ALARMS_MIN, type Verified, verify } from '../../src/quality/verification.js';

const FLEET = 'fleet:wifi,hiccup,lossy@users=4,duration=12h,seed=5';
const quiet = { reading: () => {}, replaying: () => {} };

async function withTrace<T>(text: string, use: (trace: ReplayableTrace) => Promise<T>): Promise<T> {
  const trace = await ReplayableTrace.open(arrivalSource(text), { progress: quiet, passes: 1 });
  try {
    return await use(trace);
  } finally {
    trace.close();
  }
}

it('what thresholds would have cost a trace is told from one replay', async () => {
  const { users, counts, fleet } = await withTrace(FLEET, (trace) =>
    traceQuality(trace, { suspect: 3, offline: 5 }),
  );
  expect(users).toBe(12);
  const whatIf = new WhatIf(counts, fleet);
  expect(whatIf.achieved(1)).toBeCloseTo(1, 0);
  const [low, high] = [whatIf.cost(2), whatIf.cost(3)];
  expect(low.falseAlarmsPerUserDay).toBeGreaterThan(4 * high.falseAlarmsPerUserDay);
  expect(high.detectionMeanMs).toBeGreaterThan(low.detectionMeanMs);
  expect(counts.mistakes.suspect.mistakes).toBeCloseTo(high.alarms, 6);
});

describe('predictions of false alarms', () => {
  it('from one replay are what a replay with each threshold in force counts', async () => {
    const { same, later } = await withTrace(FLEET, verify);
    for (const { phi, met, users } of sharesOf(same, 0)) {
      expect({ phi, users }).toEqual({ phi, users: 12 });
      expect(met / users).toBeGreaterThan(0.9);
    }
    // Of what nobody has seen yet, where there are enough to tell.
    for (const { met, metByChance, users } of sharesOf(later, TELLABLE_ALARMS_MIN)) {
      if (users > 0) expect(met).toBeGreaterThan(0.7 * metByChance);
    }
  });

  it('are met within a factor of one and a half, and chance misses it where few are expected', () => {
    const of = (predicted: number, counted: number): Verified => ({ user: 'a', phi: 3, predicted, counted });
    const at3 = (verified: readonly Verified[], alarmsMin = 0) =>
      sharesOf(verified, alarmsMin).find(({ phi }) => phi === 3);
    expect(at3([of(30, 20), of(30, 45), of(30, 19), of(30, 46), of(0, 0)])).toMatchObject({
      met: 3,
      users: 5,
    });
    expect(at3([of(30, 20), of(5, 5)], 20)).toMatchObject({ met: 1, users: 1 });
    expect(at3([of(1, 1)])?.metByChance).toBeCloseTo(Math.exp(-1), 6);
    expect(at3([of(20, 20)])?.metByChance).toBeGreaterThan(0.9);
    expect(at3([of(400, 400)])?.metByChance).toBeCloseTo(1, 6);
  });
});
