import { ArrivalFlag } from '../../src/detector/arrival.js';
import { type Due, NOT_DUE } from '../../src/detector/due.js';
import type { BlindInterval } from '../../src/detector/sight.js';
import type { UserRecord } from '../../src/detector/user.js';
import type { GroupStore } from '../../src/store/group-store.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import type {
  Departure,
  Hold,
  NodeSign,
  Reading,
  ReceivedHeartbeat,
  ReceivedLeave,
  Recorded,
  SignsHeard,
  StoreListener,
  StoreNamespace,
} from '../../src/store/store.js';
import { StoreClock } from './clocks.js';
import type { EventQueue } from './event-queue.js';
import type { Ledger } from './ledger.js';

/** As nodes have it, but that nothing is forgotten. Nobody reads by a detector. */
const unforgetting = {
  name: 'default',
  retentionMs: Number.POSITIVE_INFINITY,
} as StoreNamespace;

/** As a node left a user's record: its revision then, and when the user is due. */
interface Left {
  readonly revision: number;
  readonly due: Due;
}

/** What a node remembers of records, by user. */
export type NodeMemory = Map<string, Left>;

/** The one store of all nodes, at its own place: what reaches it is done at once. Keeps the ledger. */
export class SharedStore {
  readonly clock: StoreClock;
  readonly #queue: EventQueue;
  readonly #ledger: Ledger;
  readonly #memory: MemoryStore;
  /** Of each user's record; another one with every change. */
  readonly #revisions = new Map<string, number>();
  #changes = 0;
  readonly #groups = new Map<string, readonly string[]>();
  /** How often its data was lost. */
  losses = 0;
  readonly #listeners = new Set<Pick<StoreListener, 'changed' | 'groupChanged' | 'doubted'>>();

  constructor(queue: EventQueue, ledger: Ledger) {
    this.#queue = queue;
    this.#ledger = ledger;
    this.clock = new StoreClock(queue);
    this.#memory = new MemoryStore(this.clock);
    this.#follow();
  }

  /**
   * `heartbeats` have been received at times of the store's clock, by a node that remembers so much. What was changed since
   * by another one is FOREIGN to it; of whom the store has lost, it knows more than the store.
   */
  async record(
    namespace: StoreNamespace,
    heartbeats: readonly ReceivedHeartbeat[],
    memory: NodeMemory,
  ): Promise<Recorded> {
    const { nowMs } = this.#queue;
    const { nowUs, arrivals } = await this.#memory.record(namespace, 0, heartbeats);
    const seen = new Set<string>();
    const judged = arrivals.map((arrival, i) => {
      const heartbeat = heartbeats[i] as ReceivedHeartbeat;
      const { userId } = heartbeat;
      this.#ledger.recorded(heartbeat, arrival, { heardMs: heartbeat.receivedMs, nowMs });
      const left = seen.has(userId) ? undefined : memory.get(userId);
      const stored = seen.has(userId) ? undefined : this.#revisions.get(userId);
      seen.add(userId);
      if (stored === undefined && left) return { ...arrival, was: left.due };
      if (stored === left?.revision || arrival.was === NOT_DUE) return arrival;
      return { ...arrival, flags: arrival.flags | ArrivalFlag.FOREIGN };
    });
    arrivals.forEach(({ flags, silenceMs }, i) => {
      // A call that is repeated replaces nothing: the record is another one by then.
      if (flags & ArrivalFlag.FIRST_SEEN || silenceMs > 0)
        this.#change((heartbeats[i] as ReceivedHeartbeat).userId);
    });
    return { nowUs, arrivals: judged };
  }

  /** That of the last change of a user's record. */
  revisionOf(userId: string): number {
    return this.#revisions.get(userId) ?? 0;
  }

  /** As `record`. */
  async leave(
    namespace: StoreNamespace,
    leave: ReceivedLeave,
    memory: NodeMemory,
  ): Promise<Departure | undefined> {
    const { userId } = leave;
    const isForeign = memory.get(userId)?.revision !== this.#revisions.get(userId);
    const departure = await this.#memory.leave(namespace, leave);
    if (!departure) return undefined;
    this.#ledger.left(userId, this.#queue.nowMs);
    this.#change(userId);
    return { ...departure, isForeign };
  }

  read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    return this.#memory.read(namespace, userIds);
  }

  learn(namespace: StoreNamespace, counts: Float64Array): Promise<Float64Array> {
    return this.#memory.learn(namespace, counts);
  }

  blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    return this.#memory.blind(added);
  }

  holds(changed: readonly Hold[]): Promise<Hold[]> {
    for (const hold of changed) this.#ledger.stored(hold, this.#queue.nowMs);
    return this.#memory.holds(changed);
  }

  /** Users become members of a group, and do again when the data was lost: whoever maintains it sees to that. */
  async makeGroup(groupId: string, userIds: readonly string[]): Promise<void> {
    this.#groups.set(groupId, userIds);
    await this.#memory.groupStore.add({ namespace: 'default', groupId }, userIds, userIds.length);
  }

  get groupStore(): GroupStore {
    return this.#memory.groupStore;
  }

  signs(own: NodeSign): Promise<SignsHeard> {
    return this.#memory.signs(own);
  }

  /** Returns how to stop. */
  follow(listener: Pick<StoreListener, 'changed' | 'groupChanged' | 'doubted'>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is recorded of a user, forgotten or not, unless the store has swept it. */
  async recordOf(userId: string): Promise<UserRecord | undefined> {
    const [reading] = await this.#memory.read(unforgetting, [userId]);
    return reading?.record;
  }

  /** All records vanish, and what was learned. */
  async loseData(): Promise<void> {
    await this.#memory.close();
    this.#follow();
    this.losses += 1;
    this.#revisions.clear();
    this.#ledger.lostAll(this.#queue.nowMs);
    for (const [groupId, userIds] of this.#groups) await this.makeGroup(groupId, userIds);
  }

  #change(userId: string): void {
    this.#changes += 1;
    this.#revisions.set(userId, this.#changes);
  }

  #follow(): void {
    this.#memory.follow({
      changed: (namespace, userId, onlyLate) => {
        for (const listener of this.#listeners) listener.changed(namespace, userId, onlyLate);
      },
      groupChanged: (namespace, groupId) => {
        for (const listener of this.#listeners) listener.groupChanged?.(namespace, groupId);
      },
      doubted: () => {
        for (const listener of this.#listeners) listener.doubted();
      },
      lost() {},
      resync() {},
    });
  }
}
