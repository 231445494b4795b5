import type { Clock } from '../../clock.js';
import { ANNOUNCED_FLAGS, type Arrival, ArrivalFlag, NEWS_FLAGS } from '../../detector/arrival.js';
import type { BlindInterval } from '../../detector/sight.js';
import { isForgotten, recordHeartbeat, recordLeave, type UserRecord, userDue } from '../../detector/user.js';
import { decodeUser, encodeUser, RecordReader } from '../record/codec.js';
import { NO_SLOT, RecordTable } from '../record/table.js';
import {
  BLIND_INTERVALS_MAX,
  type Clocks,
  type Departure,
  HOLD_KEPT_US,
  HOLDS_MAX,
  type Hold,
  type NodeSign,
  type Reading,
  type ReceivedHeartbeat,
  type ReceivedLeave,
  type Recorded,
  SIGN_KEPT_US,
  type SignsHeard,
  type Store,
  type StoreListener,
  type StoreNamespace,
  storeUs,
  type Tallied,
} from '../store.js';
import type { TuningDocument, TuningStore, TuningsHeard } from '../tuning-store.js';
import { MemoryGroups } from './memory-groups.js';
import { MemoryShards } from './memory-shards.js';

/** Counts of a namespace, and when they were decayed last. */
interface Tally {
  readonly atUs: number;
  readonly sums: Float64Array;
}

/** Slots examined for expiry with every heartbeat: the store is swept as often as it is refreshed. */
const SWEPT_PER_HEARTBEAT = 1;

/**
 * The embedded store: facts in this process, gone with it. For one node, for tests and for a first try. Records are
 * packed as they are in Redis. One lane; its clock is the injected one.
 */
export class MemoryStore implements Store, TuningStore {
  readonly name = 'embedded';
  readonly lanes = 1;
  readonly partitions = 1;
  readonly clockErrorUs = 0;
  readonly lostDataUs = Number.NEGATIVE_INFINITY;
  readonly counts = { recordsRead: 0, conflicts: 0 };
  readonly #clock: Clock;
  readonly #users = new Map<string, RecordTable>();
  readonly #reader = new RecordReader();
  readonly #tallies = new Map<string, Tally>();
  /** By their text, so that what is added again is there once. */
  #blind = new Map<string, BlindInterval>();
  #holds = new Map<string, Hold>();
  readonly #signs = new Map<string, NodeSign>();
  #lastSignUs: number | undefined;
  readonly #tunings = new Map<string, TuningDocument>();
  #tuningsVersion = 0;
  /** Each with the node that it is, if it is one. */
  readonly #followers = new Map<StoreListener, string | undefined>();
  readonly groupStore: MemoryGroups;
  readonly shardStore = new MemoryShards(this.#users, {
    grown: (namespace) => {
      for (const listener of this.#listeners) listener.logged?.(namespace, 0);
    },
    relayed: (node, message) => {
      for (const [listener, id] of this.#followers) if (id === node) listener.relayed?.(message);
    },
  });

  constructor(clock: Clock) {
    this.#clock = clock;
    this.groupStore = new MemoryGroups(clock, ({ namespace, groupId }) => {
      for (const listener of this.#listeners) listener.groupChanged?.(namespace, groupId);
    });
  }

  laneOf(): number {
    return 0;
  }

  partitionOf(): number {
    return 0;
  }

  isReady(): boolean {
    return true;
  }

  async record(
    namespace: StoreNamespace,
    _lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    const nowUs = this.#clock.epochUs();
    const nowMs = this.#clock.nowMs();
    const users = this.#usersOf(namespace);
    const arrivals = new Array<Arrival>(heartbeats.length);
    for (let i = 0; i < heartbeats.length; i++) {
      const heartbeat = heartbeats[i] as ReceivedHeartbeat;
      const { userId } = heartbeat;
      const slot = users.find(userId);
      const user = this.#live(users, slot, { namespace, nowUs, likely: heartbeat });
      const atUs = storeUs(heartbeat.receivedMs, { nowUs, nowMs });
      const arrival = recordHeartbeat(user, heartbeat, { atUs, nowUs }, namespace.detector);
      arrivals[i] = arrival;
      if ((arrival.flags & ArrivalFlag.STALE) === 0)
        users.put(slot, userId, encodeUser(user, 0), expiryMs(namespace, nowUs));
      if ((arrival.flags & ANNOUNCED_FLAGS) !== 0)
        this.#announce(namespace.name, userId, (arrival.flags & NEWS_FLAGS) === 0);
    }
    users.sweep(SWEPT_PER_HEARTBEAT * heartbeats.length, nowUs / 1000);
    return { nowUs, arrivals };
  }

  async leave(
    namespace: StoreNamespace,
    { userId, sessionId, receivedMs }: ReceivedLeave,
  ): Promise<Departure | undefined> {
    const clocks = this.clocks();
    const { nowUs } = clocks;
    const users = this.#usersOf(namespace);
    const slot = users.find(userId);
    const user = this.#live(users, slot, { namespace, nowUs });
    const was = userDue(user, namespace.detector);
    if (!recordLeave(user, sessionId, storeUs(receivedMs, clocks))) return undefined;
    const is = userDue(user, namespace.detector);
    users.put(slot, userId, encodeUser(user, 0), expiryMs(namespace, nowUs));
    this.#announce(namespace.name, userId, false);
    return { was, is, isForeign: false };
  }

  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    const nowUs = this.#clock.epochUs();
    const users = this.#usersOf(namespace);
    return userIds.map((userId) => {
      const slot = users.find(userId);
      if (slot === NO_SLOT) return { nowUs, record: undefined };
      const record = decodeUser(users.recordAt(slot));
      return { nowUs, record: isForgotten(record, namespace.retentionMs, nowUs) ? undefined : record };
    });
  }

  async learn({ name, halfLifeMs }: Tallied, counts: Float64Array): Promise<Float64Array> {
    const atUs = this.#clock.epochUs();
    const sums = counts.slice();
    const known = this.#tallies.get(name);
    if (known?.sums.length === sums.length) {
      const kept = 2 ** (-(atUs - known.atUs) / 1000 / halfLifeMs);
      for (let i = 0; i < sums.length; i++) {
        sums[i] = (sums[i] as number) + kept * (known.sums[i] as number);
      }
    }
    this.#tallies.set(name, { atUs, sums });
    return sums.slice();
  }

  clocks(): Clocks {
    return { nowUs: this.#clock.epochUs(), nowMs: this.#clock.nowMs() };
  }

  async blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    for (const { fromUs, toUs } of added) this.#blind.set(`${fromUs}-${toUs}`, { fromUs, toUs });
    const latest = [...this.#blind].sort(([, a], [, b]) => b.toUs - a.toUs).slice(0, BLIND_INTERVALS_MAX);
    this.#blind = new Map(latest);
    if (added.length > 0) for (const listener of this.#listeners) listener.doubted();
    return [...this.#blind.values()];
  }

  async holds(changed: readonly Hold[]): Promise<Hold[]> {
    for (const hold of changed) this.#holds.set(`${hold.cause}:${hold.namespace}:${hold.origin}`, hold);
    const nowUs = this.#clock.epochUs();
    const ends = ([, { untilUs, releaseUs }]: [string, Hold]) => untilUs + releaseUs;
    const latest = [...this.#holds].sort((a, b) => ends(b) - ends(a)).slice(0, HOLDS_MAX);
    this.#holds = new Map(latest.filter((entry) => ends(entry) + HOLD_KEPT_US > nowUs));
    if (changed.length > 0) for (const listener of this.#listeners) listener.doubted();
    return [...this.#holds.values()];
  }

  async signs(own: NodeSign): Promise<SignsHeard> {
    const previousUs = this.#lastSignUs;
    this.#signs.set(own.id, own);
    const nowUs = this.#clock.epochUs();
    for (const [id, { completeUs }] of this.#signs)
      if (completeUs + SIGN_KEPT_US < nowUs) this.#signs.delete(id);
    this.#lastSignUs = nowUs;
    return { others: [...this.#signs.values()].filter(({ id }) => id !== own.id), previousUs };
  }

  async tunings(known: string, changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard> {
    const versionNow = () => (this.#tuningsVersion === 0 ? '' : String(this.#tuningsVersion));
    const isChanged = changed !== undefined && versionNow() === known;
    if (isChanged) {
      for (const [namespace, document] of changed) this.#tunings.set(namespace, document);
      this.#tuningsVersion += 1;
      for (const listener of this.#listeners) listener.doubted();
    }
    const version = versionNow();
    return { version, documents: version === known ? undefined : new Map(this.#tunings), isChanged };
  }

  follow(listener: StoreListener, node?: string): () => void {
    this.#followers.set(listener, node);
    return () => this.#followers.delete(listener);
  }

  async close(): Promise<void> {
    this.#followers.clear();
    this.#users.clear();
    this.#tallies.clear();
    this.#blind.clear();
    this.#holds.clear();
    this.#signs.clear();
    this.#tunings.clear();
    this.groupStore.clear();
    this.#tuningsVersion = 0;
    this.shardStore.close();
  }

  /** Those expired but not yet swept included. */
  get cachedUsers(): number {
    let size = 0;
    for (const users of this.#users.values()) size += users.size;
    return size;
  }

  get #listeners(): Iterable<StoreListener> {
    return this.#followers.keys();
  }

  #announce(namespace: string, userId: string, onlyLate: boolean): void {
    for (const listener of this.#listeners) listener.changed(namespace, userId, onlyLate);
  }

  #usersOf({ name }: StoreNamespace): RecordTable {
    let users = this.#users.get(name);
    if (!users) {
      users = new RecordTable();
      this.#users.set(name, users);
    }
    return users;
  }

  /** The record in a slot; a blank one where there is none or its retention is over. Valid until the next call. */
  #live(
    users: RecordTable,
    slot: number,
    { namespace, nowUs, likely }: { namespace: StoreNamespace; nowUs: number; likely?: ReceivedHeartbeat },
  ): UserRecord {
    if (slot === NO_SLOT) return this.#reader.blank();
    const user = this.#reader.read(users.recordAt(slot), likely);
    return isForgotten(user, namespace.retentionMs, nowUs) ? this.#reader.blank() : user;
  }
}

/** When a user may be swept who is changed now. */
function expiryMs({ retentionMs }: StoreNamespace, nowUs: number): number {
  return nowUs / 1000 + retentionMs;
}
