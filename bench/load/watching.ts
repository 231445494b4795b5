import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { WatchResponse__Output } from '../../src/gen/phid/v1/WatchResponse.js';
import { PresenceService } from '../../src/grpc/definition.js';
import { Beating, type BeatingJob } from './beating.js';
import { Channel } from './channel.js';
import { userIdOf } from './encoded-users.js';
import { framed, messagesOf } from './messages.js';

/** Users to follow, each by one of the streams. */
interface WatchJob {
  /** host:port of the service. */
  readonly address: string;
  readonly users: number;
  readonly streams: number;
  readonly channels: number;
}

/** Users who fall silent and, when they were found OFFLINE, beat again. */
interface SilenceJob {
  readonly silencesPerS: number;
  readonly ms: number;
}

/** Durations in ms, one each. */
interface SilenceReport {
  /** From the instant that the change names, when phi was to reach the threshold, to its receipt. */
  readonly crossingsMs: readonly number[];
  /** Changes that came before that instant, or with a phi below the threshold. */
  readonly early: number;
  /** From the sending of the first heartbeat after a silence to the receipt of ONLINE. */
  readonly resumesMs: readonly number[];
  /** By how much the load generator itself was late with heartbeats, at most. */
  readonly loadLateMaxMs: number;
}

/** A user who was found OFFLINE stays silent for this long yet. */
const STAY_SILENT_MS = 500;

const { Watch } = PresenceService.service;
let beating: Beating | undefined;
let onChange: (change: StatusChange__Output, receivedMs: number) => void = () => {};

/** The service's clock, which is the machine's: ms since the epoch, with fractions. */
const epochMs = () => performance.timeOrigin + performance.now();

export async function startBeating(job: BeatingJob): Promise<void> {
  beating = await Beating.start(job);
}

export function stopBeating(): ReturnType<Beating['stop']> {
  return theBeating().stop();
}

function theBeating(): Beating {
  if (!beating) throw new Error('nobody beats');
  return beating;
}

/** Opens the streams and resolves when everybody has had their snapshot. */
export async function watchUsers(job: WatchJob): Promise<void> {
  const channels = await Promise.all(Array.from({ length: job.channels }, () => Channel.open(job.address)));
  const usersEach = Math.floor(job.users / job.streams);
  await Promise.all(
    Array.from({ length: job.streams }, (_, n) => {
      const userIds = Array.from({ length: usersEach }, (_, i) => userIdOf(n * usersEach + i));
      return watch(channels[n % channels.length] as Channel, userIds);
    }),
  );
}

/** Follows users for as long as the process lives; resolves when they are synced. */
function watch(channel: Channel, userIds: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let isSynced = false;
    const onMessage = (message: Buffer) => {
      // A snapshot needs no reading, and there are as many as users.
      if (!isSynced && !message.equals(SYNCED)) return;
      const receivedMs = epochMs();
      const { change, synced } = Watch.responseDeserialize(message) as WatchResponse__Output;
      if (change) onChange(change, receivedMs);
      if (!synced) return;
      isSynced = true;
      resolve();
    };
    const call = channel.stream('Watch', messagesOf(onMessage), (failure) =>
      reject(new Error(failure ?? 'Watch was ended by the server')),
    );
    call.end(framed(Watch.requestSerialize({ userIds })));
  });
}

const SYNCED = Watch.responseSerialize({ synced: {} });

/** Lets users fall silent for the time of the job, and reports how late it was heard. */
export async function watchSilences({ silencesPerS, ms }: SilenceJob): Promise<SilenceReport> {
  const fleet = theBeating();
  const report = { crossingsMs: [] as number[], early: 0, resumesMs: [] as number[] };
  const resumedMs = new Map<string, number>();
  fleet.lateMaxMs = 0;
  onChange = (change, receivedMs) => {
    const { userId } = change;
    if (change.cause === 'SUSPICION') {
      const lateMs = receivedMs - (Number(change.at?.seconds) * 1000 + Number(change.at?.nanos) / 1e6);
      report.crossingsMs.push(lateMs);
      if (lateMs < 0 || Number(change.suspicion?.phi) < Number(change.threshold)) report.early += 1;
      if (change.status === 'OFFLINE') setTimeout(() => fleet.resume(userOf(userId)), STAY_SILENT_MS);
    } else if (change.cause === 'HEARTBEAT') {
      const sentMs = resumedMs.get(userId);
      if (sentMs !== undefined) report.resumesMs.push(performance.now() - sentMs);
      resumedMs.delete(userId);
    }
  };
  fleet.onResume = (user, sentMs) => resumedMs.set(userIdOf(user), sentMs);
  const silencing = setInterval(() => fleet.silent.add(fleet.anyone()), 1000 / silencesPerS);
  await new Promise((resolve) => setTimeout(resolve, ms));
  clearInterval(silencing);
  onChange = () => {};
  return { ...report, loadLateMaxMs: fleet.lateMaxMs };
}

const userOf = (userId: string) => Number(userId.slice(1));
