import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoreClock } from '../../src/store/redis/store-clock.js';

let clock: StoreClock;
beforeEach(() => {
  clock = new StoreClock();
});

describe('the reckoned clock of a store', () => {
  it('is not known before the first answer, after a reset, or long after the last answer', () => {
    expect(clock.at(0)).toBeUndefined();
    clock.hear({ nowUs: 5e6, nowMs: 0 });
    expect(clock.at(9_999)).toEqual({ nowUs: 14_999_000, nowMs: 9_999 });
    expect(clock.at(10_000)).toBeUndefined();
    clock.reset();
    expect(clock.at(1)).toBeUndefined();
  });

  it('is never ahead, and behind by the way of the quickest answer and half a thousandth since', () => {
    const answer = fc.record({ afterMs: fc.integer({ min: 0, max: 500 }), wayUs: fc.nat(50_000) });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 50 }), fc.nat(2_000), (answers, laterMs) => {
        const reckoned = new StoreClock();
        const trueUs = (nowMs: number) => 7e15 + 1_000 * nowMs;
        let nowMs = 0;
        const behindUs: number[] = [];
        for (const { afterMs, wayUs } of answers) {
          nowMs += afterMs;
          for (let i = 0; i < behindUs.length; i++) behindUs[i] = (behindUs[i] as number) + afterMs / 2;
          behindUs.push(wayUs);
          reckoned.hear({ nowUs: trueUs(nowMs) - wayUs, nowMs });
        }
        const errorUs = trueUs(nowMs + laterMs) - (reckoned.at(nowMs + laterMs)?.nowUs ?? Number.NaN);
        expect(errorUs).toBeGreaterThanOrEqual(0);
        expect(errorUs).toBeLessThanOrEqual(Math.min(...behindUs) + 2 + answers.length);
      }),
    );
  });

  it('follows a clock that was set forward at once, and one set back after a reset', () => {
    clock.hear({ nowUs: 100e6, nowMs: 0 });
    clock.hear({ nowUs: 200e6, nowMs: 1 });
    expect(clock.at(1)?.nowUs).toBe(200e6);
    clock.reset();
    clock.hear({ nowUs: 50e6, nowMs: 2 });
    expect(clock.at(2)?.nowUs).toBe(50e6);
  });
});
