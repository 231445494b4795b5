import { ANNOUNCED_FLAGS, type Arrival, ArrivalFlag } from '../../detector/session.js';
import {
  isForgotten,
  lastSignUs,
  recordHeartbeat,
  recordLeave,
  type UserRecord,
} from '../../detector/user.js';
import { encodeUser, RecordReader, revisionOf, UnknownFormatError } from '../record/codec.js';
import type { ReceivedHeartbeat, StoreNamespace } from '../store.js';
import { shardOf, userKey } from './keys.js';
import { Writes } from './writes.js';

/** A record's expiry is renewed when its last sign of life enters another eighth of the retention: hardly ever. */
const RENEWALS = 8;
/** Of a record of one session with a full window, and what record.lua needs beside it. */
const WRITE_BYTES = 400;

const reader = new RecordReader();

const UNREADABLE: Arrival = {
  flags: ArrivalFlag.UNREADABLE,
  z: 0,
  scaleMs: 0,
  silenceMs: 0,
  lost: 0,
  lateAtUs: Number.POSITIVE_INFINITY,
};

/** The expiry that keeps a record for at least its retention, although it is renewed that rarely, ms. */
export function expiryMs({ retentionMs }: StoreNamespace): number {
  return Math.ceil(retentionMs * (1 + 1 / RENEWALS));
}

/**
 * What a batch of heartbeats makes of the users' records: read, changed, and to be written. Where another node was
 * quicker, the users it changed are read and changed again: `open` says who is still to do.
 */
export class Recording {
  readonly arrivals: Arrival[];
  readonly #namespace: StoreNamespace;
  readonly #heartbeats: readonly ReceivedHeartbeat[];
  /** Of each user the first heartbeat; of each heartbeat the next one of the same user, or -1. */
  readonly #first: number[] = [];
  readonly #next: Int32Array;
  readonly #keys: string[] = [];
  /** Users still to be recorded, by their index in #first. */
  #open: number[];

  constructor(namespace: StoreNamespace, heartbeats: readonly ReceivedHeartbeat[]) {
    this.#namespace = namespace;
    this.#heartbeats = heartbeats;
    this.arrivals = new Array(heartbeats.length);
    this.#next = new Int32Array(heartbeats.length).fill(-1);
    const last = new Map<string, number>();
    for (let i = 0; i < heartbeats.length; i++) {
      const { userId } = heartbeats[i] as ReceivedHeartbeat;
      const before = last.get(userId);
      if (before === undefined) {
        this.#first.push(i);
        this.#keys.push(userKey(shardOf(userId), namespace.name, userId));
      } else this.#next[before] = i;
      last.set(userId, i);
    }
    this.#open = this.#first.map((_, user) => user);
  }

  /** Keys of the users still to be recorded. */
  get open(): readonly string[] {
    return this.#open.length === this.#keys.length
      ? this.#keys
      : this.#open.map((user) => this.#keys[user] as string);
  }

  /**
   * Records the heartbeats of the open users on what was read of them. `nowMs`: the node's clock when the store's
   * said `nowUs`.
   */
  change(records: readonly (Buffer | null)[], nowUs: number, nowMs: number): Writes {
    const writes = new Writes(WRITE_BYTES * records.length);
    const written: number[] = [];
    for (let i = 0; i < this.#open.length; i++) {
      const user = this.#open[i] as number;
      if (this.#changeUser(user, records[i] as Buffer | null, { nowUs, nowMs, writes })) written.push(user);
    }
    this.#open = written;
    return writes;
  }

  /** Takes the answer of record.lua: who was not written is open again. */
  settle(outcomes: Buffer): void {
    this.#open = this.#open.filter((_, i) => !isReplaced(outcomes, i));
  }

  #changeUser(
    user: number,
    before: Buffer | null,
    { nowUs, nowMs, writes }: { nowUs: number; nowMs: number; writes: Writes },
  ): boolean {
    const first = this.#first[user] as number;
    const { detector, retentionMs } = this.#namespace;
    const heartbeat = this.#heartbeats[first] as ReceivedHeartbeat;
    let record: UserRecord;
    try {
      record = before ? reader.read(before, 0, heartbeat) : reader.blank();
    } catch (error) {
      if (!(error instanceof UnknownFormatError)) throw error;
      for (let i = first; i !== -1; i = this.#next[i] as number) this.arrivals[i] = UNREADABLE;
      return false;
    }
    const wasUs = lastSignUs(record);
    if (isForgotten(record, retentionMs, nowUs)) record = reader.blank();
    let announce = false;
    let changed = false;
    let announceFromUs = Number.POSITIVE_INFINITY;
    for (let i = first; i !== -1; i = this.#next[i] as number) {
      const next = this.#heartbeats[i] as ReceivedHeartbeat;
      const atUs = nowUs - Math.floor((nowMs - next.receivedMs) * 1000 + 0.5);
      const arrival = recordHeartbeat(record, next, { atUs, nowUs }, detector);
      this.arrivals[i] = arrival;
      if (arrival.flags & ANNOUNCED_FLAGS) announce = true;
      if ((arrival.flags & ArrivalFlag.STALE) === 0) changed = true;
      if (arrival.lateAtUs < announceFromUs) announceFromUs = arrival.lateAtUs;
    }
    if (!changed) return false;
    writes.add({
      key: this.#keys[user] as string,
      shard: shardOf(heartbeat.userId),
      before,
      after: encodeUser(record, nextRevision(before, nowUs)),
      announce,
      announceFromUs,
      renew: !before || entersEighth(wasUs, lastSignUs(record), retentionMs),
    });
    return true;
  }
}

/** Whether record.lua says so of the i-th record. */
export function isReplaced(outcomes: Buffer, i = 0): boolean {
  return outcomes[i] === 0x31;
}

/** What a leave makes of a user's record; undefined where nothing changes. Throws UnknownFormatError. */
export function changeByLeave(
  namespace: StoreNamespace,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  before: Buffer | null,
  nowUs: number,
): Writes | undefined {
  if (!before) return undefined;
  const record = reader.read(before);
  const wasUs = lastSignUs(record);
  if (isForgotten(record, namespace.retentionMs, nowUs) || !recordLeave(record, sessionId, nowUs))
    return undefined;
  const shard = shardOf(userId);
  const writes = new Writes(2 * before.length);
  writes.add({
    key: userKey(shard, namespace.name, userId),
    shard,
    before,
    after: encodeUser(record, nextRevision(before, nowUs)),
    announce: true,
    announceFromUs: Number.POSITIVE_INFINITY,
    renew: entersEighth(wasUs, lastSignUs(record), namespace.retentionMs),
  });
  return writes;
}

/** A record that was lost and begins anew must not have the revisions of the one before. */
function nextRevision(before: Buffer | null, nowUs: number): number {
  return (before ? revisionOf(before) + 1 : nowUs) >>> 0;
}

function entersEighth(beforeUs: number, afterUs: number, retentionMs: number): boolean {
  const eighthUs = (retentionMs * 1000) / RENEWALS;
  return Math.floor(beforeUs / eighthUs) !== Math.floor(afterUs / eighthUs);
}
