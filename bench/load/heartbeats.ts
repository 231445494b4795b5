import { quantile } from '../support/statistics.js';
import type { EncodedUsers } from './encoded-users.js';
import { type FleetAt, fleetOf, type Gateway } from './fleet.js';

/** Heartbeats to send in a closed loop: each gateway sends again when something of it was answered. */
export interface HeartbeatJob extends FleetAt {
  /** Those that beat, in turn: the first so many. Each gateway has an equal part of them. */
  readonly active: number;
  /** Heartbeats in a message of HeartbeatStream; 0 for calls of Heartbeat. */
  readonly batch: number;
  /** Unanswered messages of a gateway, at most. */
  readonly inFlight: number;
  /** For how long messages are sent. The job ends when all are answered. */
  readonly ms: number;
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

/** Sends heartbeats for the time of the job. Rejects when one was not accepted. */
export async function sendHeartbeats(job: HeartbeatJob): Promise<HeartbeatReport> {
  const { encoded, gateways } = await fleetOf(job);
  const { batch, inFlight } = job;
  const share = Math.floor(job.active / job.gateways);
  const acksMs: number[] = [];
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const sent = await Promise.all(
    gateways.slice(0, job.gateways).map((gateway, i) => {
      const users = new UserCycle(i * share, share, gateway);
      const part = { gateway, users, encoded, inFlight, acksMs, untilMs: startedMs + job.ms };
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

/** The users of a gateway in turn, from where the last job stopped. */
export class UserCycle {
  readonly #first: number;
  readonly #count: number;
  readonly #place: { next: number };

  constructor(first: number, count: number, place: { next: number }) {
    this.#first = first;
    this.#count = count;
    this.#place = place;
    place.next %= count;
  }

  one(): number {
    const user = this.#first + this.#place.next;
    this.#place.next = (this.#place.next + 1) % this.#count;
    return user;
  }

  fill(users: Uint32Array): Uint32Array {
    for (let i = 0; i < users.length; i++) users[i] = this.one();
    return users;
  }
}

/** What one gateway does of a job. */
interface Part {
  readonly gateway: Gateway;
  readonly users: UserCycle;
  readonly encoded: EncodedUsers;
  readonly untilMs: number;
  readonly inFlight: number;
  /** Where the time from each message to its answer is noted. */
  readonly acksMs: number[];
}

/** Resolves with the heartbeats that one gateway sent as batches, when all are acknowledged. */
function streamBatches(part: Part & { readonly batch: number }): Promise<number> {
  const { gateway, encoded, users, untilMs, inFlight, acksMs, batch } = part;
  const members = new Uint32Array(batch);
  /** When the messages were sent that have no answer yet. */
  const sentMs: number[] = [];
  let heartbeats = 0;
  return new Promise((resolve, reject) => {
    const send = (nowMs: number) => {
      sentMs.push(nowMs);
      gateway.stream.write(encoded.batch(users.fill(members)));
    };
    gateway.onEnd = (failure) => reject(new Error(failure ?? 'HeartbeatStream was ended by the server'));
    gateway.onAnswer = (accepted) => {
      const nowMs = performance.now();
      acksMs.push(nowMs - (sentMs.shift() as number));
      if (accepted !== batch) reject(new Error(`${accepted} heartbeats of ${batch} were accepted`));
      heartbeats += accepted;
      if (nowMs < untilMs) send(nowMs);
      else if (sentMs.length === 0) resolve(heartbeats);
    };
    for (let i = 0; i < inFlight; i++) send(performance.now());
  });
}

/** Resolves with the heartbeats that one gateway sent one a call, when all are acknowledged. */
function callUnary(part: Part): Promise<number> {
  const { gateway, encoded, users, untilMs, inFlight, acksMs } = part;
  let heartbeats = 0;
  let open = 0;
  return new Promise((resolve, reject) => {
    const call = (calledMs: number) => {
      open += 1;
      gateway.channel.unary('Heartbeat', encoded.unary(users.one()), (failure) => {
        if (failure !== undefined) reject(new Error(failure));
        const nowMs = performance.now();
        acksMs.push(nowMs - calledMs);
        heartbeats += 1;
        open -= 1;
        if (nowMs < untilMs) call(nowMs);
        else if (open === 0) resolve(heartbeats);
      });
    };
    for (let i = 0; i < inFlight; i++) call(performance.now());
  });
}
