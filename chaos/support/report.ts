import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { numberText, table } from '../../bench/support/print.js';
import type { Row } from './run.js';

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const BEGIN = '<!-- The table between these lines is written by `npm run chaos -- --report`. -->';
const END = '<!-- End of the table. -->';

const HEAD = [
  'fault',
  'users',
  'false OFFLINE',
  'false SUSPECT',
  'acknowledged',
  'lost',
  'no heartbeats, s',
  'no queries, s',
  'changes again after, s',
  'verdict',
];

/** All rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  return table(HEAD, rows.map(cellsOf));
}

function cellsOf({ fault, figures, unmet }: Row): string[] {
  return [
    fault,
    ...[figures.users, figures.falseOffline, figures.falseSuspect, figures.acknowledged, figures.lost].map(
      numberText,
    ),
    ...[figures.noHeartbeatsMs, figures.noQueriesMs, figures.changesAgainMs].map(secondsText),
    unmet.length === 0 ? 'as expected' : `not met: ${unmet.join('; ')}`,
  ];
}

/**
 * Puts what was run into the table of docs/reliability.md, in the order of `faults`, which are all that there are. Rows of faults
 * that were not run stay as they are.
 */
export async function writeReport(rows: readonly Row[], faults: readonly string[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [old, after] = rest?.split(END) ?? [];
  if (before === undefined || old === undefined || after === undefined)
    throw new Error(`${page} has no place for the table`);
  const ran = new Map(rows.map((row) => [row.fault, cellsOf(row)]));
  const kept = new Map(cellsIn(old).map((cells) => [cells[0] as string, cells]));
  const cells = faults.flatMap((fault) =>
    [ran.get(fault) ?? kept.get(fault)].filter((row) => row !== undefined),
  );
  const isWhole = faults.every((fault) => ran.has(fault));
  const names = isWhole ? '' : ` ${[...ran.keys()].join(' ')}`;
  const date = new Date().toISOString().slice(0, 10);
  const command = `\`npm run chaos --${names} --report\``;
  const run = `on ${date} by ${command}: Node ${process.version.slice(1)}, ${cpus().length} cores.`;
  const runs = isWhole ? [`Run ${run}`] : [...runsIn(old, command), `Rows of a later run, ${run}`];
  await writeFile(page, `${before}${BEGIN}\n${runs.join('\n')}\n\n${table(HEAD, cells)}\n${END}${after}`);
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

const secondsText = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : 'never');
