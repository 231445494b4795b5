import { describe, expect, it } from 'vitest';
import { type Arrival, ArrivalFlag } from '../../src/detector/arrival.js';
import { NOT_DUE } from '../../src/detector/due.js';
import { differs, FleetCounts, type Learned } from '../../src/detector/fleet-counts.js';
import { priorTables } from '../../src/detector/prior.js';
import { SurvivalTable } from '../../src/detector/survival-table.js';

/** An arrival on time, of a session that beats every ten seconds within about 100 ms. */
function arrival(overrides: Partial<Arrival> = {}): Arrival {
  return {
    flags: 0,
    z: 0.5,
    scaleMs: 100,
    silenceMs: 10_050,
    lost: 0,
    lateAtUs: 0,
    atUs: 0,
    was: NOT_DUE,
    is: NOT_DUE,
    ...overrides,
  };
}

function countsOf(...arrivals: Arrival[]): FleetCounts {
  const counts = new FleetCounts();
  for (const each of arrivals) counts.add(each);
  return counts;
}

/** Arrivals whose z is exponential with this mean: P(z > x) = exp(-x / mean). */
function exponential(n: number, mean: number, flags = 0): Arrival[] {
  return Array.from({ length: n }, (_, i) => arrival({ z: -mean * Math.log((i + 0.5) / n), flags }));
}

const learnedOf = (...arrivals: Arrival[]) => countsOf(...arrivals).learned(priorTables);

describe('counts of a fleet', () => {
  it.each(['WARMING', 'FIRST_SEEN', 'DUPLICATE', 'STALE', 'UNREADABLE'] as const)(
    'leave out what is %s',
    (flag) => {
      expect(countsOf(arrival({ flags: ArrivalFlag[flag] })).values).toEqual(new FleetCounts().values);
    },
  );

  it('amount to the prior while there are none', () => {
    expect(new FleetCounts().learned(priorTables)).toEqual({ tables: priorTables, typical: undefined });
  });

  it('become what the fleet does, the more heartbeats the nearer', () => {
    const errorAt = (n: number) => {
      const { plain } = learnedOf(...exponential(n, 4)).tables;
      return Math.max(...[1, 2, 3].map((phi) => Math.abs(plain.phi(4 * phi * Math.LN10) - phi)));
    };
    expect(errorAt(30_000)).toBeLessThan(0.1);
    expect(errorAt(300)).toBeGreaterThan(errorAt(30_000));
  });

  it('keep arrivals on the lattice apart', () => {
    const { plain, lattice } = learnedOf(...exponential(10_000, 4, ArrivalFlag.ON_LATTICE)).tables;
    expect(lattice.phi(4 * Math.LN10)).toBeCloseTo(1, 1);
    expect(plain.z(2)).toBeCloseTo(priorTables.plain.z(2), 0);
  });

  it('tell a typical session by the heartbeats that were not preceded by losses on the lattice', () => {
    const onLattice = arrival({ flags: ArrivalFlag.ON_LATTICE });
    const misleading = arrival({ flags: ArrivalFlag.ON_LATTICE, silenceMs: 40_050, lost: 3 });
    const arrivals = Array.from({ length: 100 }, (_, i) => (i % 2 ? arrival() : onLattice));
    const { typical } = learnedOf(...arrivals, misleading);
    expect(typical?.locationMs).toBeCloseTo(10_000, 6);
    expect(typical?.scaleMs).toBeCloseTo(100, 6);
    expect(learnedOf(...arrivals.slice(1)).typical).toBeUndefined();
  });

  it('add up', () => {
    const [a, b] = [countsOf(...exponential(50, 3)), countsOf(arrival(), ...exponential(70, 1, 256))];
    a.merge(b);
    expect(a.weight).toBe(121);
    expect(a.values).toEqual(countsOf(...exponential(50, 3), arrival(), ...exponential(70, 1, 256)).values);
  });
});

describe('what was learned differs', () => {
  const known: Learned = { tables: priorTables, typical: { locationMs: 10_000, scaleMs: 100 } };
  /** The prior with every z from φ on as if it were reached `decades` earlier. */
  const moved = (decades: number, fromPhi = 0, toPhi = 12) =>
    new SurvivalTable(
      Float64Array.from({ length: 97 }, (_, i) => {
        const phi = i / 8;
        return priorTables.plain.z(phi >= fromPhi && phi <= toPhi ? phi + decades : phi);
      }),
    );
  const withPlain = (plain: SurvivalTable): Learned => ({ ...known, tables: { ...priorTables, plain } });

  it.each([
    ['by less than 0.02 decades: no', withPlain(moved(0.005)), false],
    ['by more: yes', withPlain(moved(0.03)), true],
    ['at one level only: yes', withPlain(moved(0.05, 4, 4)), true],
    ['beyond φ 6: no', withPlain(moved(0.5, 7)), false],
    ['below φ 0.25: no', withPlain(moved(0.05, 0, 0.125)), false],
    ['on the lattice: yes', { ...known, tables: { ...priorTables, lattice: moved(0.03) } }, true],
    ['by interval: yes', { ...known, typical: { locationMs: 10_600, scaleMs: 100 } }, true],
    ['by a little of it: no', { ...known, typical: { locationMs: 10_300, scaleMs: 100 } }, false],
    ['by scale: yes', { ...known, typical: { locationMs: 10_000, scaleMs: 94 } }, true],
    ['by whether a typical session is known: yes', { ...known, typical: undefined }, true],
  ])('%s, either way round', (_, other, expected) => {
    expect(differs(known, other)).toBe(expected);
    expect(differs(other, known)).toBe(expected);
  });
});
