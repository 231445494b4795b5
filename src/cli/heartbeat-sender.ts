import { EXIT_FAILURE } from './cli-error.js';
import { Client, RpcFailure } from './client.js';
import type { HeartbeatOptions } from './heartbeat.js';
import { pause } from './pause.js';
import { count, durationText, printable, timeText } from './text.js';

type Options = HeartbeatOptions & { readonly user: string };

/**
 * Sends one heartbeat, or one every so often until `count` or Ctrl-C. While repeating, an answer that may be better
 * next time is reported and the next heartbeat sent at its time, as a real client does; exit code 1 tells of it.
 */
export async function sendHeartbeats(options: Options): Promise<void> {
  const { user, every, count: countMax = every === undefined ? 1 : Number.POSITIVE_INFINITY } = options;
  const client = new Client(options);
  const stopped = new AbortController();
  if (every !== undefined) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  }
  let failed = 0;
  let wasAcknowledged = false;
  try {
    const startedMs = performance.now();
    for (let i = 0; i < countMax && !stopped.signal.aborted; i++) {
      if (i > 0 && every !== undefined)
        await pause(startedMs + i * every - performance.now(), stopped.signal);
      if (stopped.signal.aborted) break;
      try {
        await sendOne(client, options, sequenceOf(options, i));
        wasAcknowledged = true;
      } catch (error) {
        const isPassing = error instanceof RpcFailure && error.isTransient && wasAcknowledged;
        if (!isPassing) throw error;
        failed += 1;
        process.stderr.write(`phid: ${error.message}; going on with the next one\n`);
      }
    }
    if (options.leave) {
      await client.leave({ namespace: options.namespace ?? '', userId: user, sessionId: options.session });
      if (!options.json) process.stdout.write(`${timeText(new Date())}  ${printable(user)} left\n`);
    }
  } finally {
    client.close();
  }
  if (failed === 0) return;
  process.stderr.write(`phid: ${count(failed, 'heartbeat')} not acknowledged\n`);
  process.exitCode = EXIT_FAILURE;
}

async function sendOne(client: Client, options: Options, sequence: number): Promise<void> {
  const {
    user: userId,
    session: sessionId,
    origin,
    namespace = '',
    nextInterval: nextIntervalMs = 0,
  } = options;
  const sentMs = performance.now();
  const { suggestedIntervalMs } = await client.heartbeat({
    namespace,
    origin,
    heartbeat: { userId, sessionId, sequence, nextIntervalMs },
  });
  const roundTripMs = performance.now() - sentMs;
  if (options.json) {
    const line = { userId, sessionId, sequence, nextIntervalMs, suggestedIntervalMs, roundTripMs };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const number = sequence > 0 ? ` number ${sequence}` : '';
  const wish =
    suggestedIntervalMs > 0 ? `; the server suggests one every ${durationText(suggestedIntervalMs)}` : '';
  process.stdout.write(
    `${timeText(new Date())}  heartbeat${number} of ${printable(userId)} (session ${printable(sessionId)}) ` +
      `recorded in ${roundTripMs.toFixed(1)}ms${wish}\n`,
  );
}

function sequenceOf({ sequence, every }: Options, index: number): number {
  const first = sequence === 'auto' ? (every === undefined ? 0 : 1) : sequence;
  return first === 0 ? 0 : first + index;
}
