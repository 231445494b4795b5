import { type Command, Option } from 'commander';
import type { SessionSuspicion__Output } from '../gen/phid/v1/SessionSuspicion.js';
import type { Suspicion__Output } from '../gen/phid/v1/Suspicion.js';
import { Client } from './client.js';
import { toJson } from './json.js';
import { addCallOptions, type CallOptions } from './options.js';
import { dateOf, durationText, inColourOf, phiText, printable, table, timeText } from './text.js';

/** What the server takes in one request. */
const USERS_PER_REQUEST = 1_000;

const HELP = `
Columns:
  φ           suspicion level: -log10 of the probability that a live session is silent this long
  THRESHOLDS  φ at which a user is SUSPECT and OFFLINE, by the thresholds of the namespace
  SILENCE     since the last sign of life
  INTERVAL    between heartbeats, as expected: mean ± standard deviation
  SUSPECT IN  further silence until φ reaches the threshold; "reached" when it has
  NOTE        warming: too few samples, so the configured interval still counts; left: every session left;
              degraded: phid doubts itself, or this silence: a worse status is withheld

Examples:
  phid suspicion alice bob
  phid suspicion alice --sessions
  phid suspicion alice --explain
  phid suspicion alice --json | jq .phi`;

export function addSuspicion(program: Command): void {
  const command = program
    .command('suspicion')
    .description('ask how suspicious the silence of users is, by the thresholds of their namespace')
    .argument('<user...>', 'ids of users');
  addCallOptions(command, 'one JSON object a user and line, as the API calls its fields')
    .option('--sessions', 'also each session of every user', false)
    .addOption(
      new Option('--explain', 'why the status of each is what it is; with --json, all it is made of')
        .default(false)
        .conflicts('sessions'),
    )
    .addHelpText('after', HELP)
    .action(run);
}

interface SuspicionOptions extends CallOptions {
  readonly sessions: boolean;
  readonly explain: boolean;
}

async function run(userIds: string[], options: SuspicionOptions): Promise<void> {
  const client = new Client(options);
  try {
    const lines = options.explain
      ? await explanations(client, userIds, options)
      : await opinions(client, userIds, options);
    process.stdout.write(`${lines.join('\n')}\n`);
  } finally {
    client.close();
  }
}

async function opinions(client: Client, userIds: string[], options: SuspicionOptions): Promise<string[]> {
  const { namespace = '', json, sessions } = options;
  const suspicions: Suspicion__Output[] = [];
  for (let i = 0; i < userIds.length; i += USERS_PER_REQUEST) {
    const batch = userIds.slice(i, i + USERS_PER_REQUEST);
    suspicions.push(...(await client.batchSuspicion({ namespace, userIds: batch })).suspicions);
  }
  return json ? suspicions.map(toJson) : suspicionTable(suspicions, sessions);
}

async function explanations(client: Client, userIds: string[], options: SuspicionOptions): Promise<string[]> {
  const { namespace = '', json } = options;
  const lines: string[] = [];
  for (const userId of userIds) {
    const inspected = await client.inspectUser({ namespace, userId });
    lines.push(json ? toJson(inspected) : `${printable(userId)} is ${printable(inspected.why)}`);
  }
  return lines;
}

const HEADER = [
  'USER',
  'STATUS',
  'φ',
  'THRESHOLDS',
  'SILENCE',
  'LAST SEEN',
  'INTERVAL',
  'SAMPLES',
  'SUSPECT IN',
  'OFFLINE IN',
  'NOTE',
];

/** The opinions as a table, with `sessions` each user's sessions below it. */
export function suspicionTable(suspicions: readonly Suspicion__Output[], sessions: boolean): string[] {
  const rows: { cells: string[]; status?: Suspicion__Output['status'] }[] = [{ cells: HEADER }];
  for (const suspicion of suspicions) {
    rows.push({ cells: userRow(suspicion), status: suspicion.status });
    if (sessions) rows.push(...suspicion.sessions.map((session) => ({ cells: sessionRow(session) })));
  }
  const paint = (cell: string, row: number, column: number) => {
    const status = rows[row]?.status;
    return status && column === 1 ? inColourOf(status, cell) : cell;
  };
  return table(
    rows.map(({ cells }) => cells),
    paint,
  );
}

function userRow(suspicion: Suspicion__Output): string[] {
  const { userId, status, phi, warming, degraded, suspectInMs, offlineInMs } = suspicion;
  const thresholds = `${phiText(suspicion.suspectPhi)}, ${phiText(suspicion.offlinePhi)}`;
  if (status === 'UNKNOWN') {
    return [
      printable(userId),
      status,
      '-',
      thresholds,
      '-',
      'never',
      '-',
      '-',
      '-',
      '-',
      degraded ? 'degraded' : '',
    ];
  }
  const [phiCell, ...rest] = statistics(suspicion);
  const untilText = (ms: number) => (phi === undefined ? '-' : ms === 0 ? 'reached' : durationText(ms));
  const notes = [warming ? 'warming' : '', degraded ? 'degraded' : '', phi === undefined ? 'left' : ''];
  return [
    printable(userId),
    status,
    phiCell,
    thresholds,
    ...rest,
    untilText(suspectInMs),
    untilText(offlineInMs),
    notes.filter(Boolean).join(', '),
  ];
}

function sessionRow(session: SessionSuspicion__Output): string[] {
  const { sessionId, warming, left, origin, activity, nextIntervalMs } = session;
  const notes = [
    left ? 'left' : '',
    warming ? 'warming' : '',
    nextIntervalMs > 0 ? `declared ${durationText(nextIntervalMs)}` : '',
    activity === 'ACTIVITY_UNSPECIFIED' ? '' : activity.toLowerCase(),
    origin === '' ? '' : `via ${printable(origin)}`,
  ];
  const [phiCell, ...rest] = statistics(session);
  return [`  ${printable(sessionId)}`, '', phiCell, '', ...rest, '', '', notes.filter(Boolean).join(', ')];
}

function statistics(of: Suspicion__Output | SessionSuspicion__Output): [phi: string, ...rest: string[]] {
  const { phi, elapsedMs, lastSeen, meanMs, stddevMs, samples } = of;
  return [
    phiText(phi),
    durationText(elapsedMs),
    lastSeen ? timeText(dateOf(lastSeen)) : '-',
    `${durationText(meanMs)} ± ${durationText(stddevMs)}`,
    String(samples),
  ];
}
