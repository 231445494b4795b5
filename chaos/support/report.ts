import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { numberText, table } from '../../bench/support/print.js';
import type { Fault } from './fault.js';
import type { Row } from './run.js';

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const END = '<!-- End of the table. -->';

/** A table of docs/reliability.md. */
interface ReportTable {
  readonly begin: string;
  readonly head: readonly string[];
  readonly isOf: (fault: Fault) => boolean;
  readonly cellsOf: (row: Row) => string[];
}

const FAULTS: ReportTable = {
  begin: '<!-- The table between these lines is written by `npm run chaos -- --report`. -->',
  head: [
    ...['fault', 'users', 'false OFFLINE', 'false SUSPECT', 'acknowledged', 'lost'],
    ...['no heartbeats, s', 'no queries, s', 'changes again after, s', 'verdict'],
  ],
  isOf: (fault) => !('declared' in fault),
  cellsOf: ({ fault, figures, unmet }) => [
    fault,
    ...[figures.users, figures.falseOffline, figures.falseSuspect, figures.acknowledged, figures.lost].map(
      numberText,
    ),
    ...[figures.noHeartbeatsMs, figures.noQueriesMs, figures.changesAgainMs].map(secondsText),
    verdictOf(unmet),
  ],
};

const ATTACKS: ReportTable = {
  begin: '<!-- The table of attacks between these lines is written by `npm run chaos -- --report`. -->',
  head: [
    ...['attack', 'false OFFLINE', 'false SUSPECT', 'lost', 'no heartbeats, s'],
    ...[
      'query p99 before, ms',
      'query p99, ms',
      'newcomer p99, ms',
      'memory before, MiB',
      'at most more, MiB',
    ],
    'verdict',
  ],
  isOf: (fault) => 'declared' in fault,
  cellsOf: ({ fault, figures, unmet }) => [
    fault,
    ...[figures.falseOffline, figures.falseSuspect, figures.lost].map(numberText),
    secondsText(figures.noHeartbeatsMs),
    ...[
      ...[figures.calmP99Ms, figures.answerP99Ms, figures.newcomerP99Ms],
      ...[figures.memoryBeforeMiB, figures.memoryGrowthMiB],
    ].map((value = Number.NaN) => numberText(Math.round(value))),
    verdictOf(unmet),
  ],
};

/** All rows as Markdown: a table of faults, and one of attacks. `faults`: all that there are. */
export function tablesOf(rows: readonly Row[], faults: readonly Fault[]): string {
  return [FAULTS, ATTACKS]
    .map(({ head, isOf, cellsOf }) => ({ head, rows: rowsOf(rows, faults.filter(isOf)).map(cellsOf) }))
    .filter((one) => one.rows.length > 0)
    .map((one) => table(one.head, one.rows))
    .join('\n\n');
}

const rowsOf = (rows: readonly Row[], faults: readonly Fault[]): Row[] =>
  rows.filter(({ fault }) => faults.some(({ name }) => name === fault));

/**
 * Puts what was run into the tables of docs/reliability.md, in the order of `faults`, which are all that there are. Rows of faults
 * that were not run stay as they are.
 */
export async function writeReport(rows: readonly Row[], faults: readonly Fault[]): Promise<void> {
  let text = await readFile(page, 'utf8');
  for (const one of [FAULTS, ATTACKS]) {
    const own = faults.filter(one.isOf);
    const ran = rowsOf(rows, own);
    if (ran.length > 0) text = withTable(text, one, { ran, names: own.map(({ name }) => name) });
  }
  await writeFile(page, text);
}

interface Ran {
  readonly ran: readonly Row[];
  /** Of all that belong into the table. */
  readonly names: readonly string[];
}

function withTable(text: string, { begin, head, cellsOf }: ReportTable, { ran, names }: Ran): string {
  const [before, rest = ''] = text.split(begin);
  const at = rest.indexOf(END);
  if (before === undefined || at < 0) throw new Error(`${page} has no place for the table`);
  const old = rest.slice(0, at);
  const cells = new Map(cellsIn(old).map((kept) => [kept[0] as string, kept]));
  for (const row of ran) cells.set(row.fault, cellsOf(row));
  const isWhole = ran.length === names.length;
  const chosen = isWhole ? '' : ` ${ran.map(({ fault }) => fault).join(' ')}`;
  const command = `\`npm run chaos --${chosen} --report\``;
  const date = new Date().toISOString().slice(0, 10);
  const run = `on ${date} by ${command}: Node ${process.version.slice(1)}, ${cpus().length} cores.`;
  const runs = isWhole ? [`Run ${run}`] : [...runsIn(old, command), `Rows of a later run, ${run}`];
  const lines = names.flatMap((name) => [cells.get(name)].filter((one) => one !== undefined));
  return `${before}${begin}\n${runs.join('\n')}\n\n${table(head, lines)}\n${rest.slice(at)}`;
}

/** The rows of a table, without its head. */
function cellsIn(old: string): string[][] {
  const lines = old.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** When the rows of a table were run, but for those that are run again by the same command. */
function runsIn(old: string, command: string): string[] {
  return old.split('\n').filter((line) => /^(Run|Rows) /.test(line) && !line.includes(command));
}

function secondsText(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1000).toFixed(1) : 'never';
}

function verdictOf(unmet: readonly string[]): string {
  return unmet.length === 0 ? 'as expected' : `not met: ${unmet.join('; ')}`;
}
