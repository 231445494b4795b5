import { type Entry, OWN_HEARTBEATS_MIN } from '../replay.js';
import type { Comparison, Summary } from '../summary.js';
import {
  achievedText,
  entryTitle,
  intervalText,
  oneMinusPa,
  percentText,
  shortText,
  wholeText,
} from './format.js';
import { budgetsOf, type Row, rowsOf } from './rows.js';

/** An entry for people: what each detector costs at each budget, and whether φ is what it says. */
export function entryLines(entry: Entry): string[] {
  const { heartbeats, intervalMs } = entry;
  const facts = [`${wholeText(heartbeats)} heartbeats`];
  if (intervalMs !== undefined) facts.push(`${intervalText(intervalMs)} apart on average`);
  return [
    `${entryTitle(entry)}: ${facts.join(', ')}`,
    '',
    ...aligned(cellRows(entry), 2),
    ...calibrationLines(entry),
    '',
  ];
}

function cellRows(entry: Entry): string[][] {
  const rows = rowsOf(entry);
  const fewest = budgetsOf(entry).map((_, i) =>
    Math.min(...rows.map(({ cells }) => cells[i]?.mistakes ?? Number.POSITIVE_INFINITY)),
  );
  return [
    ['mistakes, 1 - P_A', 'at T_D =', ...budgetsOf(entry).flatMap((budget) => [`${budget}`, ''])],
    ...rows.map(({ detector, config, cells }: Row) => [
      detector,
      config,
      ...cells.flatMap((cell, i) =>
        cell
          ? [
              `${cell.mistakes === fewest[i] ? '*' : ''}${wholeText(cell.mistakes)}`,
              percentText(oneMinusPa(cell)),
            ]
          : ['-', '-'],
      ),
    ]),
  ];
}

function calibrationLines({ calibrations }: Entry): string[] {
  const phis = calibrations[0]?.points.map(({ phi }) => `${phi}`) ?? [];
  if (phis.length === 0) return [];
  const rows = calibrations.map(({ detector, config, points }) => [
    detector,
    config,
    ...points.map(({ achieved }) => achievedText(achieved)),
  ]);
  return ['', ...aligned([['achieved φ', 'at φ =', ...phis], ...rows], 2)];
}

/** What a replay comes to, in words. */
export function summaryLines(summary: Summary): string[] {
  const { reference, comparisons, bestPublished: best, worstAgainstFixed: worst, p99OverBudgetMax } = summary;
  if (reference === undefined || summary.entries === 0) return [];
  const others = comparisons.filter(({ detector }) => detector !== reference);
  const lines: string[] = [];
  if (others.length > 0) {
    lines.push(
      `${reference} against the others, geometric means over all traces, users and budgets (below 1: ${reference} is better)`,
      '',
      ...aligned([['', '', 'mistakes', '1 - P_A', 'cells', 'out of reach'], ...others.map(comparisonRow)], 2),
      '',
    );
  }
  if (best) {
    lines.push(
      `Best other configuration overall: ${best.detector} ${best.config}. ${reference} makes ` +
        `${shortText(best.mistakesRatio)} times its mistakes and is wrong for ` +
        `${shortText(best.oneMinusPaRatio)} times its time.`,
    );
  }
  if (worst) {
    lines.push(
      `Worst cell against a fixed timeout: ${entryTitle(worst)}, ` +
        `T_D = ${worst.budget}: ${wholeText(worst.mistakes)} mistakes against ${wholeText(worst.mistakesFixed)}.`,
    );
  }
  if (p99OverBudgetMax) {
    lines.push(
      `p99 detection time of ${reference}: at most ${shortText(p99OverBudgetMax.value)} times the budget.`,
    );
  }
  const judged = summary.calibrationError.filter(({ decades }) => decades !== undefined);
  if (judged.length > 0) {
    const parts = judged.map(({ phi, decades }) => `${(decades as number).toFixed(2)} at φ = ${phi}`);
    lines.push(`Calibration of ${reference}, mean error in decades: ${parts.join(', ')}.`);
  }
  lines.push(
    '',
    `Times are in mean intervals of each user. * fewest mistakes. - out of reach. Users with ${OWN_HEARTBEATS_MIN} heartbeats`,
    'have results of their own in --json and --html; the timeouts and margins of the published detectors are',
    'chosen with the mean interval and the budget known, which they are not in production.',
  );
  return lines;
}

function comparisonRow(comparison: Comparison): string[] {
  const { detector, config, cells, missing, mistakesRatio, oneMinusPaRatio } = comparison;
  const ratio = (value: number) => (Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 3 : 1));
  return [detector, config, ratio(mistakesRatio), ratio(oneMinusPaRatio), `${cells}`, `${missing}`];
}

/** Columns: the first `left` of them text, the others numbers. */
function aligned(rows: readonly (readonly string[])[], left: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < left ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
      .trimEnd(),
  );
}
