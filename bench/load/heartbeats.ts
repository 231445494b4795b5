import { quantile } from '../support/statistics.js';
import type { EncodedUsers } from './encoded-users.js';
import { type ActiveUsers, fleetOf, type Gateway } from './fleet.js';
import type { Turns } from './turns.js';

/** Heartbeats to send in a closed loop: each gateway sends again when something of it was answered. */
export interface HeartbeatJob extends ActiveUsers {
  /** Heartbeats in a message of HeartbeatStream; 0 for calls of Heartbeat. */
  readonly batch: number;
  /** Unanswered messages of a gateway, at most. */
  readonly inFlight: number;
  /** For how long messages are sent, or how many heartbeats. The job ends when all are answered. */
  readonly until: { readonly ms: number } | { readonly heartbeats: number };
}

interface HeartbeatReport {
  /** Heartbeats that were acknowledged: all that were sent. */
  readonly heartbeats: number;
  /** From the first message to the last answer. */
  readonly elapsedMs: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** What the load generator itself used. */
  readonly loadCpuUs: number;
}

/** Sends the heartbeats of the job. Rejects when one was not accepted. */
export async function sendHeartbeats(job: HeartbeatJob): Promise<HeartbeatReport> {
  const fleet = await fleetOf(job);
  const { batch, inFlight } = job;
  const acksMs: number[] = [];
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const sent = await Promise.all(
    fleet.turnsOf(job).map((turns, i) => {
      const gateway = fleet.gateways[i] as Gateway;
      const isDue = dueUntil(job, startedMs);
      const part = { gateway, turns, encoded: fleet.encoded, inFlight, acksMs, isDue };
      return batch === 0 ? callUnary(part) : streamBatches({ ...part, batch });
    }),
  );
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = Float64Array.from(acksMs).sort();
  return {
    heartbeats: sent.reduce((a, b) => a + b, 0),
    elapsedMs,
    ackP50Ms: quantile(sorted, 0.5),
    ackP99Ms: quantile(sorted, 0.99),
    loadCpuUs: user + system,
  };
}

/** Whether a gateway that sent so many heartbeats sends more. */
function dueUntil({ until, gateways }: HeartbeatJob, startedMs: number): Part['isDue'] {
  return 'ms' in until
    ? (nowMs) => nowMs < startedMs + until.ms
    : (_nowMs, sent) => sent < until.heartbeats / gateways;
}

/** What one gateway does of a job. */
interface Part {
  readonly gateway: Gateway;
  readonly turns: Turns;
  readonly encoded: EncodedUsers;
  readonly isDue: (nowMs: number, sent: number) => boolean;
  readonly inFlight: number;
  /** Where the time from each message to its answer is noted. */
  readonly acksMs: number[];
}

/** Resolves with the heartbeats that one gateway sent as batches, when all are acknowledged. */
function streamBatches(part: Part & { readonly batch: number }): Promise<number> {
  const { gateway, encoded, turns, isDue, inFlight, acksMs, batch } = part;
  const members = new Uint32Array(batch);
  /** When the messages were sent that have no answer yet. */
  const sentMs: number[] = [];
  let sent = 0;
  return new Promise((resolve, reject) => {
    const send = (nowMs: number) => {
      sentMs.push(nowMs);
      sent += batch;
      gateway.stream.write(encoded.batch(turns.take(members)));
    };
    gateway.onEnd = (failure) => reject(new Error(failure ?? 'HeartbeatStream was ended by the server'));
    gateway.onAnswer = (accepted) => {
      const nowMs = performance.now();
      acksMs.push(nowMs - (sentMs.shift() as number));
      if (accepted !== batch) reject(new Error(`${accepted} heartbeats of ${batch} were accepted`));
      if (isDue(nowMs, sent)) send(nowMs);
      else if (sentMs.length === 0) resolve(sent);
    };
    for (let i = 0; i < inFlight && isDue(performance.now(), sent); i++) send(performance.now());
  });
}

/** Resolves with the heartbeats that one gateway sent one a call, when all are acknowledged. */
function callUnary(part: Part): Promise<number> {
  const { gateway, encoded, turns, isDue, inFlight, acksMs } = part;
  let sent = 0;
  let open = 0;
  return new Promise((resolve, reject) => {
    const call = (calledMs: number) => {
      sent += 1;
      open += 1;
      gateway.channel.unary('Heartbeat', encoded.unary(turns.next()), (failure) => {
        if (failure !== undefined) reject(new Error(failure));
        const nowMs = performance.now();
        acksMs.push(nowMs - calledMs);
        open -= 1;
        if (isDue(nowMs, sent)) call(nowMs);
        else if (open === 0) resolve(sent);
      });
    };
    for (let i = 0; i < inFlight && isDue(performance.now(), sent); i++) call(performance.now());
  });
}
