import { ANNOUNCED_FLAGS, type Arrival, ArrivalFlag } from '../../detector/session.js';
import {
  isForgotten,
  lastSignUs,
  recordHeartbeat,
  recordLeave,
  type UserRecord,
} from '../../detector/user.js';
import { encodeUser, RecordReader, revisionOf, UnreadableRecordError } from '../record/codec.js';
import type { ReceivedHeartbeat, StoreNamespace } from '../store.js';
import { shardOf, userKey } from './keys.js';
import type { RecordCache } from './record-cache.js';
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
 * What a batch of heartbeats makes of the users' records. Round by round: read who is unknown, change, write; and again
 * those whom another node changed meanwhile.
 */
export class Recording {
  readonly arrivals: Arrival[];
  readonly #namespace: StoreNamespace;
  readonly #heartbeats: readonly ReceivedHeartbeat[];
  /** Of each user the first heartbeat; of each heartbeat the next one of the same user, or -1. */
  readonly #first: number[] = [];
  readonly #next: Int32Array;
  readonly #keys: string[] = [];
  readonly #cache: RecordCache;
  /** Users still to be recorded, by their index in #first. */
  #open: number[];
  /** Of these, those whose records are being written. */
  #written: number[] = [];
  /** What is known of each user. */
  readonly #known: (Buffer | undefined)[] = [];

  constructor(namespace: StoreNamespace, heartbeats: readonly ReceivedHeartbeat[], cache: RecordCache) {
    this.#namespace = namespace;
    this.#cache = cache;
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

  get isDone(): boolean {
    return this.#open.length === 0;
  }

  /** Keys of the users still to be recorded who must be read for it. */
  unknownKeys(): string[] {
    const unknown: string[] = [];
    for (const user of this.#open) {
      const key = this.#keys[user] as string;
      const known = this.#cache.find(key);
      this.#known[user] = known;
      if (!known) unknown.push(key);
    }
    return unknown;
  }

  /**
   * Records the heartbeats of the open users on what was read of the unknown ones, and on what is known of the others.
   * `nowMs`: the node's clock when the store's said `nowUs`.
   */
  change(records: readonly (Buffer | null)[], nowUs: number, nowMs: number): Writes {
    const writes = new Writes(WRITE_BYTES * this.#open.length);
    const time = { nowUs, nowMs };
    const doubtful: number[] = [];
    this.#written = [];
    let read = 0;
    for (const user of this.#open) {
      const key = this.#keys[user] as string;
      const known = this.#known[user];
      const before = known ?? records[read++] ?? undefined;
      if (this.#changeUser(user, before, time, writes)) {
        this.#written.push(user);
      } else if (known) {
        // That a heartbeat is old news is only believed of what was read.
        this.#cache.drop(key);
        doubtful.push(user);
      }
    }
    this.#open = doubtful;
    return writes;
  }

  /** Takes the answer of record.lua; whose record had changed meanwhile is still to do. */
  settle(writes: Writes, outcomes: Buffer): void {
    this.#written.forEach((user, i) => {
      if (isReplaced(outcomes, i)) {
        this.#cache.keep(writes.keyOf(i), writes.recordOf(i));
      } else {
        this.#cache.collide(writes.keyOf(i));
        this.#open.push(user);
      }
    });
  }

  /** Whether the record changed, and is to be written. */
  #changeUser(
    user: number,
    before: Buffer | undefined,
    { nowUs, nowMs }: { nowUs: number; nowMs: number },
    writes: Writes,
  ): boolean {
    const first = this.#first[user] as number;
    const { detector, retentionMs } = this.#namespace;
    const heartbeat = this.#heartbeats[first] as ReceivedHeartbeat;
    let record: UserRecord;
    try {
      record = before ? reader.read(before, heartbeat) : reader.blank();
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
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

/** What a leave makes of a user's record; undefined where nothing changes. Throws UnreadableRecordError. */
export function changeByLeave(
  namespace: StoreNamespace,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  before: Buffer | undefined,
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

/**
 * Depends on the time of every change before: two histories that a failover or a loss of data set apart do not come to the
 * same revision again. The factor is 2^32 divided by the golden ratio, odd, and so mixes without losing anything (Knuth, The
 * Art of Computer Programming 3, 6.4).
 */
function nextRevision(before: Buffer | undefined, nowUs: number): number {
  return Math.imul((before ? revisionOf(before) : 0) ^ (nowUs >>> 0), 0x9e3779b1) >>> 0;
}

function entersEighth(beforeUs: number, afterUs: number, retentionMs: number): boolean {
  const eighthUs = (retentionMs * 1000) / RENEWALS;
  return Math.floor(beforeUs / eighthUs) !== Math.floor(afterUs / eighthUs);
}
