import type { WatchResponse__Output } from '../../src/gen/phid/v1/WatchResponse.js';
import { PresenceService } from '../../src/grpc/definition.js';
import { quantile } from '../support/statistics.js';
import { Channel } from './channel.js';
import { SESSION_ID, userIdOf } from './encoded-users.js';
import { framed, messagesOf } from './messages.js';

/** Streams that all watch the same users, by a group or each of them by id. */
interface AudienceJob {
  /** host:port of the service. */
  readonly address: string;
  readonly streams: number;
  readonly channels: number;
  readonly users: number;
  /** Made of all users; undefined: they are watched by id. */
  readonly groupId: string | undefined;
}

/** Users who leave and come back, one after the other, before the streams of `address`. */
interface ChangesJob {
  readonly address: string;
  /** Of the users watched, those who change: the first so many. */
  readonly changing: number;
  readonly changesPerS: number;
  readonly ms: number;
}

interface ChangesReport {
  readonly changes: number;
  /** Changes times the streams that were told. */
  readonly deliveries: number;
  /** From the sending of a heartbeat that brings somebody back to the receipt of ONLINE by a stream, ms. */
  readonly onlineP50Ms: number;
  readonly onlineP99Ms: number;
  readonly loadCpuUs: number;
}

const { AddToGroup, Heartbeat, Leave, Watch } = PresenceService.service;
const SYNCED = Watch.responseSerialize({ synced: {} });
/** Users in one AddToGroup. */
const ADDED_MAX = 1_000;
/** What is not delivered by then will not be, ms. */
const DELIVERY_MS_MAX = 30_000;

/** The streams of a service. */
class Audience {
  readonly streams: number;
  readonly channels: readonly Channel[];
  onMessage: (message: Buffer) => void = () => {};

  constructor(streams: number, channels: readonly Channel[]) {
    this.streams = streams;
    this.channels = channels;
  }

  /** Opens a stream; resolves when it is synced. */
  open(request: Buffer, channel: Channel): Promise<void> {
    return new Promise((resolve, reject) => {
      let isSynced = false;
      const onMessage = (message: Buffer) => {
        if (isSynced) this.onMessage(message);
        else if (message.equals(SYNCED)) {
          isSynced = true;
          resolve();
        }
      };
      const call = channel.stream('Watch', messagesOf(onMessage), (failure) =>
        reject(new Error(failure ?? 'Watch was ended by the server')),
      );
      call.end(request);
    });
  }

  call(method: string, request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const [channel] = this.channels;
      channel?.unary(method, request, (failure) => {
        if (failure === undefined) resolve();
        else reject(new Error(`${method}: ${failure}`));
      });
    });
  }
}

const audiences = new Map<string, Audience>();

/** Resolves when every stream has had the snapshots of all users. */
export async function openAudience(job: AudienceJob): Promise<void> {
  const { address, streams, users, groupId } = job;
  const channels = await Promise.all(Array.from({ length: job.channels }, () => Channel.open(address)));
  const audience = new Audience(streams, channels);
  audiences.set(address, audience);
  const userIds = Array.from({ length: users }, (_, user) => userIdOf(user));
  for (let i = 0; groupId !== undefined && i < users; i += ADDED_MAX) {
    const added = { groupId, userIds: userIds.slice(i, i + ADDED_MAX) };
    await audience.call('AddToGroup', framed(AddToGroup.requestSerialize(added)));
  }
  const request = framed(
    Watch.requestSerialize(groupId === undefined ? { userIds } : { groupIds: [groupId] }),
  );
  await Promise.all(
    Array.from({ length: streams }, (_, n) =>
      audience.open(request, channels[n % channels.length] as Channel),
    ),
  );
}

/** Lets users leave and come back for the time of the job; resolves when all streams were told of all of it. */
export async function changeUsers({
  address,
  changing,
  changesPerS,
  ms,
}: ChangesJob): Promise<ChangesReport> {
  const audience = audiences.get(address) as Audience;
  const sentMs = new Float64Array(changing);
  const onlineMs: number[] = [];
  let deliveries = 0;
  let last: Buffer | undefined;
  audience.onMessage = (message) => {
    const { user, status } = changeIn(message);
    deliveries += 1;
    last = message;
    if (status === ONLINE) onlineMs.push(performance.now() - (sentMs[user] as number));
  };
  const cpu = process.cpuUsage();
  let changes = 0;
  const calls: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const interval = setInterval(() => {
      const user = (changes >> 1) % changing;
      const userId = userIdOf(user);
      if (changes % 2 === 0) calls.push(audience.call('Leave', framed(Leave.requestSerialize({ userId }))));
      else {
        sentMs[user] = performance.now();
        const heartbeat = { userId, sessionId: SESSION_ID };
        calls.push(audience.call('Heartbeat', framed(Heartbeat.requestSerialize({ heartbeat }))));
      }
      changes += 1;
      if (changes % 2 === 1 || changes < (ms / 1000) * changesPerS) return;
      clearInterval(interval);
      resolve();
    }, 1000 / changesPerS);
  });
  await Promise.all(calls);
  const endMs = performance.now() + DELIVERY_MS_MAX;
  while (deliveries < changes * audience.streams) {
    if (performance.now() > endMs)
      throw new Error(`${deliveries} of ${changes * audience.streams} were told`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { user: userUs, system } = process.cpuUsage(cpu);
  assertRead(last as Buffer);
  const sorted = Float64Array.from(onlineMs).sort();
  return {
    changes,
    deliveries,
    onlineP50Ms: quantile(sorted, 0.5),
    onlineP99Ms: quantile(sorted, 0.99),
    loadCpuUs: userUs + system,
  };
}

const ONLINE = 1;

/** The user and the new status of a WatchResponse that is a change: read where phid writes them, which costs next to nothing. */
function changeIn(message: Buffer): { user: number; status: number } {
  // Tag and length of the change, tag and length of the user id, which is `u` and seven digits.
  const idAt = (message[1] as number) < 0x80 ? 4 : 5;
  const user = Number(message.toString('latin1', idAt + 1, idAt + 8));
  // Fields that are 0 are left out: `previous` (2), then `status` (3).
  let at = idAt + 8;
  if (message[at] === 0x10) at += 2;
  return { user, status: message[at] === 0x18 ? (message[at + 1] as number) : 0 };
}

/** What was read so cheaply is what the message says. */
function assertRead(message: Buffer): void {
  const { change } = Watch.responseDeserialize(message) as WatchResponse__Output;
  const { user, status } = changeIn(message);
  if (change?.userId === userIdOf(user) && (change.status === 'ONLINE') === (status === ONLINE)) return;
  throw new Error(`read as user ${user}, status ${status}: ${JSON.stringify(change)}`);
}
