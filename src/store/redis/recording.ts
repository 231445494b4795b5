import { type Arrival, ArrivalFlag, NEWS_FLAGS, UNREADABLE_ARRIVAL } from '../../detector/arrival.js';
import type { Detector } from '../../detector/detector.js';
import type { Due } from '../../detector/due.js';
import {
  isForgotten,
  lastSignUs,
  recordHeartbeat,
  recordLeave,
  type UserRecord,
  userDue,
} from '../../detector/user.js';
import { encodeUser, NO_NAMES, RecordReader, revisionOf, TOKEN_BYTES } from '../record/codec.js';
import {
  type Departure,
  type ReceivedHeartbeat,
  type ReceivedLeave,
  type StoreNamespace,
  storeUs,
  UnreadableRecordError,
} from '../store.js';
import { shardOf, userKey } from './keys.js';
import type { PartitionClocks } from './partition.js';
import type { RecordCache } from './record-cache.js';
import type { Writes } from './writes.js';

/** A record's expiry is renewed when its last sign of life enters another eighth of the retention: hardly ever. */
const RENEWALS = 8;

const reader = new RecordReader();
/** Of a record that is looked at beside another one. */
const rememberedReader = new RecordReader();

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
  /** Of each user the slot in the cache, and what is known. */
  readonly #slots: number[] = [];
  readonly #known: (Buffer | undefined)[] = [];
  /** Of users whose record had changed meanwhile: what was known of them, should the store have lost it. */
  readonly #remembered: (Buffer | undefined)[] = [];

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
    cache.sweep(this.#open.length);
  }

  get isDone(): boolean {
    return this.#open.length === 0;
  }

  /** Keys of the users still to be recorded who must be read for it. */
  unknownKeys(): string[] {
    const unknown: string[] = [];
    for (const user of this.#open) {
      const key = this.#keys[user] as string;
      const slot = this.#cache.find(key);
      const known = this.#cache.recordAt(slot);
      this.#slots[user] = slot;
      this.#known[user] = known;
      if (!known) unknown.push(key);
    }
    return unknown;
  }

  /** Records the heartbeats of the open users on what was read of the unknown ones, and on what is known of the others. */
  change(records: readonly (Buffer | null)[], clocks: PartitionClocks, writes: Writes): void {
    const doubtful: number[] = [];
    const doubtfulSlots: number[] = [];
    this.#written = [];
    let read = 0;
    for (const user of this.#open) {
      const known = this.#known[user];
      const stored = known ?? records[read++] ?? undefined;
      if (this.#changeUser(user, stored, clocks, writes)) {
        this.#written.push(user);
      } else if (known) {
        // That a heartbeat is old news is only believed of what was read.
        this.#remember(user);
        doubtfulSlots.push(this.#slots[user] as number);
        doubtful.push(user);
      }
    }
    // Only now: what is known of others is read until here.
    for (const slot of doubtfulSlots) this.#cache.drop(slot);
    this.#open = doubtful;
  }

  /** Takes the answer of record.lua; whose record had changed meanwhile is still to do, and everybody when there is none. */
  settle(writes: Writes, outcomes: Buffer): void {
    // What is known is only good until the cache is changed.
    if (outcomes.length > 0) {
      this.#written.forEach((user, i) => {
        if (!isReplaced(outcomes, i)) this.#remember(user);
      });
    }
    this.#written.forEach((user, i) => {
      const slot = this.#slots[user] as number;
      if (isReplaced(outcomes, i)) {
        this.#cache.keep(slot, writes.keyOf(i), writes.recordOf(i));
        return;
      }
      if (outcomes.length > 0) this.#cache.collide(slot, writes.keyOf(i));
      this.#open.push(user);
    });
  }

  #remember(user: number): void {
    const known = this.#known[user];
    if (known) this.#remembered[user] = Buffer.from(known);
  }

  /** Whether the record changed, and is to be written. */
  #changeUser(user: number, stored: Buffer | undefined, clocks: PartitionClocks, writes: Writes): boolean {
    const { nowUs, shiftUs } = clocks;
    const remembered = this.#remembered[user];
    // A store that has lost its data gets back what this node still knows.
    const isLost = !stored && remembered !== undefined;
    const before = stored ?? remembered;
    let isForeign = stored !== undefined && !this.#known[user] && !remembered;
    const first = this.#first[user] as number;
    const { detector, retentionMs } = this.#namespace;
    const heartbeat = this.#heartbeats[first] as ReceivedHeartbeat;
    let record: UserRecord;
    try {
      record = before ? reader.read(before, heartbeat, shiftUs) : reader.blank();
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      for (let i = first; i !== -1; i = this.#next[i] as number) this.arrivals[i] = UNREADABLE_ARRIVAL;
      return false;
    }
    const wasUs = lastSignUs(record);
    if (isForgotten(record, retentionMs, nowUs)) record = reader.blank();
    let announce = isLost;
    let changed = false;
    let announceFromUs = Number.POSITIVE_INFINITY;
    for (let i = first; i !== -1; i = this.#next[i] as number) {
      const next = this.#heartbeats[i] as ReceivedHeartbeat;
      const atUs = storeUs(next.receivedMs, clocks);
      const arrival = recordHeartbeat(record, next, { atUs, nowUs, isForeign }, detector);
      // When the user was due as this node knew it, whoever has changed the record since: perhaps a call of its own, whose
      // answer was lost.
      const isRemembered = i === first && stored !== undefined && remembered !== undefined;
      this.arrivals[i] = isRemembered
        ? { ...arrival, was: dueAsRemembered(remembered, detector, shiftUs), is: userDue(record, detector) }
        : arrival;
      isForeign = false;
      if (arrival.flags & NEWS_FLAGS) announce = true;
      if ((arrival.flags & ArrivalFlag.STALE) === 0) changed = true;
      if (arrival.lateAtUs < announceFromUs) announceFromUs = arrival.lateAtUs;
    }
    if (!changed) return false;
    writes.add({
      key: this.#keys[user] as string,
      shard: shardOf(heartbeat.userId),
      before: stored,
      after: encodeUser(record, nextRevision(before, nowUs), shiftUs),
      announce,
      announceFromUs: announceFromUs - shiftUs,
      renew: !stored || entersEighth(wasUs, lastSignUs(record), retentionMs),
    });
    return true;
  }
}

function dueAsRemembered(record: Buffer, detector: Detector, shiftUs: number): Due {
  return userDue(rememberedReader.read(record, NO_NAMES, shiftUs), detector);
}

/** Whether what is known of a record is what was read: they have the same token. */
export function isSame(known: Uint8Array | undefined, read: Buffer): boolean {
  return known !== undefined && read.subarray(0, TOKEN_BYTES).equals(known.subarray(0, TOKEN_BYTES));
}

/** Whether record.lua says so of the i-th record. */
export function isReplaced(outcomes: Buffer, i = 0): boolean {
  return outcomes[i] === 0x31;
}

/** What a leave makes of a user's record; undefined: nothing. Throws UnreadableRecordError. */
export function changeByLeave(
  namespace: StoreNamespace,
  { userId, sessionId, receivedMs }: ReceivedLeave,
  before: Buffer,
  clocks: PartitionClocks,
  writes: Writes,
): Pick<Departure, 'was' | 'is'> | undefined {
  const { nowUs, shiftUs } = clocks;
  const record = reader.read(before, NO_NAMES, shiftUs);
  const wasUs = lastSignUs(record);
  if (isForgotten(record, namespace.retentionMs, nowUs)) return undefined;
  const was = userDue(record, namespace.detector);
  if (!recordLeave(record, sessionId, storeUs(receivedMs, clocks))) return undefined;
  const shard = shardOf(userId);
  writes.add({
    key: userKey(shard, namespace.name, userId),
    shard,
    before,
    after: encodeUser(record, nextRevision(before, nowUs), shiftUs),
    announce: true,
    announceFromUs: Number.POSITIVE_INFINITY,
    renew: entersEighth(wasUs, lastSignUs(record), namespace.retentionMs),
  });
  return { was, is: userDue(record, namespace.detector) };
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
