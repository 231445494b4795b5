import {
  type Arrival,
  ArrivalFlag,
  arrivalOf,
  NEWS_FLAGS,
  REFUSED_ARRIVAL,
  UNREADABLE_ARRIVAL,
} from '../../detector/arrival.js';
import type { Detector } from '../../detector/detector.js';
import type { Due } from '../../detector/due.js';
import {
  isForgotten,
  isInvisible,
  isUnknown,
  lastSignUs,
  recordHeartbeat,
  type UserRecord,
  userDue,
} from '../../detector/user.js';
import { forget } from '../../detector/visibility.js';
import { encodeUser, NO_NAMES, RecordReader, revisionOf, TOKEN_BYTES } from '../record/codec.js';
import {
  INVISIBLE_RETENTION_MS,
  type ReceivedHeartbeat,
  type StoreNamespace,
  storeUs,
  UnreadableRecordError,
} from '../store.js';
import { shardOf, userKey } from './keys.js';
import type { PartitionClocks } from './partition.js';
import type { RecordCache } from './record-cache.js';
import { WRONG_TYPE } from './unreadable.js';
import type { ExpiriesMs, Expiry, Writes } from './writes.js';

/** A record's expiry is renewed when its last sign of life enters another eighth of the retention: hardly ever. */
const RENEWALS = 8;

const reader = new RecordReader();
/** Of a record that is looked at beside another one. */
const rememberedReader = new RecordReader();

/** Expiries that keep a record for at least its retention, although one is renewed that rarely. */
export function expiriesMs({ retentionMs }: StoreNamespace): ExpiriesMs {
  const renewedMs = Math.ceil(retentionMs * (1 + 1 / RENEWALS));
  return { renewedMs, longMs: Math.max(renewedMs, INVISIBLE_RETENTION_MS) };
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
  readonly #unreadable: (problem: string, key: string) => void;
  /** Users still to be recorded, by their index in #first. */
  #open: number[];
  /** Of these, those whose records are being written. */
  #written: number[] = [];
  /** Of each user the slot in the cache, and what is known. */
  readonly #slots: number[] = [];
  readonly #known: (Buffer | undefined)[] = [];
  /** Of users whose record had changed meanwhile: what was known of them, should the store have lost it. */
  readonly #remembered: (Buffer | undefined)[] = [];

  /** `unreadable` hears of each record that cannot be read: it is left alone. */
  constructor(
    namespace: StoreNamespace,
    heartbeats: readonly ReceivedHeartbeat[],
    cache: RecordCache,
    unreadable: (problem: string, key: string) => void,
  ) {
    this.#unreadable = unreadable;
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
      if (isNoRecord(outcomes, i)) {
        this.#refuse(user, WRONG_TYPE);
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

  #refuse(user: number, problem: string): false {
    this.#unreadable(problem, this.#keys[user] as string);
    return this.#leaveOut(this.#first[user] as number, UNREADABLE_ARRIVAL);
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
      return this.#refuse(user, error.message);
    }
    const wasUs = lastSignUs(record);
    if (isForgotten(record, retentionMs, nowUs)) forget(record);
    if (this.#namespace.isFull && isUnknown(record)) return this.#leaveOut(first, REFUSED_ARRIVAL);
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
        ? arrivalOf(
            { was: dueAsRemembered(remembered, detector, shiftUs), is: userDue(record, detector) },
            arrival,
          )
        : arrival;
      isForeign = false;
      if (arrival.flags & NEWS_FLAGS) announce = true;
      if ((arrival.flags & ArrivalFlag.STALE) === 0) changed = true;
      if (arrival.lateAtUs < announceFromUs) announceFromUs = arrival.lateAtUs;
    }
    if (!changed) return false;
    const isUnseen = isInvisible(record);
    writes.add({
      key: this.#keys[user] as string,
      shard: shardOf(heartbeat.userId),
      before: stored,
      after: encodeUser(record, nextRevision(before, nowUs), shiftUs),
      announce: announce && !isUnseen,
      announceFromUs: isUnseen ? Number.POSITIVE_INFINITY : announceFromUs - shiftUs,
      expiry: expiryOf(record, stored ? wasUs : 0, this.#namespace),
    });
    return true;
  }

  /** Nothing of a user's heartbeats, from the first on, is to be written. */
  #leaveOut(first: number, arrival: Arrival): false {
    for (let i = first; i !== -1; i = this.#next[i] as number) this.arrivals[i] = arrival;
    return false;
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

/** Whether record.lua found something else under the i-th key. */
export function isNoRecord(outcomes: Buffer, i = 0): boolean {
  return outcomes[i] === 0x32;
}

/**
 * Depends on the time of every change before: two histories that a failover or a loss of data set apart do not come to the
 * same revision again. The factor is 2^32 divided by the golden ratio, odd, and so mixes without losing anything (Knuth, The
 * Art of Computer Programming 3, 6.4).
 */
export function nextRevision(before: Buffer | undefined, nowUs: number): number {
  return Math.imul((before ? revisionOf(before) : 0) ^ (nowUs >>> 0), 0x9e3779b1) >>> 0;
}

/** How long a record is kept from now on, whose user gave the last sign at `wasUs` before it was changed; 0: there was none. */
export function expiryOf(record: UserRecord, wasUs: number, { retentionMs }: StoreNamespace): Expiry {
  if (isInvisible(record)) return 'long';
  const eighthUs = (retentionMs * 1000) / RENEWALS;
  return Math.floor(wasUs / eighthUs) === Math.floor(lastSignUs(record) / eighthUs) ? 'kept' : 'renewed';
}
