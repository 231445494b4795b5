import { Presets, SingleBar } from 'cli-progress';
import { readTrace, surveyTrace, TraceError, type TraceSession } from '../quality/trace.js';
import { CliError, EXIT_INTERRUPTED, EXIT_USAGE } from './cli-error.js';
import { Client } from './client.js';
import type { HeartbeatOptions, SessionRange } from './heartbeat.js';
import { count, durationText, printable } from './text.js';
import { TraceLane } from './trace-lane.js';
import { type TraceCounts, TraceSending } from './trace-sender.js';

type Options = HeartbeatOptions & { readonly trace: string };

/** `phid heartbeat --trace`: sends a trace and says what became of it. */
export async function sendTrace(options: Options): Promise<void> {
  const { trace: path, user, as, sessions, speed, namespace = '', origin } = options;
  const survey = await surveyTrace(path).catch((error: unknown) => {
    throw error instanceof TraceError ? new CliError(error.message) : error;
  });
  const users = usersOf(survey, options);
  const lanes = users.map(
    (name) => new TraceLane({ arrivals: readTrace(path, name), userId: as ?? name, sessions, speed }),
  );
  const total = totalOf(users, survey, { sessions, speed });
  if (total.heartbeats === 0) {
    const most = Math.max(...users.map((name) => survey.get(name)?.length ?? 0));
    throw new CliError(
      `--sessions: begins behind the end: ${path} has at most ${count(most, 'session')} a user`,
      EXIT_USAGE,
    );
  }
  const client = new Client(options);
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const sending = new TraceSending(client.heartbeatStream(), lanes, {
    namespace,
    origin,
    signal: stopped.signal,
  });
  const name = user === undefined ? count(users.length, 'user') : printable(user);
  process.stderr.write(
    `phid: ${count(total.heartbeats, 'heartbeat')} of ${name}, for about ${durationText(total.durationMs)}\n`,
  );
  const progress = showProgress(sending.counts, total.heartbeats);
  try {
    await sending.run(lanes);
  } catch (error) {
    progress.stop();
    if (error instanceof TraceError) throw new CliError(error.message);
    const { sent, acknowledged } = sending.counts;
    throw new CliError(
      `${client.failure(error).message}\n${sent} sent, ${acknowledged} acknowledged before that`,
    );
  } finally {
    progress.stop();
    client.close();
  }
  report(sending.counts, options);
  if (stopped.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
}

const USERS_NAMED_MAX = 10;

function usersOf(
  survey: ReadonlyMap<string, readonly TraceSession[]>,
  { trace, user, as }: Options,
): string[] {
  const all = [...survey.keys()];
  const named = `${all.slice(0, USERS_NAMED_MAX).join(', ')}${all.length > USERS_NAMED_MAX ? ', ...' : ''}`;
  if (all.length === 0) throw new CliError(`${trace}: holds no heartbeats`);
  if (user !== undefined && !survey.has(user)) {
    throw new CliError(
      `--user: ${JSON.stringify(user)} is not in ${trace}, which has ${printable(named)}`,
      EXIT_USAGE,
    );
  }
  const users = user === undefined ? all : [user];
  if (as !== undefined && users.length > 1) {
    throw new CliError(
      `--as needs one user, and ${trace} has ${printable(named)}; choose one with --user`,
      EXIT_USAGE,
    );
  }
  return users;
}

/** How many heartbeats will be sent, and how long that takes. */
function totalOf(
  users: readonly string[],
  survey: ReadonlyMap<string, readonly TraceSession[]>,
  { sessions, speed }: { readonly sessions: SessionRange | undefined; readonly speed: number },
): { heartbeats: number; durationMs: number } {
  let heartbeats = 0;
  let durationMs = 0;
  for (const user of users) {
    const chosen = (survey.get(user) ?? []).slice((sessions?.first ?? 1) - 1, sessions?.last);
    heartbeats += chosen.reduce((sum, { arrivals }) => sum + arrivals, 0);
    const userMs = chosen.reduce((sum, session) => sum + session.durationMs, 0);
    durationMs = Math.max(durationMs, userMs / speed);
  }
  return { heartbeats, durationMs };
}

const BAR_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 10_000;

/** A bar on a terminal, otherwise a line now and then, on stderr. */
function showProgress(counts: TraceCounts, total: number): { stop(): void } {
  if (!process.stderr.isTTY) {
    const say = () => process.stderr.write(`phid: ${counts.acknowledged} of ${total} acknowledged\n`);
    const timer = setInterval(say, LINE_INTERVAL_MS);
    return { stop: () => clearInterval(timer) };
  }
  const format = '{bar} {percentage}%  {value} of {total} acknowledged  {late} late at most';
  const bar = new SingleBar({ stream: process.stderr, format, hideCursor: true }, Presets.shades_classic);
  const fields = () => ({ late: durationText(counts.latenessMsMax) });
  bar.start(total, 0, fields());
  const timer = setInterval(() => bar.update(counts.acknowledged, fields()), BAR_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      if (bar.isActive) bar.update(counts.acknowledged, fields());
      bar.stop();
    },
  };
}

function report(
  { sent, acknowledged, rejected, latenessMsMax, reasons }: TraceCounts,
  { json }: Options,
): void {
  for (const reason of reasons) process.stderr.write(`phid: rejected: ${printable(reason)}\n`);
  if (json) {
    process.stdout.write(`${JSON.stringify({ sent, acknowledged, rejected, latenessMsMax })}\n`);
  } else {
    process.stdout.write(
      `${sent} sent, ${acknowledged} acknowledged, ${rejected} rejected; ` +
        `the latest left ${latenessMsMax.toFixed(1)}ms after its time\n`,
    );
  }
  if (rejected > 0) process.exitCode = 1;
}
