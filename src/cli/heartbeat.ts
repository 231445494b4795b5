import { type Command, InvalidArgumentError, Option } from 'commander';
import { decimal, duration, integer } from '../config/kinds.js';
import { CliError, EXIT_USAGE } from './cli-error.js';
import { sendHeartbeats } from './heartbeat-sender.js';
import { addCallOptions, type CallOptions, parserOf } from './options.js';
import { sendTrace } from './trace-command.js';

const DAY_MS = 86_400_000;
const INTERVAL_MS_MAX = 2 ** 32 - 1;

export interface HeartbeatOptions extends CallOptions {
  readonly user?: string;
  readonly session: string;
  readonly origin: string;
  readonly sequence: number | 'auto';
  readonly nextInterval?: number;
  readonly every?: number;
  readonly count?: number;
  readonly leave: boolean;
  readonly trace?: string;
  readonly speed: number;
  readonly sessions?: SessionRange;
  readonly as?: string;
}

/** Sessions of a user by their place in the trace, from 1, both ends included. */
export interface SessionRange {
  readonly first: number;
  readonly last: number;
}

const HELP = `
A trace is CSV, plain or gzip, with the header user,session,sequence,sent_ms,received_ms: times in ms from the start of
the session, sorted by arrival; a missing sequence number is a lost heartbeat; sent_ms may be empty. Every heartbeat is
sent at received_ms / speed after its session began, so that the server sees what the recorded one saw. A session
begins when the one before it of the same user ended, without a leave. Where a session counts from 0, its numbers are
sent from 1, since 0 means "not numbered". All users of the file are sent at the same time.

Examples:
  phid heartbeat --user alice
  phid heartbeat --user alice --session phone --every 5s --next-interval 5s
  phid heartbeat --user alice --every 1s --count 20 --leave
  phid heartbeat --trace drive.csv.gz --speed 10 --namespace mobile
  phid heartbeat --trace drive.csv.gz --user verizon --sessions 3-7 --as alice`;

export function addHeartbeat(program: Command): void {
  const command = program
    .command('heartbeat')
    .description('send one heartbeat, repeated ones, or a recorded trace at its recorded times')
    .option('-u, --user <id>', 'who is alive; with --trace: only this user of the file')
    .option('-s, --session <id>', 'which connection or device of theirs', 'cli')
    .option('--origin <name>', 'where it comes through: a gateway, a region', '');
  addCallOptions(command, 'one JSON object a heartbeat and line; with --trace one at the end')
    .addOption(
      new Option('--sequence <number>', 'number of the first heartbeat; auto: 1 with --every, otherwise none')
        .default('auto')
        .argParser(parseSequence),
    )
    .addOption(
      new Option('--next-interval <duration>', 'declare when the next one will come').argParser(
        parserOf(duration(1, INTERVAL_MS_MAX)),
      ),
    )
    .addOption(new Option('--every <duration>', 'repeat').argParser(parserOf(duration(1, DAY_MS))))
    .addOption(
      new Option('--count <number>', 'with --every: how many (default: until Ctrl-C)').argParser(
        parserOf(integer(1, Number.MAX_SAFE_INTEGER)),
      ),
    )
    .option(
      '--leave',
      'with --every: end the session gracefully at the end, instead of falling silent',
      false,
    )
    .addOption(
      new Option('--trace <file>', 'send a recorded trace').conflicts([
        'every',
        'count',
        'leave',
        'nextInterval',
      ]),
    )
    .addOption(
      new Option('--speed <factor>', 'with --trace: 10 is ten times as fast as recorded')
        .default(1)
        .argParser(parserOf(decimal(0.001, 1_000_000))),
    )
    .addOption(
      new Option(
        '--sessions <range>',
        'with --trace: of each user only the first N, or those from N-M',
      ).argParser(parseSessions),
    )
    .option('--as <id>', 'with --trace and one user: send as this user')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: HeartbeatOptions, command: Command): Promise<void> {
  const needs = (flag: string, other: string) =>
    new CliError(`${flag} needs ${other} (--help says more)`, EXIT_USAGE);
  if (options.trace !== undefined) {
    const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
    if (isGiven('session') || isGiven('sequence')) {
      throw new CliError(
        '--session and --sequence make no sense with --trace: the trace says them',
        EXIT_USAGE,
      );
    }
    return sendTrace({ ...options, trace: options.trace });
  }
  for (const name of ['speed', 'sessions', 'as']) {
    if (command.getOptionValueSource(name) === 'cli') throw needs(`--${name}`, '--trace');
  }
  if (options.user === undefined) throw needs('heartbeat', '--user <id>, or --trace <file>');
  if (options.every === undefined && options.count !== undefined) throw needs('--count', '--every');
  if (options.every === undefined && options.leave) throw needs('--leave', '--every');
  return sendHeartbeats({ ...options, user: options.user });
}

function parseSequence(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number))
    throw new InvalidArgumentError('It is not auto, or a whole number below 2^53.');
  return number;
}

function parseSessions(text: string): SessionRange {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const range =
    last === undefined ? { first: 1, last: Number(first) } : { first: Number(first), last: Number(last) };
  if (!(range.first >= 1 && range.last >= range.first)) {
    throw new InvalidArgumentError(
      'It is not a number of sessions, such as 3, or a range from 1, such as 2-5.',
    );
  }
  return range;
}
