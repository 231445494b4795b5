import { quantile } from '../support/statistics.js';
import type { Call } from './call.js';
import { Channel } from './channel.js';
import { EncodedUsers } from './encoded-users.js';
import { messagesOf } from './messages.js';

/** Heartbeats to send in a closed loop: each gateway sends again when something of it was answered. */
export interface HeartbeatJob {
  /** host:port of the service. */
  readonly address: string;
  /** How many users there are. */
  readonly users: number;
  /** Those that beat, in turn: the first so many. Each gateway has an equal part of them. */
  readonly active: number;
  readonly gateways: number;
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

/** One gateway's connection, and its stream once it needed one. It takes its users in turn. */
interface Gateway {
  readonly channel: Channel;
  stream: Call | undefined;
  onReply: (message: Buffer) => void;
  next: number;
}

interface Fleet {
  readonly encoded: EncodedUsers;
  readonly gateways: Gateway[];
}

/** Fleets by the address that they beat to: their numbers go on from job to job. */
const fleets = new Map<string, Fleet>();

async function fleetOf({ address, users, gateways }: HeartbeatJob): Promise<Fleet> {
  let fleet = fleets.get(address);
  if (!fleet) {
    fleet = { encoded: new EncodedUsers(users), gateways: [] };
    fleets.set(address, fleet);
  }
  while (fleet.gateways.length < gateways) {
    const channel = await Channel.open(address);
    fleet.gateways.push({ channel, stream: undefined, onReply: () => {}, next: 0 });
  }
  return fleet;
}

/** The users that beat to `address` have a new past: `sequence` is the number of everybody's last heartbeat. */
export async function renumber({ address, sequence }: { address: string; sequence: number }): Promise<void> {
  fleets.get(address)?.encoded.renumber(sequence);
}

/** Sends heartbeats for the time of the job. Rejects when one was not accepted. */
export async function sendHeartbeats(job: HeartbeatJob): Promise<HeartbeatReport> {
  const { encoded, gateways } = await fleetOf(job);
  const share = Math.floor(job.active / job.gateways);
  const acksMs: number[] = [];
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const untilMs = startedMs + job.ms;
  const sent = await Promise.all(
    gateways.slice(0, job.gateways).map((gateway, i) => {
      const users = new UserCycle(i * share, share, gateway);
      return job.batch === 0
        ? callUnary({ gateway, users, encoded, untilMs, acksMs, inFlight: job.inFlight })
        : streamBatches({
            gateway,
            users,
            encoded,
            untilMs,
            acksMs,
            inFlight: job.inFlight,
            batch: job.batch,
          });
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
class UserCycle {
  constructor(
    readonly first: number,
    readonly count: number,
    readonly place: { next: number },
  ) {
    this.place.next %= count;
  }

  one(): number {
    const { place, first, count } = this;
    const user = first + place.next;
    place.next = (place.next + 1) % count;
    return user;
  }

  fill(users: Uint32Array): Uint32Array {
    for (let i = 0; i < users.length; i++) users[i] = this.one();
    return users;
  }
}

interface GatewayJob {
  readonly gateway: Gateway;
  readonly users: UserCycle;
  readonly encoded: EncodedUsers;
  readonly untilMs: number;
  readonly inFlight: number;
  /** Where the time from each message to its answer is noted. */
  readonly acksMs: number[];
}

/** Resolves with the heartbeats that one gateway sent as batches, when all are acknowledged. */
function streamBatches(job: GatewayJob & { readonly batch: number }): Promise<number> {
  const { gateway, encoded, users, untilMs, inFlight, acksMs, batch } = job;
  const members = new Uint32Array(batch);
  /** When the messages were sent that have no answer yet; answers come in order. */
  const sentMs: number[] = [];
  let heartbeats = 0;
  return new Promise((resolve, reject) => {
    const stream = streamOf(gateway, reject);
    const send = (nowMs: number) => {
      sentMs.push(nowMs);
      stream.write(encoded.batch(users.fill(members)));
    };
    gateway.onReply = (message) => {
      const nowMs = performance.now();
      acksMs.push(nowMs - (sentMs.shift() as number));
      const accepted = acceptedOf(message);
      if (accepted !== batch)
        reject(new Error(`${batch - accepted} heartbeats of ${batch} were not accepted`));
      heartbeats += accepted;
      if (nowMs < untilMs) send(nowMs);
      else if (sentMs.length === 0) resolve(heartbeats);
    };
    for (let i = 0; i < inFlight; i++) send(performance.now());
  });
}

/** The gateway's stream, opened once: a gateway keeps it for as long as it lives. */
function streamOf(gateway: Gateway, fail: (error: Error) => void): Call {
  gateway.stream ??= gateway.channel.stream(
    'HeartbeatStream',
    messagesOf((message) => gateway.onReply(message)),
    (failure) => fail(new Error(failure ?? 'HeartbeatStream was ended by the server')),
  );
  return gateway.stream;
}

/** Resolves with the heartbeats that one gateway sent one a call, when all are acknowledged. */
function callUnary(job: GatewayJob): Promise<number> {
  const { gateway, encoded, users, untilMs, inFlight, acksMs } = job;
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

const ACCEPTED_FIELD = 2;
const VARINT = 0;

/** `accepted` of a HeartbeatStreamResponse. Only its numbers come before it. */
function acceptedOf(message: Buffer): number {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) !== VARINT) return 0;
    const value = varint();
    if (tag >> 3 === ACCEPTED_FIELD) return value;
  }
  return 0;
}
