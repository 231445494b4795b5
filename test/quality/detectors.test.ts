import { expect, test } from 'vitest';
import { detectorFamilies } from '../../src/quality/detectors/all.js';
import type { DetectorFamily, TraceDetector } from '../../src/quality/detectors/family.js';
import { randomNumbers, seeded } from '../support/replay.js';
import { naiveDetectors, type Past } from './naive-detectors.js';

const INTERVAL_MS = 200;
const published = detectorFamilies.filter(({ name }) => name !== 'phid');
const configs = published.flatMap((family) =>
  family.configs.map((config) => ({ title: `${family.name} ${config.name}`, family, config })),
);

/** Sessions with jitter, lost, repeated and overtaken heartbeats, and silences. */
function randomPast(random: () => number, lengths: readonly number[], isNumbered: boolean): Past {
  return {
    sessions: lengths.map((length) => {
      let sequence = Math.floor(random() * 5);
      let atMs = random() * 1_000;
      return Array.from({ length }, () => {
        const chance = random();
        sequence += chance < 0.05 ? 3 : chance < 0.08 ? 0 : chance < 0.1 ? -1 : 1;
        atMs += INTERVAL_MS * (chance > 0.98 ? 2 + 6 * random() : 0.7 + 0.6 * random());
        return { atMs, sequence: isNumbered ? sequence : undefined };
      });
    }),
  };
}

/** Feeds a past as the replay does; `each` is told what is past at each arrival. */
function feed(detector: TraceDetector, past: Past, each: (past: Past) => void): void {
  for (const [s, session] of past.sessions.entries()) {
    let largest = Number.NaN;
    for (const [i, { atMs, sequence }] of session.entries()) {
      const sequenceGap = i === 0 || sequence === undefined ? 1 : sequence - largest;
      const intervalMs = i === 0 ? 0 : atMs - (session[i - 1] as { atMs: number }).atMs;
      const arrival = { atMs, intervalMs, sequence, sequenceGap, declaredMs: 0 };
      if (i === 0) detector.begin(arrival);
      else detector.arrive(arrival);
      if (i === 0 || sequenceGap > 0) largest = sequence ?? Number.NaN;
      each({ sessions: [...past.sessions.slice(0, s), session.slice(0, i + 1)] });
    }
  }
}

function deadlinesOf(detector: TraceDetector, count: number): number[] {
  const out = new Float64Array(count);
  detector.deadlinesMs(out);
  return [...out];
}

function parametersOf({ parameter: { isPhi } }: DetectorFamily): Float64Array {
  return Float64Array.of(...(isPhi ? [0.2, 1, 2.5, 3.2, 8] : [0.01, 0.5, 1.5, 4]));
}

test('every published configuration has an oracle', () => {
  expect(configs.map(({ title }) => title).sort()).toEqual(Object.keys(naiveDetectors).sort());
});

test.each(
  configs.flatMap((config) => [
    { ...config, isNumbered: true, numbering: 'numbered' },
    { ...config, isNumbered: false, numbering: 'not numbered' },
  ]),
)('$title sets the deadlines of its naive oracle, $numbering', ({ title, family, config, isNumbered }) => {
  const { seed } = seeded();
  const past = randomPast(randomNumbers(seed), [1, 2, 130, 1_200], isNumbered);
  const parameters = parametersOf(family);
  const detector = config.namespace(parameters).user({ intervalMs: INTERVAL_MS });
  const naive = naiveDetectors[title] as (typeof naiveDetectors)[string];
  let arrivals = 0;
  feed(detector, past, (sofar) => {
    arrivals += 1;
    // The oracle of Bertier is quadratic: early arrivals, and some of the others.
    if (arrivals > 20 && arrivals % 331 !== 0) return;
    const expected = [...parameters].map((parameter) => naive(sofar, parameter, INTERVAL_MS));
    const actual = deadlinesOf(detector, parameters.length);
    for (const [i, deadlineMs] of expected.entries()) {
      expect(actual[i], `seed ${seed}, arrival ${arrivals}`).toBeCloseTo(deadlineMs, 5);
    }
  });
  expect(arrivals).toBe(1_333);
});

test.each(configs)('$title: deadlines grow with the parameter', ({ title, family, config }) => {
  const { seed } = seeded();
  const past = randomPast(randomNumbers(seed), [400], true);
  const { min, max } = family.parameter;
  const parameters = Float64Array.from({ length: 60 }, (_, i) => min * (max / min) ** (i / 59));
  const detector = config.namespace(parameters).user({ intervalMs: INTERVAL_MS });
  feed(detector, past, () => {});
  const deadlines = deadlinesOf(detector, parameters.length);
  expect(deadlines.every(Number.isFinite)).toBe(true);
  // Akka learns differently under each threshold, so only the ends are sure.
  if (family.name === 'akka') return expect(deadlines.at(-1)).toBeGreaterThan(deadlines[0] as number);
  expect(deadlines, `seed ${seed}, ${title}`).toEqual([...deadlines].sort((a, b) => a - b));
});

test('by hand: heartbeats at 0, 100, 200 and 310, numbered from 0', () => {
  const session = [
    { atMs: 0, sequence: 0 },
    { atMs: 100, sequence: 1 },
    { atMs: 200, sequence: 2 },
    { atMs: 310, sequence: 3 },
  ];
  const deadline = (family: string, parameter: number) => {
    const config = published.find(({ name }) => name === family)?.configs[0];
    const detector = config?.namespace(Float64Array.of(parameter)).user({ intervalMs: 100 });
    if (!detector) throw new Error(family);
    feed(detector, { sessions: [session] }, () => {});
    return deadlinesOf(detector, 1)[0];
  };
  expect(deadline('fixed', 2.5)).toBe(250);
  // η = 310 / 3; the mean of A - η s is 152.5 - 1.5 η; number 4 is expected at 410.83, 100.83 from now.
  expect(deadline('chen', 0.5)).toBeCloseTo(152.5 + (2.5 * 310) / 3 - 310 + 50, 9);
  // The last heartbeat alone expects the next one η after it, which is later than the mean of all.
  expect(deadline('2w', 0.5)).toBeCloseTo(310 / 3 + 50, 9);
  // φ = log10 2 is the mean.
  expect(deadline('phi', Math.log10(2))).toBeCloseTo(310 / 3, 9);
  // The mean of 200 (the initial value), 100, 100 and 110.
  expect(deadline('cassandra', 1)).toBeCloseTo(127.5 * Math.LN10, 9);
  // Of three intervals the longest is exceeded with probability 1/4; one more decade doubles it.
  expect(deadline('satzger', Math.log10(4))).toBeCloseTo(110, 9);
  expect(deadline('satzger', Math.log10(4) + 1)).toBeCloseTo(220, 9);
});
