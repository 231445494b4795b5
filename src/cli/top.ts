import { type Command, Option } from 'commander';
import { address, duration } from '../config/kinds.js';
import { nodeSettings } from '../config/node-settings.js';
import { CliError } from './cli-error.js';
import type { ClientOptions } from './client.js';
import { tlsOf } from './credentials.js';
import { httpGet } from './http-get.js';
import { MetricsPage } from './metrics-page.js';
import { figuresOf, type NodeFigures } from './node-figures.js';
import { addServerOptions, parserOf } from './options.js';
import { pause } from './pause.js';
import { Screen } from './screen.js';
import { timeText } from './text.js';
import { topLines } from './top-lines.js';
import { SuspectSource, type Suspects, suspectLines } from './top-suspects.js';

interface TopOptions extends ClientOptions {
  readonly httpAddr: string;
  readonly interval: number;
  readonly once: boolean;
  readonly json: boolean;
}

/** What is shown. */
interface Shown {
  readonly figures: NodeFigures;
  readonly suspects: Suspects;
}

const HOUR_MS = 3_600_000;

const HELP = `
On a terminal the figures are refreshed in place until Ctrl-C; otherwise, and with --once or --json, they are told once, after
one interval, which the rates are of. They are those of one node, from its /metrics; below them are the users who are watched
by way of it and will be OFFLINE next, from its gRPC address.

Columns:
  LIVE        users who are due, or overdue by less than an interval, as far as the node heard them last
  ONLINE ...  users watched, once for every stream, by the status that it was told
  φ           thresholds: SUSPECT, OFFLINE
  φ 1-4 ARE   how often silences are as long as φ = 1, 2, 3, 4 say: where φ is right, 1.0 2.0 3.0 4.0
  MISTAKES    sessions called SUSPECT, OFFLINE that were heard again, since the node started
  EXPECTED    as many as the thresholds stand for
  DETECTION   from the last heartbeat of a typical session to SUSPECT, OFFLINE
  OFFLINE IN  further silence until φ reaches the threshold; withheld: it has, and phid doubts itself, or this silence

Examples:
  phid top
  phid top --once --http-addr 10.0.0.7:9464 --addr 10.0.0.7:50051
  phid top --json | jq '.namespaces[].deliveredPhi'`;

export function addTop(program: Command): void {
  const command = program
    .command('top')
    .description('show how a node is: rates, statuses, calibration, mistakes, top suspects');
  addServerOptions(command, 'one JSON object; what cannot be told is null')
    .addOption(
      new Option('--http-addr <host:port>', 'where the node serves /metrics')
        .default(nodeSettings.httpAddr.default)
        .argParser(parserOf(address(1))),
    )
    .addOption(
      new Option('--interval <duration>', 'time between two looks')
        .default(2_000, '2s')
        .argParser(parserOf(duration(100, HOUR_MS))),
    )
    .option('--once', 'tell once', false)
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: TopOptions): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const source = new SuspectSource(options);
  try {
    await show(options, source, stopped.signal);
  } finally {
    source.close();
  }
}

async function show(options: TopOptions, source: SuspectSource, stopped: AbortSignal): Promise<void> {
  const { once, json, httpAddr, interval } = options;
  let before = await read(options);
  await pause(interval, stopped);
  if (stopped.aborted) return;
  const look = async (): Promise<Shown> => {
    const now = await read(options);
    const figures = figuresOf(now, before);
    before = now;
    return { figures, suspects: await source.ask(figures.namespaces.map(({ namespace }) => namespace)) };
  };
  if (once || json || !process.stdout.isTTY) {
    const shown = await look();
    process.stdout.write(`${json ? jsonOf(shown) : linesOf(httpAddr, shown, 1_000).join('\n')}\n`);
    return;
  }
  const screen = new Screen(process.stdout);
  let shown: Shown | undefined;
  try {
    while (!stopped.aborted) {
      let news = timeText(new Date());
      try {
        shown = await look();
      } catch (error) {
        // What was known stands there until there is an answer again.
        news += `  ${(error as Error).message}`;
      }
      const lines = shown ? linesOf(httpAddr, shown, screen.columns) : [];
      screen.draw([...lines.slice(0, screen.rows - 2), news.slice(0, screen.columns - 1)]);
      await pause(interval, stopped);
    }
  } finally {
    screen.close();
  }
}

function linesOf(httpAddr: string, { figures, suspects }: Shown, columns: number): string[] {
  return [...topLines(httpAddr, figures, columns), ...suspectLines(suspects, columns)];
}

function jsonOf({ figures, suspects }: Shown): string {
  return JSON.stringify({ ...figures, suspects: 'problem' in suspects ? null : suspects });
}

/** The page of a node. Rejects with what a person can do about it. */
async function read(options: TopOptions): Promise<MetricsPage> {
  const { httpAddr: addr } = options;
  const url = `http${tlsOf(options) ? 's' : ''}://${addr}/metrics`;
  const { status, text } = await httpGet({ ...options, addr, path: '/metrics' }).catch((error: Error) => {
    throw error instanceof CliError ? error : new CliError(failureOf(error, addr));
  });
  if (status !== 200) throw new CliError(`${url} answers ${status}: ${text.trim()}`);
  const page = new MetricsPage(text, performance.now());
  if (page.has('phid_build_info')) return page;
  throw new CliError(`${url} is not the page of phid; --http-addr names another address`);
}

function failureOf({ name, code }: NodeJS.ErrnoException, httpAddr: string): string {
  if (name === 'AbortError') return `no answer from ${httpAddr}; --timeout allows more`;
  return `nothing answers on ${httpAddr} (${code ?? 'no connection'}); start a server with "phid serve" or "phid demo", or name another one with --http-addr`;
}
