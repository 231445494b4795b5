import { type Command, Option } from 'commander';
import { address, duration } from '../config/kinds.js';
import { nodeSettings } from '../config/node-settings.js';
import { CliError } from './cli-error.js';
import { MetricsPage } from './metrics-page.js';
import { figuresOf, type NodeFigures } from './node-figures.js';
import { parserOf } from './options.js';
import { pause } from './pause.js';
import { Screen } from './screen.js';
import { timeText } from './text.js';
import { topLines } from './top-lines.js';

interface TopOptions {
  readonly httpAddr: string;
  readonly interval: number;
  readonly timeout: number;
  readonly once: boolean;
  readonly json: boolean;
}

const HOUR_MS = 3_600_000;

const HELP = `
On a terminal the figures are refreshed in place until Ctrl-C; otherwise, and with --once or --json, they are told once, after
one interval, which the rates are of. They are those of one node, from its /metrics; users are not known there by name ("phid
watch" follows them).

Columns:
  LIVE        users who are due, or overdue by less than an interval, as far as the node heard them last
  ONLINE ...  users watched, once for every stream, by the status that it was told
  φ           thresholds: SUSPECT, OFFLINE
  φ 1-4 ARE   how often silences are as long as φ = 1, 2, 3, 4 say: where φ is right, 1.0 2.0 3.0 4.0
  MISTAKES    sessions called SUSPECT, OFFLINE that were heard again, since the node started
  EXPECTED    as many as the thresholds stand for
  DETECTION   from the last heartbeat of a typical session to SUSPECT, OFFLINE

Examples:
  phid top
  phid top --once --http-addr 10.0.0.7:9464
  phid top --json | jq '.namespaces[].deliveredPhi'`;

export function addTop(program: Command): void {
  program
    .command('top')
    .description('show how a node is: rates, statuses, calibration, mistakes')
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
    .addOption(
      new Option('--timeout <duration>', 'longest wait for one answer')
        .default(5_000, '5s')
        .argParser(parserOf(duration(1, HOUR_MS))),
    )
    .option('--once', 'tell once', false)
    .option('--json', 'one JSON object; what cannot be told is null', false)
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: TopOptions): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  let before = await read(options);
  await pause(options.interval, stopped.signal);
  if (stopped.signal.aborted) return;
  const { once, json, httpAddr } = options;
  if (once || json || !process.stdout.isTTY) {
    const figures = figuresOf(await read(options), before);
    process.stdout.write(
      `${json ? JSON.stringify(figures) : topLines(httpAddr, figures, 1_000).join('\n')}\n`,
    );
    return;
  }
  const screen = new Screen(process.stdout);
  let figures: NodeFigures | undefined;
  try {
    while (!stopped.signal.aborted) {
      let news = timeText(new Date());
      try {
        const now = await read(options);
        figures = figuresOf(now, before);
        before = now;
      } catch (error) {
        // What was known stands there until there is an answer again.
        news += `  ${(error as Error).message}`;
      }
      const lines = figures ? topLines(httpAddr, figures, screen.columns) : [];
      screen.draw([...lines.slice(0, screen.rows - 2), news.slice(0, screen.columns - 1)]);
      await pause(options.interval, stopped.signal);
    }
  } finally {
    screen.close();
  }
}

/** The page of a node. Rejects with what a person can do about it. */
async function read({ httpAddr, timeout }: TopOptions): Promise<MetricsPage> {
  const url = `http://${httpAddr}/metrics`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) }).catch((error: Error) => {
    throw new CliError(failureOf(error, httpAddr));
  });
  const text = await response.text();
  if (!response.ok) throw new CliError(`${url} answers ${response.status}: ${text.trim()}`);
  const page = new MetricsPage(text, performance.now());
  if (page.has('phid_build_info')) return page;
  throw new CliError(`${url} is not the page of phid; --http-addr names another address`);
}

function failureOf({ name, cause }: Error, httpAddr: string): string {
  if (name === 'TimeoutError') return `no answer from ${httpAddr}; --timeout allows more`;
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'no connection';
  return `nothing answers on ${httpAddr} (${reason}); start a server with "phid serve" or "phid demo", or name another one with --http-addr`;
}
