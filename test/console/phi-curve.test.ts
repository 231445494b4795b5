import { describe, expect, it } from 'vitest';
import { phiAt, traceOf } from '../../console/src/user/phi-curve.js';
import { binsOf } from '../../console/src/user/window-bins.js';

const curve = [
  { silenceMs: 0, phi: 0 },
  { silenceMs: 1_000, phi: 1 },
  { silenceMs: 2_000, phi: 5 },
];

describe('φ after a silence', () => {
  it('is that of the line between the points beside it', () => {
    expect([0, 500, 1_000, 1_250, 2_000].map((ms) => phiAt(curve, ms))).toEqual([0, 0.5, 1, 2, 5]);
  });

  it('is that of the nearest point beyond the ends, and 0 where there is no curve', () => {
    expect([phiAt(curve, -1), phiAt(curve, 9_999), phiAt([], 500)]).toEqual([0, 5, 0]);
  });

  it('is found where a curve goes straight up', () => {
    const cap = [...curve, { silenceMs: 2_000, phi: 1_000 }];
    expect([phiAt(cap, 1_999), phiAt(cap, 2_000)]).toEqual([4.996, 1_000]);
  });
});

describe('what is drawn of it', () => {
  it('begins with the silences before, and ends where it is to, φ cut off', () => {
    const { atMs, phi } = traceOf(
      { curve, intervalsMs: [1_000, 1_000] },
      { pastMs: 1_500, futureMs: 1_500, phiMax: 2 },
    );
    expect(atMs[0]).toBeGreaterThanOrEqual(-1_500);
    expect([atMs.at(-1), phi.at(-1)]).toEqual([1_500, 2]);
    expect(atMs).toEqual([...atMs].sort((a, b) => a - b));
    expect(phi[atMs.lastIndexOf(0)]).toBe(0);
    expect(phi[atMs.indexOf(0)]).toBe(1);
  });
});

describe('intervals in bins', () => {
  it('are all counted, in bins of a round width that begin at a multiple of it', () => {
    const { edgesMs, counts, widthMs } = binsOf([980, 1_000, 1_010, 1_490], 24);
    expect(widthMs).toBe(50);
    expect(edgesMs[0]).toBe(950);
    expect(counts.reduce((sum, n) => sum + n)).toBe(4);
    expect(counts.slice(0, 2)).toEqual([1, 2]);
  });

  it('that are all the same are one bin, and none are none', () => {
    expect(binsOf([1_000, 1_000], 24)).toEqual({ edgesMs: [1_000], counts: [2], widthMs: 1 });
    expect(binsOf([], 24).counts).toEqual([]);
  });
});
