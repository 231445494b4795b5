import { describe, expect, it } from 'vitest';
import { ArrivalFlag, STALE_ARRIVAL } from '../../src/detector/arrival.js';
import { Mistakes } from '../../src/presence/mistakes.js';
import { storeNamespace } from '../support/settings.js';
import { arrivalAfter, estimateOf } from './arrivals.js';

const thresholds = { suspect: 3, offline: 5 };

describe.each(['adaptive', 'normal', 'exponential'] as const)('mistakes of %s', (model) => {
  const { detector } = storeNamespace({ model });
  const before = estimateOf(detector);
  const suspectMs = detector.deadlineMs(3, before);
  const offlineMs = detector.deadlineMs(5, before);
  const mistakesAfter = (silenceMs: number, flags = 0) => {
    const mistakes = new Mistakes();
    mistakes.add(arrivalAfter(silenceMs, detector, flags), detector, thresholds);
    const { suspect, offline } = mistakes;
    return { suspect: [suspect.count, suspect.sum], offline: [offline.count, offline.sum] };
  };

  it('a heartbeat that comes before the crossing ends none', () => {
    expect(mistakesAfter(suspectMs - 1)).toEqual({ suspect: [0, 0], offline: [0, 0] });
  });

  it('one that comes after it ends a mistake, which lasted since the crossing', () => {
    expect(mistakesAfter(suspectMs + 1)).toEqual({ suspect: [1, expect.closeTo(1)], offline: [0, 0] });
    expect(mistakesAfter(offlineMs + 70)).toEqual({
      suspect: [1, expect.closeTo(offlineMs - suspectMs + 70)],
      offline: [1, expect.closeTo(70)],
    });
  });

  it('a duplicate proves life as well; a silence that was not all heard proves nothing', () => {
    expect(mistakesAfter(offlineMs, ArrivalFlag.DUPLICATE).offline[0]).toBe(1);
    expect(mistakesAfter(offlineMs, ArrivalFlag.BLIND).suspect[0]).toBe(0);
    const mistakes = new Mistakes();
    mistakes.add(STALE_ARRIVAL, detector, thresholds);
    expect(mistakes.suspect.count).toBe(0);
  });
});

it('max_silence is a deadline as well', () => {
  const { detector } = storeNamespace({ model: 'normal', maxSilenceMs: 1_100 });
  const mistakes = new Mistakes();
  mistakes.add(arrivalAfter(1_150, detector), detector, thresholds);
  expect(mistakes.suspect.sum).toBeCloseTo(50);
  expect(mistakes.offline.sum).toBeCloseTo(50);
});
