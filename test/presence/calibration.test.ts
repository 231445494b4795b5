import { describe, expect, it } from 'vitest';
import { type Arrival, ArrivalFlag, STALE_ARRIVAL } from '../../src/detector/arrival.js';
import { ARRIVAL_PHIS, Calibration } from '../../src/presence/calibration.js';
import { storeNamespace } from '../support/settings.js';
import { arrivalAfter, estimateOf } from './arrivals.js';

describe.each(['adaptive', 'normal', 'exponential'] as const)('calibration of %s', (model) => {
  const { detector } = storeNamespace({ model });
  const before = estimateOf(detector);
  /** A silence that has reached φ. */
  const at = (phi: number, flags = 0) =>
    arrivalAfter(detector.deadlineMs(phi, before) + 1e-6, detector, flags);
  const counted = (...arrivals: Arrival[]) => {
    const calibration = new Calibration();
    for (const each of arrivals) calibration.add(each, detector);
    return calibration;
  };
  /** How many are beyond each of ARRIVAL_PHIS. */
  const beyond = ({ phis }: Calibration) =>
    ARRIVAL_PHIS.map((_, i) => phis.counts.slice(i + 1).reduce((a, b) => a + b));

  it('counts a silence by the φ that phid would have answered at its end', () => {
    expect(beyond(counted(at(0.9)))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(beyond(counted(at(3.2), at(1.7)))).toEqual([2, 2, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(beyond(counted(arrivalAfter(1e9, detector)))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('leaves out what was not judged', () => {
    const { FIRST_SEEN, DUPLICATE, STALE, UNREADABLE, WARMING, BLIND } = ArrivalFlag;
    const flags = [FIRST_SEEN, DUPLICATE, STALE, UNREADABLE, WARMING, BLIND];
    expect(counted(STALE_ARRIVAL, ...flags.map((flag) => at(8, flag))).judged).toBe(0);
  });

  it('finds one in 10^φ where silences are distributed as the model says', () => {
    const n = 100_000;
    const calibration = counted(...Array.from({ length: n }, (_, i) => at(-Math.log10((i + 0.5) / n))));
    expect(calibration.judged).toBe(n);
    for (const [i, count] of beyond(calibration).entries()) {
      expect(Math.abs(count - n * 10 ** -(ARRIVAL_PHIS[i] as number))).toBeLessThanOrEqual(1);
    }
  });
});
