import { describe, expect, test } from 'vitest';
import { detectorFamilies } from '../../src/quality/detectors/all.js';
import type { DetectorFamily } from '../../src/quality/detectors/family.js';
import { type Entry, replay } from '../../src/quality/replay.js';
import { entryJson, summaryJson } from '../../src/quality/report/json.js';
import type { ArrivalSource } from '../../src/quality/source.js';
import { SummaryOf } from '../../src/quality/summary.js';
import type { TraceArrival } from '../../src/quality/trace.js';
import { randomNumbers } from '../support/replay.js';

/** A user whose heartbeats come `gapsMs` apart; an array more is a session more. */
function arrivalsOf(user: string, sessions: readonly (readonly number[])[]): TraceArrival[] {
  return sessions.flatMap((gapsMs, session) => {
    let receivedMs = 0;
    return [0, ...gapsMs].map((gapMs, sequence) => {
      receivedMs += gapMs;
      return { user, session: `${session}`, sequence, sentMs: undefined, receivedMs };
    });
  });
}

function sourceOf(name: string, arrivals: readonly TraceArrival[]): ArrivalSource {
  return {
    name,
    async *arrivals() {
      yield* arrivals;
    },
  };
}

interface Given {
  readonly sources: readonly ArrivalSource[];
  readonly families?: readonly DetectorFamily[];
  readonly detectors?: readonly string[];
  readonly budgets?: readonly number[];
  readonly pool?: boolean;
}

async function entriesOf({
  detectors = [],
  families = detectorFamilies.filter(({ name }) => detectors.includes(name)),
  budgets = [2],
  pool = false,
  sources,
}: Given): Promise<Entry[]> {
  const shares: number[] = [];
  const progress = { reading() {}, replaying: (share: number) => void shares.push(share) };
  const entries: Entry[] = [];
  for await (const entry of replay({ sources, families, budgets, pool, progress })) entries.push(entry);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  return entries;
}

const even = (length: number, gapMs: number) => new Array<number>(length).fill(gapMs);

/** Gaps with some long ones. */
function unevenGaps(seed: number, length: number, meanMs: number): number[] {
  const random = randomNumbers(seed);
  return Array.from({ length }, () => meanMs * (random() < 0.03 ? 1 + 8 * random() : 0.5 + random()));
}

/** Gaps of heartbeats that are sent evenly and delayed, some of them much; one overtakes none. */
function delayedGaps(seed: number, length: number, intervalMs: number): number[] {
  const random = randomNumbers(seed);
  let lastMs = 0;
  return Array.from({ length }, (_, i) => {
    const delay = random() < 0.03 ? 6 * random() : 0.4 * random();
    const atMs = Math.max(lastMs, intervalMs * (i + 1 + delay));
    const gapMs = atMs - lastMs;
    lastMs = atMs;
    return gapMs;
  });
}

describe('by hand', () => {
  // 100 gaps to learn from; then 48 of 100 ms and two of 600 ms: 120 ms on average.
  const user = arrivalsOf('a', [even(100, 70), [...even(24, 100), 600, ...even(24, 100), 600]]);

  test('a timeout of twice the mean interval', async () => {
    const [entry, ...more] = await entriesOf({ sources: [sourceOf('t', user)], detectors: ['fixed'] });
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ trace: 't', user: 'a', heartbeats: 152, gaps: 50, missing: [] });
    expect(entry?.intervalMs).toBeCloseTo(120, 9);
    const [cell] = entry?.cells ?? [];
    expect(cell).toMatchObject({ budget: 2, detector: 'fixed', config: 'timeout', mistakes: 2 });
    // Wrong suspicion from 240 ms to 600 ms, twice, of 6,000 ms.
    expect((cell?.suspected as number) / (cell?.time as number)).toBeCloseTo(0.12, 3);
    for (const td of [cell?.tdMean, cell?.tdP50, cell?.tdP99]) expect(td).toBeCloseTo(2, 2);
  });

  test('calibration: the share of gaps that are longer than each nominal deadline', async () => {
    const inIntervals: DetectorFamily = {
      name: 'phid',
      source: 'φ intervals',
      parameter: { name: 'phi', meaning: '', min: 1e-2, max: 1e2, isPhi: true },
      sharesState: false,
      configs: [
        {
          name: 'c',
          namespace: (parameters) => ({
            user: ({ intervalMs }) => ({
              begin() {},
              arrive() {},
              deadlinesMs: (out) => out.set(parameters.map((phi) => phi * intervalMs)),
            }),
          }),
        },
      ],
    };
    const gaps = [...even(90, 10), ...even(8, 25), 35, 145];
    const trace = arrivalsOf('a', [[...even(100, 10), ...gaps]]);
    const [entry] = await entriesOf({ sources: [sourceOf('t', trace)], families: [inIntervals] });
    // The mean is 12.8 ms: 10 gaps exceed one interval, 2 exceed two, 1 exceeds three and four.
    expect(entry?.calibrations).toEqual([
      {
        detector: 'phid',
        config: 'c',
        gaps: 100,
        points: [
          { phi: 1, achieved: 1, exceedances: 10 },
          { phi: 2, achieved: -Math.log10(0.02), exceedances: 2 },
          { phi: 3, achieved: 2, exceedances: 1 },
          { phi: 4, achieved: 2, exceedances: 1 },
        ],
      },
    ]);
  });
});

test('every published detector is compared at the same mean detection time', async () => {
  const budgets = [1.75, 2, 3, 5];
  const trace = arrivalsOf('a', [delayedGaps(7, 1_500, 200), delayedGaps(8, 700, 200)]);
  const families = detectorFamilies.filter(({ name }) => name !== 'akka');
  const [entry] = await entriesOf({ sources: [sourceOf('t', trace)], families, budgets });
  const configs = families.flatMap(({ configs }) => configs);
  expect(entry?.missing).toEqual([]);
  expect(entry?.cells).toHaveLength(configs.length * budgets.length);
  for (const { tdMean, budget, detector, config } of entry?.cells ?? []) {
    expect(Math.abs(tdMean / budget - 1), `${detector} ${config} ${budget}`).toBeLessThanOrEqual(6e-4);
  }
});

test('a budget that a detector cannot reach is left out and named', async () => {
  // Nothing is sent evenly here, so that what NFD-E expects by a long window is far too late without any margin.
  const trace = arrivalsOf('a', [unevenGaps(7, 2_000, 200)]);
  const [entry] = await entriesOf({
    sources: [sourceOf('t', trace)],
    detectors: ['chen'],
    budgets: [1.5, 90],
  });
  expect(entry?.missing).toEqual([{ budget: 1.5, detector: 'chen', config: 'n=1000' }]);
  expect(entry?.cells.map(({ config, budget }) => `${config} ${budget}`)).toEqual([
    'n=100 1.5',
    'n=100 90',
    'n=1000 90',
  ]);
});

describe('users', () => {
  const gaps = (n: number) => [unevenGaps(n, n, 100)];
  const one = [...arrivalsOf('a', gaps(400)), ...arrivalsOf('b', gaps(300)), ...arrivalsOf('c', gaps(120))];
  const two = arrivalsOf('a', gaps(250));
  const sources = [sourceOf('one', one), sourceOf('two', two)];

  test('with too few heartbeats they count among all, and have no entry', async () => {
    const entries = await entriesOf({ sources, detectors: ['fixed'], pool: true });
    expect(
      entries.map(({ trace, user, users, gaps, isWholeTrace }) => [trace, user, users, gaps, isWholeTrace]),
    ).toEqual([
      ['one', 'a', 1, 300, false],
      ['one', 'b', 1, 200, false],
      ['one', '*', 3, 520, true],
      ['two', 'a', 1, 150, true],
      ['*', '*', 4, 670, true],
    ]);
  });

  test('without a unit of time they are passed over: one heartbeat, all at one instant', async () => {
    const odd = [...arrivalsOf('x', [[]]), ...arrivalsOf('y', [even(200, 0)]), ...two];
    const entries = await entriesOf({ sources: [sourceOf('t', odd)], detectors: ['fixed', 'phi'] });
    expect(entries.map(({ user, users }) => [user, users])).toEqual([
      ['a', 1],
      ['*', 1],
    ]);
  });

  test('who share state are replayed interleaved, in a namespace for each group', async () => {
    const groups: string[][] = [];
    const sharing: DetectorFamily = {
      name: 'sharing',
      source: '',
      parameter: { name: 'p', meaning: '', min: 1e-2, max: 1e2, isPhi: true },
      sharesState: true,
      capBudgets: 3,
      configs: [
        {
          name: 'c',
          namespace(parameters) {
            const order: string[] = [];
            groups.push(order);
            return {
              user({ intervalMs }) {
                let n = 0;
                return {
                  begin() {
                    order.push('begins');
                  },
                  arrive() {
                    n += 1;
                    if (order.length < 12) order.push(intervalMs.toFixed(0));
                  },
                  // Every tenth deadline is out of all proportion: the cap holds it.
                  deadlinesMs(out) {
                    out.set(parameters.map((p) => p * intervalMs * (n % 10 === 0 ? 1e6 : 1)));
                  },
                };
              },
            };
          },
        },
      ],
    };
    const trace = [...arrivalsOf('a', [even(400, 50)]), ...arrivalsOf('b', [even(200, 90)])];
    const entries = await entriesOf({ sources: [sourceOf('t', trace)], families: [sharing] });
    // Twice as many heartbeats, twice as many turns.
    expect(groups[0]).toEqual(['begins', 'begins', ...'50 50 90 50 50 90 50 50 90 50'.split(' ')]);
    expect(groups.at(-1)).toEqual(['begins', ...new Array<string>(11).fill('90')]);
    for (const { cells, user, pooledCalibrations } of entries) {
      expect(Math.abs((cells[0]?.tdMean as number) - 2)).toBeLessThanOrEqual(1e-3);
      expect(cells[0]?.tdP99).toBe(6);
      expect(pooledCalibrations).toHaveLength(user === '*' ? 0 : 1);
    }
  });
});

test('a source without arrivals, and one that fails', async () => {
  await expect(entriesOf({ sources: [sourceOf('t', [])], detectors: ['fixed'] })).rejects.toThrow(
    /^t: has no arrivals$/,
  );
});

test('results for machines', async () => {
  const trace = [
    ...arrivalsOf('a', [unevenGaps(1, 600, 100)]),
    ...arrivalsOf('b', [unevenGaps(2, 500, 300)]),
  ];
  const summary = new SummaryOf(['phid', 'fixed', 'phi']);
  const traces: ReturnType<typeof entryJson>[] = [];
  for (const entry of await entriesOf({
    sources: [sourceOf('t', trace)],
    detectors: ['phid', 'fixed', 'phi'],
    budgets: [1.5, 3],
    pool: true,
  })) {
    summary.add(entry);
    traces.push(entryJson(entry));
  }
  const result = JSON.parse(JSON.stringify({ traces, summary: summaryJson(summary.summary) }));
  expect(result.traces.map(({ trace, user }: Entry) => `${trace} ${user}`)).toEqual([
    't a',
    't b',
    't *',
    '* *',
  ]);
  for (const entry of result.traces) {
    expect(entry.calibration.map(({ phi }: { phi: number }) => phi)).toEqual([1, 2, 3, 4]);
    expect(Object.keys(entry.calibrations)).toEqual([
      'phid',
      'phi W=100 floor=0.01',
      'phi W=100 floor=0.1',
      'phi W=1000 floor=0.01',
      'phi W=1000 floor=0.1',
    ]);
    for (const cell of entry.cells) {
      expect(cell).toMatchObject({
        budget: expect.any(Number),
        detector: expect.any(String),
        config: expect.any(String),
        mistakes: expect.any(Number),
        one_minus_pa: expect.any(Number),
        td_mean: expect.any(Number),
        td_p50: expect.any(Number),
        td_p99: expect.any(Number),
      });
    }
  }
  expect(result.summary).toMatchObject({
    reference: 'phid',
    entries: 4,
    worst_against_fixed: { trace: expect.any(String), ratio: expect.any(Number) },
    calibration_error: [1, 2, 3, 4].map((phi) => ({ phi })),
  });
  expect(result.summary.ratios.map(({ detector }: { detector: string }) => detector)).toEqual([
    'phid',
    'fixed',
    ...new Array(4).fill('phi'),
  ]);
  expect(result.summary.ratios[0]).toMatchObject({ cells: 8, mistakes_ratio: 1, one_minus_pa_ratio: 1 });
});
