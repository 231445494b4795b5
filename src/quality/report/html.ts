import { ALL, type Entry } from '../replay.js';
import type { Comparison, Summary } from '../summary.js';
import { calibrationPlot, type LineStyles, mistakesPlot } from './entry-plots.js';
import {
  achievedText,
  entryTitle,
  intervalText,
  oneMinusPa,
  percentText,
  shortText,
  wholeText,
} from './format.js';
import { escaped, htmlTable } from './markup.js';
import { STYLES } from './plot.js';
import { budgetsOf, rowsOf } from './rows.js';
import { STYLE } from './style.js';

interface Page {
  /** The whole traces get plots; of the others, single users, there are tables. */
  readonly entries: readonly Entry[];
  /** Users whose results had no room. */
  readonly usersLeftOut: number;
  readonly summary: Summary;
  /** All detectors, in the order of their colours. */
  readonly detectors: readonly string[];
}

/** A replay as one page that needs nothing else: plots, tables, and what they mean. */
export function htmlPage({ entries, usersLeftOut, summary, detectors }: Page): string {
  const lines = linesOf(summary, detectors);
  const whole = entries.filter(({ isWholeTrace }) => isWholeTrace);
  const sections = whole.map((entry, i) => {
    const users = entries.filter(({ trace, isWholeTrace }) => trace === entry.trace && !isWholeTrace);
    return section(entry, { id: `t${i + 1}`, lines, users, summary });
  });
  const links = whole.map(
    (entry, i) => `<li><a href="#t${i + 1}"><bdi>${escaped(entryTitle(entry))}</bdi></a></li>`,
  );
  const leftOut =
    usersLeftOut > 0
      ? `<p>Left out for their number: the tables of ${wholeText(usersLeftOut)} users.</p>`
      : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Failure detectors at equal detection time</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Failure detectors at equal detection time</h1>
<p class="lead">Recorded heartbeats, replayed through each detector at the parameter that gives the same mean detection
time. What is left to compare is how often each is wrong, and for how long.</p>
<nav aria-label="Traces"><ul>${links.join('')}</ul></nav>
</header>
<main>
${tiles(summary)}
${comparison(summary)}
${sections.join('\n')}
${leftOut}
</main>
<footer>
${NOTES}
</footer>
</body>
</html>
`;
}

const NOTES = `<h3>How to read it</h3>
<p><b>T_D</b>, detection time: from the last heartbeat to the suspicion, if the sender had died right after that heartbeat.
<b>Mistake</b>: a suspicion that a later heartbeat proved wrong. <b>1 - P_A</b>: the share of time in wrong suspicion.
<b>φ</b>: minus the decimal logarithm of the share of gaps that a detector says will be longer than its deadline; the achieved φ
is that of the share that really was.</p>
<p>Times are in mean intervals of each user. The first 100 gaps of each user are not counted. Metrics after Chen, Toueg and
Aguilera, <cite>On the Quality of Service of Failure Detectors</cite>, IEEE Transactions on Computers 51(5), 2002.</p>
<p>Every parameter is chosen for the trace and the budget after the fact, and durations (timeouts, margins, floors) are in mean
intervals of the user. In production neither is known: this is each detector at its best. Lines show the configuration of
each detector that does best overall; tables show all of them.</p>`;

function linesOf({ bestConfigs, comparisons, reference }: Summary, detectors: readonly string[]): LineStyles {
  const best = [...bestConfigs, ...comparisons];
  return new Map(
    detectors.flatMap((detector, i) => {
      const config = best.find((candidate) => candidate.detector === detector)?.config;
      return config === undefined
        ? []
        : [[detector, { style: i % STYLES, isMain: detector === reference, config }]];
    }),
  );
}

function tiles({
  reference = '',
  bestPublished: best,
  p99OverBudgetMax: p99,
  calibrationError,
}: Summary): string {
  const tile = (figure: string, meaning: string) =>
    `<div class="card tile"><b>${figure}</b><span>${escaped(meaning)}</span></div>`;
  const tilesOf: string[] = [];
  if (best) {
    const other = `${best.detector} ${best.config}, the best other configuration`;
    tilesOf.push(tile(`${shortText(best.mistakesRatio)} ×`, `mistakes of ${reference} against ${other}`));
    tilesOf.push(tile(`${shortText(best.oneMinusPaRatio)} ×`, `time in wrong suspicion against the same`));
  }
  if (p99)
    tilesOf.push(tile(`${shortText(p99.value)} ×`, `the budget: largest p99 detection time of ${reference}`));
  const error = calibrationError.findLast(({ phi, decades }) => phi <= 3 && decades !== undefined);
  if (error?.decades !== undefined) {
    tilesOf.push(tile(error.decades.toFixed(2), `decades: mean error of ${reference} at φ = ${error.phi}`));
  }
  return `<div class="tiles">${tilesOf.join('')}</div>`;
}

function comparison({ comparisons, reference = '' }: Summary): string {
  const others = comparisons.filter(({ detector, cells }) => detector !== reference && cells > 0);
  if (others.length === 0) return '';
  const rows = others.map((other: Comparison) => [
    escaped(other.detector),
    escaped(other.config),
    `${ratioBar(other.mistakesRatio)} ${other.mistakesRatio.toFixed(2)}`,
    `${ratioBar(other.oneMinusPaRatio)} ${other.oneMinusPaRatio.toFixed(2)}`,
    `${other.cells}`,
    `${other.missing}`,
  ]);
  const head = ['detector', 'configuration', 'mistakes', '1 - P_A', 'cells', 'out of reach'];
  return `<h2>${escaped(reference)} against the others</h2>
<p class="facts">Ratios of ${escaped(reference)} to each, geometric means over all traces, users and budgets. Below 1, to the left,
${escaped(reference)} is better.</p>
<div class="card">${htmlTable({ caption: 'Ratios, by configuration', head, rows, labels: 2 })}</div>`;
}

/** A bar from 1, to the left below, on a logarithmic scale from 1/4 to 4. */
function ratioBar(ratio: number): string {
  const at = 75 + 35 * Math.max(-2, Math.min(2, Math.log2(ratio)));
  const from = Math.min(75, at).toFixed(1);
  const width = Math.abs(at - 75).toFixed(1);
  return `<svg class="ratio" viewBox="0 0 150 14" aria-hidden="true"><rect class="${ratio < 1 ? 'better' : 'worse'}" x="${from}" y="2" width="${width}" height="10" rx="1"/><path class="mid" d="M75 0V14"/></svg>`;
}

interface SectionOptions {
  readonly id: string;
  readonly lines: LineStyles;
  readonly users: readonly Entry[];
  readonly summary: Summary;
}

function section(entry: Entry, { id, lines, users, summary }: SectionOptions): string {
  const title = entryTitle(entry);
  const mistakes = mistakesPlot(entry, {
    id: `${id}m`,
    title: `${title}: mistakes at equal detection time`,
    lines,
  });
  const calibration = calibrationPlot(entry, { id: `${id}c`, title: `${title}: calibration of φ`, lines });
  const figure = (heading: string, svg: string) =>
    `<figure class="card"><h3>${heading}</h3><div class="scroll" tabindex="0" role="group" aria-label="${heading}">${svg}</div></figure>`;
  const userTables = users.map(
    (user) =>
      `<details><summary><bdi>${escaped(entryTitle(user))}</bdi>: ${factsOf(user)}</summary>${tables(user, summary)}</details>`,
  );
  return `<section aria-labelledby="${id}">
<h2 id="${id}"><bdi>${escaped(title)}</bdi></h2>
<p class="facts">${factsOf(entry)}</p>
<div class="pair">
${figure('Mistakes at equal detection time', mistakes)}
${calibration === undefined ? '' : figure('What φ promises, and what it keeps', calibration)}
</div>
<div class="card">
<details><summary>Figures of this trace</summary>${tables(entry, summary)}</details>
${userTables.join('\n')}
</div>
</section>`;
}

function factsOf({ heartbeats, intervalMs, users, user }: Entry): string {
  const facts = [`${wholeText(heartbeats)} heartbeats`];
  if (user === ALL) facts.push(`${wholeText(users)} users`);
  if (intervalMs !== undefined) facts.push(`${intervalText(intervalMs)} apart on average`);
  return facts.join(', ');
}

function tables(entry: Entry, summary: Summary): string {
  const budgets = budgetsOf(entry);
  const rows = rowsOf(entry);
  const fewest = budgets.map((_, i) =>
    Math.min(...rows.map(({ cells }) => cells[i]?.mistakes ?? Number.POSITIVE_INFINITY)),
  );
  const cells = htmlTable({
    caption: 'Mistakes and, smaller, 1 - P_A at each mean detection time; in bold the fewest mistakes',
    head: ['detector', 'configuration', ...budgets.map((budget) => `T_D ${budget}`)],
    labels: 2,
    rows: rows.map((row) => [
      row.detector === summary.reference ? `<b>${escaped(row.detector)}</b>` : escaped(row.detector),
      escaped(row.config),
      ...row.cells.map((cell, i) => {
        if (!cell) return '<span title="out of reach">-</span>';
        const mistakes = wholeText(cell.mistakes);
        const shown = cell.mistakes === fewest[i] ? `<span class="fewest">${mistakes}</span>` : mistakes;
        return `${shown}<small>${percentText(oneMinusPa(cell))}</small>`;
      }),
    ]),
  });
  const { calibrations } = entry;
  if (calibrations.length === 0) return cells;
  const calibration = htmlTable({
    caption: 'Achieved φ at each nominal φ and, smaller, the gaps that were longer',
    head: ['detector', 'configuration', ...(calibrations[0]?.points.map(({ phi }) => `φ ${phi}`) ?? [])],
    labels: 2,
    rows: calibrations.map(({ detector, config, points }) => [
      escaped(detector),
      escaped(config),
      ...points.map(
        ({ achieved, exceedances }) => `${achievedText(achieved)}<small>${wholeText(exceedances)}</small>`,
      ),
    ]),
  });
  return `${cells}${calibration}`;
}
