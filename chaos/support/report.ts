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
  return table(
    HEAD,
    rows.map(({ fault, figures, unmet }) => [
      fault,
      ...[figures.users, figures.falseOffline, figures.falseSuspect, figures.acknowledged, figures.lost].map(
        numberText,
      ),
      ...[figures.noHeartbeatsMs, figures.noQueriesMs, figures.changesAgainMs].map(secondsText),
      unmet.length === 0 ? 'as expected' : `not met: ${unmet.join('; ')}`,
    ]),
  );
}

/** Puts the table of a run of all faults into docs/reliability.md. */
export async function writeReport(rows: readonly Row[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
  const date = new Date().toISOString().slice(0, 10);
  const run = `Run on ${date} by \`npm run chaos -- --report\`: Node ${process.version.slice(1)}, ${cpus().length} cores.`;
  await writeFile(page, `${before}${BEGIN}\n${run}\n\n${tableOf(rows)}\n${END}${after}`);
}

const secondsText = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : 'never');
