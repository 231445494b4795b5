import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import { Detector } from '../../src/detector/detector.js';
import { type BlindInterval, Sight } from '../../src/detector/sight.js';
import { detectorOf, Scenario } from './scenario.js';

function sightOf(...intervals: [fromUs: number, toUs: number][]): Sight {
  const sight = new Sight();
  sight.intervals = intervals.map(([fromUs, toUs]) => ({ fromUs, toUs }));
  return sight;
}

const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 200 }))
    .map(([fromUs, us]): BlindInterval => ({ fromUs, toUs: fromUs + us })),
  { maxLength: 8 },
);
const instant = fc.integer({ min: 0, max: 1_500 });

/** Microsecond by microsecond. */
function naiveBlindUs(blind: readonly BlindInterval[], fromUs: number, toUs: number): number {
  let us = 0;
  for (let at = fromUs; at < toUs; at++) if (blind.some((b) => b.fromUs <= at && at < b.toUs)) us += 1;
  return us;
}

describe('Sight', () => {
  it('with nothing blind, counts all the time that has passed', () => {
    expect(new Sight().silenceMs(1_000, 6_000)).toBe(5);
    expect(new Sight().instantUs(1_000, 5)).toBe(6_000);
  });

  it('does not count what was blind, wherever the silence began', () => {
    const sight = sightOf([2_000, 4_000]);
    expect(sight.silenceMs(1_000, 6_000)).toBe(3);
    expect(sight.silenceMs(3_000, 6_000)).toBe(2);
    expect(sight.silenceMs(4_000, 6_000)).toBe(2);
    expect(sight.silenceMs(1_000, 3_000)).toBe(1);
  });

  it('merges intervals that overlap or touch', () => {
    expect(sightOf([5, 9], [1, 3], [3, 4], [6, 7]).intervals).toEqual([
      { fromUs: 1, toUs: 4 },
      { fromUs: 5, toUs: 9 },
    ]);
  });

  it('a crossing before a blind time stays where it is, one after it comes later by it', () => {
    const sight = sightOf([10_000, 40_000]);
    expect(sight.instantUs(0, 10)).toBe(10_000);
    expect(sight.instantUs(0, 10.5)).toBe(40_500);
    expect(sight.instantUs(20_000, 5)).toBe(45_000);
  });

  it('is what counting every microsecond gives', () => {
    fc.assert(
      fc.property(intervals, instant, instant, (blind, a, b) => {
        const sight = new Sight();
        sight.intervals = blind;
        const [fromUs, toUs] = [Math.min(a, b), Math.max(a, b)];
        expect(sight.blindUs(fromUs, toUs)).toBe(naiveBlindUs(blind, fromUs, toUs));
      }),
    );
  });

  it('is monotone, and the instant is the first at which the silence is that long', () => {
    fc.assert(
      fc.property(intervals, instant, fc.integer({ min: 1, max: 500 }), (blind, lastUs, us) => {
        const sight = new Sight();
        sight.intervals = blind;
        const atUs = sight.instantUs(lastUs, us / 1000);
        expect(sight.silenceMs(lastUs, Math.round(atUs)) * 1000).toBeCloseTo(us, 6);
        expect(sight.silenceMs(lastUs, Math.round(atUs) - 1) * 1000).toBeLessThan(us);
      }),
    );
  });
});

describe('a session that was heard last before a time in which nobody could be', () => {
  it('is not taken to have slowed down: it is due as before, and what was held back is no sample', () => {
    const sight = new Sight();
    const scenario = new Scenario(
      new Detector({ ...detectorOf().settings, model: 'adaptive' }, 3, undefined, sight),
    );
    scenario.beats(60, 10_000, {}, 300);
    const { lastUs } = scenario.session();
    const dueMs = scenario.estimate().watchMs;
    const before = scenario.samplesMs();
    sight.intervals = [{ fromUs: lastUs + 1_000_000, toUs: lastUs + 60_000_000 }];
    const arrival = scenario.beat(50_000);
    expect(arrival.flags & ArrivalFlag.BLIND).toBeTruthy();
    expect(arrival.is.atUs - arrival.atUs).toBeCloseTo(dueMs * 1_000, -3);
    // The one that was held back, at once.
    scenario.beat(20);
    expect(scenario.samplesMs()).toEqual(before);
  });
});
