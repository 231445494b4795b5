import { once } from 'node:events';
import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { kinds } from '../fleet/kinds.js';
import { FleetError } from '../fleet/parse.js';
import { detectorFamilies } from '../quality/detectors/all.js';
import type { DetectorFamily } from '../quality/detectors/family.js';
import { type Entry, OWN_HEARTBEATS_MIN, replay } from '../quality/replay.js';
import { htmlPage } from '../quality/report/html.js';
import { entryJson, summaryJson } from '../quality/report/json.js';
import { entryLines, summaryLines } from '../quality/report/text.js';
import { type ArrivalSource, arrivalSource } from '../quality/source.js';
import { SpoolError, WARMUP_GAPS } from '../quality/spool.js';
import { SummaryOf } from '../quality/summary.js';
import { TraceError } from '../quality/trace.js';
import { CliError, EXIT_USAGE } from './cli-error.js';
import { type ShownProgress, showReplayProgress } from './replay-progress.js';
import { printable } from './text.js';

interface Options {
  readonly detectors: readonly DetectorFamily[];
  readonly budget: readonly number[];
  readonly pool: boolean;
  readonly json: boolean;
  readonly html?: string;
}

const BUDGET_MAX = 100;
const BUDGETS_MAX = 24;
const BUDGETS = [1.5, 1.75, 2, 2.5, 3, 5];

const HELP = `
Every detector has a parameter that trades detection time for mistakes. For each budget the replay finds the value that
gives this mean detection time on the trace, and then counts. So detectors are compared at equal speed:
  T_D      detection time: from the last heartbeat to the suspicion, if the sender had died right after it
  mistakes suspicions that a later heartbeat proved wrong; 1 - P_A is the share of time spent in them
  φ        for detectors that promise one: -log10 of the share of gaps that were really longer than its deadline
Times are in mean intervals of the user. The first 100 gaps of each user are for learning and are not counted; the gap
between two sessions is no sample. Each user is judged alone, then all users of a trace in one namespace (user "*").

Traces: CSV with the header user,session,sequence,sent_ms,received_ms, or one arrival time (ms) a line; plain or gzip.
Synthetic fleets: fleet[:kind,kind][@name=value,...], such as fleet:lossy,wifi@users=20,duration=2d,seed=3; kinds:
  ${kinds.map(({ name }) => name).join(', ')}
Detectors:
${detectorFamilies.map(({ name, source }) => `  ${name.padEnd(10)} ${source}`).join('\n')}

Examples:
  phid replay trace.csv.gz
  phid replay arrivals.txt --detectors phid,fixed,chen --budget 2,3
  phid replay a.csv.gz b.csv.gz fleet --pool --html report.html
  phid replay trace.csv.gz --json | jq '.summary.best_published'`;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('compare failure detectors on recorded heartbeats, at equal detection time')
    .argument(
      '<trace...>',
      'recorded heartbeats (CSV, or one arrival time a line; may be gzip), or a synthetic fleet',
    )
    .addOption(
      new Option('--detectors <list>', 'which, with commas between')
        .argParser(detectorsOf)
        .default(detectorFamilies, 'all'),
    )
    .addOption(
      new Option('--budget <list>', 'mean detection times, in mean intervals, with commas between')
        .argParser(budgetsOf)
        .default(BUDGETS, BUDGETS.join()),
    )
    .option('--pool', 'once more with all users of all traces in one namespace', false)
    .addOption(new Option('--json', 'one JSON object').default(false).conflicts('html'))
    .option('--html <file>', 'write a page with plots and tables')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(paths: string[], options: Options): Promise<void> {
  const { detectors: families, budget: budgets, pool, json, html } = options;
  const names = families.map(({ name }) => name);
  const summary = new SummaryOf(names);
  const progress = showReplayProgress();
  const sources = paths.map(sourceOf);
  const entries = withoutProgress(replay({ sources, families, budgets, pool, progress }), progress);
  try {
    if (html !== undefined) await writePage(entries, summary, { path: html, detectors: names });
    else await (json ? writeJson(entries, summary) : writeText(entries, summary));
  } catch (error) {
    if (error instanceof TraceError || error instanceof SpoolError) throw new CliError(error.message);
    throw error;
  } finally {
    progress.clear();
  }
  if (summary.entries === 0) {
    const needed = `${OWN_HEARTBEATS_MIN} heartbeats, more than ${WARMUP_GAPS} gaps within sessions, not all at one instant`;
    throw new CliError(`${paths.join(', ')}: no user has what a result needs: ${needed}`);
  }
}

function sourceOf(text: string): ArrivalSource {
  try {
    return arrivalSource(text);
  } catch (error) {
    if (error instanceof FleetError) throw new CliError(error.message, EXIT_USAGE);
    throw error;
  }
}

/** Takes the progress from the terminal before an entry may be written to it. */
async function* withoutProgress(
  entries: AsyncIterable<Entry>,
  progress: ShownProgress,
): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    progress.clear();
    yield entry;
  }
  progress.clear();
}

async function writeJson(entries: AsyncIterable<Entry>, summary: SummaryOf): Promise<void> {
  let separator = '{"traces":[\n';
  for await (const entry of entries) {
    summary.add(entry);
    await write(`${separator}${JSON.stringify(entryJson(entry))}`);
    separator = ',\n';
  }
  if (summary.entries === 0) return;
  await write(`\n],"summary":${JSON.stringify(summaryJson(summary.summary))}}\n`);
}

/** A table for each trace: for all of its users, or for the only one. */
async function writeText(entries: AsyncIterable<Entry>, summary: SummaryOf): Promise<void> {
  for await (const entry of entries) {
    summary.add(entry);
    if (entry.isWholeTrace) await writeLines(entryLines(entry));
  }
  await writeLines(summaryLines(summary.summary));
}

async function writeLines(lines: readonly string[]): Promise<void> {
  await write(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** Users whose tables a page has room for. */
const PAGE_USERS_MAX = 300;

interface PageOptions {
  readonly path: string;
  readonly detectors: readonly string[];
}

/** The page, beside the tables: results of single users are in it too. */
async function writePage(
  entries: AsyncIterable<Entry>,
  summary: SummaryOf,
  { path, detectors }: PageOptions,
): Promise<void> {
  const failed = (error: unknown) => new CliError(`--html: ${(error as Error).message}`);
  // Before the replay, which may take minutes, and without touching a page that is there.
  await access(dirname(path), constants.W_OK).catch((error: unknown) => {
    throw failed(error);
  });
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw new CliError(`--html: ${path} is a directory; name a file in it`);
  const kept: Entry[] = [];
  let users = 0;
  for await (const entry of entries) {
    summary.add(entry);
    if (!entry.isWholeTrace) users += 1;
    if (entry.isWholeTrace || users <= PAGE_USERS_MAX) kept.push(entry);
  }
  if (summary.entries === 0) return;
  const usersLeftOut = Math.max(0, users - PAGE_USERS_MAX);
  const page = htmlPage({ entries: kept, usersLeftOut, summary: summary.summary, detectors });
  await writeFile(path, page).catch((error: unknown) => {
    throw failed(error);
  });
  await writeLines(summaryLines(summary.summary));
  process.stderr.write(`phid: ${path} written\n`);
}

/** Waits where the reader is slow, so that output does not gather in memory. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function detectorsOf(text: string): DetectorFamily[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!detectorFamilies.some((family) => family.name === name)) {
      const possible = detectorFamilies.map((family) => family.name).join(', ');
      throw new InvalidArgumentError(`${JSON.stringify(name)} is not one of ${possible}.`);
    }
  }
  return detectorFamilies.filter(({ name }) => names.includes(name));
}

function budgetsOf(text: string): number[] {
  const budgets = text.split(',').map((item) => {
    const budget = item.trim() === '' ? Number.NaN : Number(item);
    if (!(budget > 1 && budget <= BUDGET_MAX)) {
      throw new InvalidArgumentError(
        `${JSON.stringify(item.trim())} is not a number above 1, at most ${BUDGET_MAX}.`,
      );
    }
    return budget;
  });
  if (budgets.length > BUDGETS_MAX) throw new InvalidArgumentError(`More than ${BUDGETS_MAX} budgets.`);
  return [...new Set(budgets)].sort((a, b) => a - b);
}
