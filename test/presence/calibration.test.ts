import { describe, expect, it } from 'vitest';
import { type Arrival, ArrivalFlag } from '../../src/detector/arrival.js';
import { Detector } from '../../src/detector/detector.js';
import { NOT_DUE } from '../../src/detector/due.js';
import { priorTables } from '../../src/detector/prior.js';
import { SurvivalTable } from '../../src/detector/survival-table.js';
import { CALIBRATION_PHIS, Calibration } from '../../src/presence/calibration.js';
import { storeNamespace } from '../support/settings.js';

const arrival = (z: number, flags = 0): Arrival => ({
  z,
  flags,
  scaleMs: 100,
  silenceMs: 1_000,
  lost: 0,
  lateAtUs: 0,
  atUs: 0,
  was: NOT_DUE,
  is: NOT_DUE,
});

describe.each(['adaptive', 'normal', 'exponential'] as const)('calibration of %s', (model) => {
  const { detector } = storeNamespace({ model });
  const beyond = (...arrivals: Arrival[]) => {
    const calibration = new Calibration();
    for (const each of arrivals) calibration.add(each, detector);
    return [calibration.judged, ...calibration.beyond];
  };
  const { survival } = detector;

  it('counts a silence at every level that it was beyond', () => {
    expect(beyond(arrival(survival.z(0.9)))).toEqual([1, 0, 0, 0, 0]);
    expect(beyond(arrival(survival.z(3.5)), arrival(survival.z(1.5)))).toEqual([2, 2, 1, 1, 0]);
    expect(beyond(arrival(1e9))).toEqual([1, 1, 1, 1, 1]);
  });

  it('leaves out what was not judged', () => {
    const { FIRST_SEEN, DUPLICATE, STALE, UNREADABLE, WARMING } = ArrivalFlag;
    const flags = [FIRST_SEEN, DUPLICATE, STALE, UNREADABLE, WARMING];
    expect(beyond(...flags.map((flag) => arrival(1e9, flag)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('finds one in 10^φ where silences are distributed as the model says', () => {
    const n = 100_000;
    const [judged, ...counts] = beyond(
      ...Array.from({ length: n }, (_, i) => arrival(survival.z(-Math.log10((i + 0.5) / n)))),
    );
    expect(judged).toBe(n);
    for (const [i, phi] of CALIBRATION_PHIS.entries()) {
      expect(Math.abs((counts[i] as number) - n * 10 ** -phi)).toBeLessThanOrEqual(1);
    }
  });
});

it('judges arrivals on the lattice by its own table', () => {
  const { settings } = storeNamespace({ model: 'adaptive' }).detector;
  const lattice = new SurvivalTable(priorTables.lattice.zs.map((z) => z / 1000));
  const detector = new Detector(settings, 3, { ...priorTables, lattice });
  const calibration = new Calibration();
  const z = lattice.z(2.5);
  calibration.add(arrival(z, ArrivalFlag.ON_LATTICE), detector);
  expect(calibration.beyond).toEqual([1, 1, 0, 0]);
  calibration.add(arrival(z), detector);
  expect(calibration).toMatchObject({ judged: 2, beyond: [1, 1, 0, 0] });
});
