import type { Entry } from '../replay.js';
import { achievedText, oneMinusPa, percentText, shortText, wholeText } from './format.js';
import { type Axis, logTicks, type Series, svgPlot } from './plot.js';
import { budgetsOf, rowsOf } from './rows.js';

/** Which line of a plot a detector is. */
export interface LineStyle {
  readonly style: number;
  readonly isMain: boolean;
  /** The configuration that stands for the detector. */
  readonly config: string;
}

export type LineStyles = ReadonlyMap<string, LineStyle>;

/** Where no mistake at all lies on a logarithmic axis. */
const NO_MISTAKES = 0.5;
const PHI_AXIS_MAX = 5;

/** Mistakes against mean detection time, a line a detector. */
export function mistakesPlot(entry: Entry, { id, title, lines }: PlotOptions): string {
  const series = rowsOf(entry).flatMap(({ detector, config, cells }): Series[] => {
    const line = lines.get(detector);
    if (line?.config !== config) return [];
    const points = cells.flatMap((cell) => {
      if (!cell) return [];
      const { mistakes, tdMean } = cell;
      const what = `${wholeText(mistakes)} mistakes, 1 - P_A ${percentText(oneMinusPa(cell))}`;
      return [
        {
          x: tdMean,
          y: Math.max(mistakes, NO_MISTAKES),
          title: `${detector} ${config}, T_D ${shortText(tdMean)}: ${what}`,
        },
      ];
    });
    return [{ label: detector, style: line.style, isMain: line.isMain, points }];
  });
  const values = series.flatMap(({ points }) => points);
  const budgets = budgetsOf(entry);
  const ticks = logTicks(
    Math.max(1, Math.min(...values.map(({ y }) => y))),
    Math.max(2, ...values.map(({ y }) => y)),
  );
  const hasNone = values.some(({ y }) => y < 1);
  const y: Axis = {
    title: 'mistakes',
    isLog: true,
    min: hasNone ? NO_MISTAKES : (ticks[0] as number),
    max: ticks.at(-1) as number,
    ticks: [
      ...(hasNone ? [{ value: NO_MISTAKES, label: '0' }] : []),
      ...ticks.map((value) => ({ value, label: wholeText(value) })),
    ],
  };
  const x: Axis = {
    title: 'mean detection time T_D, in mean intervals',
    isLog: true,
    min: Math.min(...budgets, ...values.map((point) => point.x)),
    max: Math.max(...budgets),
    ticks: spread(budgets).map((value) => ({ value, label: `${value}` })),
  };
  const description =
    `Logarithmic plot of mistakes against mean detection time for ${series.map(({ label }) => label).join(', ')}. ` +
    'Lower is better. The table below has the figures.';
  return svgPlot({ id, title, description, x, y, series });
}

/** What a φ promises against what it keeps; undefined where no detector has one. */
export function calibrationPlot(entry: Entry, { id, title, lines }: PlotOptions): string | undefined {
  const series = entry.calibrations.flatMap(({ detector, config, points, gaps }): Series[] => {
    const line = lines.get(detector);
    if (line?.config !== config) return [];
    return [
      {
        label: detector,
        style: line.style,
        isMain: line.isMain,
        points: points.flatMap(({ phi, achieved, exceedances }) => {
          if (achieved === undefined) return [];
          const what = `${achievedText(achieved)} achieved (${wholeText(exceedances)} of ${wholeText(gaps)} gaps)`;
          return [{ x: phi, y: achieved, title: `${detector} ${config}, φ ${phi}: ${what}` }];
        }),
      },
    ];
  });
  if (series.length === 0) return undefined;
  const whole = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => ({ value: from + i, label: `${from + i}` }));
  return svgPlot({
    id,
    title,
    description:
      `Achieved φ against nominal φ for ${series.map(({ label }) => label).join(', ')}. On the diagonal a detector ` +
      'keeps its promise, below it there are more false suspicions than promised. The table below has the figures.',
    x: { title: 'nominal φ', isLog: false, min: 1, max: 4, ticks: whole(1, 4) },
    y: {
      title: 'achieved φ',
      isLog: false,
      min: 0,
      max: PHI_AXIS_MAX,
      ticks: whole(0, PHI_AXIS_MAX),
    },
    series,
    diagonal: 'as promised',
  });
}

interface PlotOptions {
  readonly id: string;
  readonly title: string;
  readonly lines: LineStyles;
}

/** Those of the budgets whose labels have room on a logarithmic axis. */
function spread(budgets: readonly number[]): number[] {
  const [first = 1] = budgets;
  const span = Math.log((budgets.at(-1) ?? first) / first) || 1;
  const kept: number[] = [];
  for (const budget of budgets) {
    const last = kept.at(-1);
    if (last === undefined || Math.log(budget / last) > 0.06 * span) kept.push(budget);
  }
  return kept;
}
