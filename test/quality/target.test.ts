import { describe, expect, it } from 'vitest';
import { parseProposal, parseTarget } from '../../src/cli/tune-options.js';
import { CostCurve, type Costs } from '../../src/quality/cost-curve.js';
import { meet } from '../../src/quality/target.js';

/** Of a fleet where φ means what it says, a thousand gaps a day; every φ costs ten seconds more, 99 of 100 twice as much. */
const curve = new CostCurve(
  Array.from({ length: 57 }, (_, i): Costs => {
    const phi = 1 + i / 8;
    return {
      phi,
      falseAlarmsPerUserDay: 1_000 * 10 ** -phi,
      flapsPerHour: 10 * 10 ** -phi,
      detectionMeanMs: 10_000 * phi,
      detectionP99Ms: 20_000 * phi,
      extrapolated: phi > 5,
    };
  }),
);
const answer = (text: string) => meet(parseTarget(text), curve);

describe('costs of any threshold', () => {
  it('are those of the candidates, between them on a logarithmic scale, and beyond them as φ says', () => {
    expect(curve.at(2)).toEqual(curve.candidates[8]);
    expect(curve.at(2.05).falseAlarmsPerUserDay).toBeCloseTo(1_000 * 10 ** -2.05, 9);
    expect(curve.at(2.05).detectionMeanMs).toBeCloseTo(20_500, -2);
    expect(curve.at(9)).toMatchObject({ extrapolated: true, detectionMeanMs: 80_000 });
    expect(curve.at(9).falseAlarmsPerUserDay).toBeCloseTo(1e-6, 12);
    expect(curve.at(1).phi).toBe(1);
  });
});

describe('a target', () => {
  it.each([
    ['false_alarms<=0.1/user-day', 4],
    ['false_alarms <= 0.7/user-week', 4],
    ['false_alarms<=5000/user-day', 1],
    ['detection<=20s', 2],
    ['detection_p99<=20s', 1],
    ['detection<=10m', 8],
  ])('%s is met by φ %d', (text, phi) => {
    const met = answer(text);
    expect(met).toMatchObject({ target: text, isMet: true });
    expect(met.isMet && met.costs.phi).toBeCloseTo(phi, 1);
  });

  it('of false alarms is met by the lowest φ, of detection times by the highest', () => {
    const [rare, quick] = [answer('false_alarms<=0.1/user-day'), answer('detection<=25s')];
    if (!rare.isMet || !quick.isMet) throw new Error('not met');
    expect(rare.costs.falseAlarmsPerUserDay).toBeLessThanOrEqual(0.1 * (1 + 1e-9));
    expect(curve.at(rare.costs.phi - 0.01).falseAlarmsPerUserDay).toBeGreaterThan(0.1);
    expect(quick.costs.detectionMeanMs).toBeLessThanOrEqual(25_000);
    expect(curve.at(quick.costs.phi + 0.01).detectionMeanMs).toBeGreaterThan(25_000);
  });

  it('that no threshold meets is told why', () => {
    expect(answer('detection<=5s')).toEqual({
      target: 'detection<=5s',
      isMet: false,
      reason: 'even φ 1 takes 10 s: nobody can be missed before the next heartbeat is due',
    });
    expect(answer('false_alarms<=0.000001/user-day')).toMatchObject({
      isMet: false,
      reason: 'even φ 8 is wrong 0.00001 times per user and day',
    });
  });

  it.each([
    ['mistakes<=1', /It is not false_alarms<=NUMBER\/user-day/],
    ['false_alarms<=1', /"1" is not a rate such as 0\.1\/user-day/],
    ['false_alarms<=0/user-day', /is not a rate/],
    ['detection<=soon', /"soon" is not a duration such as 20s/],
    ['detection>=5s', /It is not/],
  ])('%s is none', (text, problem) => {
    expect(() => parseTarget(text)).toThrow(problem);
  });
});

describe('a proposal', () => {
  it('says what each threshold is for', () => {
    expect(parseProposal('suspect=2.5,offline=0.7/user-week')).toEqual({
      suspect: { phi: 2.5 },
      offline: { falseAlarmsPerUserDay: expect.closeTo(0.1, 9) },
    });
    expect(parseProposal(' offline = 20s ')).toEqual({ offline: { detectionTimeMs: 20_000 } });
  });

  it.each([
    ['suspect', /"suspect" is not suspect=VALUE/],
    ['grey=3', /"grey=3" is not suspect=VALUE or offline=VALUE/],
    ['suspect=1,suspect=2', /suspect is given twice/],
    ['offline=0.5', /"0.5" is outside 1 to 300/],
    ['offline=0/user-day', /"0\/user-day" is outside 0.000001 to 100000/],
    ['offline=never', /"never" is not a φ such as 4\.5/],
  ])('%s is none', (text, problem) => {
    expect(() => parseProposal(text)).toThrow(problem);
  });
});
