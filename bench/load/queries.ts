import { PresenceService } from '../../src/grpc/definition.js';
import { randomNumbers } from '../../test/support/replay.js';
import { quantile } from '../support/statistics.js';
import { Channel } from './channel.js';
import { userIdOf } from './encoded-users.js';
import { framed, messagesOf } from './messages.js';

export type QueryMethod = 'IsOnline' | 'Suspicion' | 'BatchSuspicion';

/** Queries to send in a closed loop: each connection asks again when something was answered on it. */
export interface QueryJob {
  /** host:port of the service. */
  readonly address: string;
  readonly method: QueryMethod;
  /** How many users there are to ask for, and for how many each request asks. */
  readonly users: number;
  readonly usersAsked: number;
  readonly connections: number;
  /** Unanswered requests of a connection, at most. */
  readonly inFlight: number;
  /** For how long requests are sent. The job ends when all are answered. */
  readonly ms: number;
}

interface QueryReport {
  readonly requests: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  readonly answerP50Ms: number;
  readonly answerP99Ms: number;
  /** Of each reply, without its frame. */
  readonly replyBytes: number;
  /** One of the replies, decoded: whether the service does what it is measured for. */
  readonly reply: unknown;
  /** What the load generator itself used. */
  readonly loadCpuUs: number;
}

/** Different requests of a kind, made beforehand and sent in turn. */
const REQUESTS = 1_000;

const requests = new Map<string, readonly Buffer[]>();
const channels = new Map<string, Channel[]>();

function requestsOf({ method, users, usersAsked }: QueryJob): readonly Buffer[] {
  const name = `${method} ${users} ${usersAsked}`;
  let made = requests.get(name);
  if (!made) {
    const random = randomNumbers(1);
    const anyone = () => userIdOf(Math.floor(random() * users));
    const encode = PresenceService.service[method].requestSerialize as (request: object) => Buffer;
    made = Array.from({ length: REQUESTS }, () =>
      framed(
        encode(
          method === 'BatchSuspicion'
            ? { userIds: Array.from({ length: usersAsked }, anyone) }
            : { userId: anyone() },
        ),
      ),
    );
    requests.set(name, made);
  }
  return made;
}

async function channelsOf({ address, connections }: QueryJob): Promise<readonly Channel[]> {
  let open = channels.get(address);
  if (!open) {
    open = [];
    channels.set(address, open);
  }
  while (open.length < connections) open.push(await Channel.open(address));
  return open.slice(0, connections);
}

/** Asks for the time of the job. Rejects when a request failed. */
export async function query(job: QueryJob): Promise<QueryReport> {
  const open = await channelsOf(job);
  const answersMs: number[] = [];
  const next = callsOf(requestsOf(job));
  let reply: readonly Buffer[] = [];
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await Promise.all(
    open.map(
      (channel) =>
        new Promise<void>((resolve, reject) => {
          let waiting = 0;
          const ask = (askedMs: number) => {
            waiting += 1;
            channel.unary(job.method, next(), (failure, answer) => {
              if (failure !== undefined) reject(new Error(`${job.method}: ${failure}`));
              reply = answer;
              const nowMs = performance.now();
              answersMs.push(nowMs - askedMs);
              waiting -= 1;
              if (nowMs < startedMs + job.ms) ask(nowMs);
              else if (waiting === 0) resolve();
            });
          };
          for (let i = 0; i < job.inFlight; i++) ask(performance.now());
        }),
    ),
  );
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = Float64Array.from(answersMs).sort();
  return {
    requests: sorted.length,
    elapsedMs,
    answerP50Ms: quantile(sorted, 0.5),
    answerP99Ms: quantile(sorted, 0.99),
    ...decoded(job.method, reply),
    loadCpuUs: user + system,
  };
}

function callsOf(made: readonly Buffer[]): () => Buffer {
  let at = 0;
  return () => made[at++ % made.length] as Buffer;
}

function decoded(method: QueryMethod, pieces: readonly Buffer[]): Pick<QueryReport, 'reply' | 'replyBytes'> {
  let found: Pick<QueryReport, 'reply' | 'replyBytes'> = { reply: undefined, replyBytes: 0 };
  const read = messagesOf((message) => {
    found = {
      reply: PresenceService.service[method].responseDeserialize(message),
      replyBytes: message.length,
    };
  });
  for (const piece of pieces) read(piece);
  return found;
}
