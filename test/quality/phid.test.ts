import { describe, expect, test } from 'vitest';
import { detectorFamilies } from '../../src/quality/detectors/all.js';
import { ALL, type Entry, replay } from '../../src/quality/replay.js';
import { arrivalSource } from '../../src/quality/source.js';

async function entriesOf(fleet: string, options: { names: string[]; budgets: number[] }): Promise<Entry[]> {
  const families = detectorFamilies.filter(({ name }) => options.names.includes(name));
  const entries: Entry[] = [];
  const sources = [arrivalSource(fleet)];
  const progress = { reading() {}, replaying() {} };
  for await (const entry of replay({ sources, families, budgets: options.budgets, pool: false, progress })) {
    entries.push(entry);
  }
  return entries;
}

describe('the detector of this service, in the lab', () => {
  test('flicker: 5 s heartbeats, some over a network with hiccups; at most half of what a 10 s timeout makes', async () => {
    const fleet = 'fleet:steady,wifi,hiccup,reconnect,two-devices@interval=5s,users=3,seed=7';
    // Two intervals of 5 s: the mean detection time of a timeout of 10 s, and of phid.
    const entries = await entriesOf(fleet, { names: ['fixed', 'phid'], budgets: [2] });
    const { cells } = entries.find(({ user }) => user === ALL) as Entry;
    const cell = (name: string) => cells.find(({ detector }) => detector === name) as Entry['cells'][number];
    expect(cell('fixed').tdMean).toBeCloseTo(2, 2);
    expect(cell('phid').tdMean).toBeLessThanOrEqual(cell('fixed').tdMean + 0.004);
    expect(cell('fixed').mistakes).toBeGreaterThan(50);
    expect(cell('phid').mistakes).toBeLessThanOrEqual(cell('fixed').mistakes / 2);
  }, 60_000);

  test('a mixed fleet in one namespace: φ means for each user what it says', async () => {
    const fleet = 'fleet:wifi,hiccup,reconnect,burst-loss,lossy,steady@users=2,duration=2d,seed=3';
    const entries = await entriesOf(fleet, { names: ['phid'], budgets: [2] });
    const errors = { 1: [] as number[], 2: [] as number[] };
    for (const { user, pooledCalibrations } of entries) {
      if (user === ALL) continue;
      for (const { phi, achieved } of pooledCalibrations[0]?.points ?? []) {
        if (phi === 1 || phi === 2) errors[phi].push(Math.abs((achieved ?? Number.NaN) - phi));
      }
    }
    const mean = (numbers: number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(errors[1].length).toBeGreaterThan(10);
    expect(mean(errors[1])).toBeLessThan(0.1);
    expect(mean(errors[2])).toBeLessThan(0.15);
  }, 60_000);
});
