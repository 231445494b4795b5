import type { BlindInterval } from '../../src/detector/sight.js';
import type { UserRecord } from '../../src/detector/user.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import type {
  Departure,
  Hold,
  Reading,
  ReceivedHeartbeat,
  ReceivedLeave,
  Recorded,
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

/** The one store of all nodes, at its own place: what reaches it is done at once. Keeps the ledger. */
export class SharedStore {
  readonly clock: StoreClock;
  readonly #queue: EventQueue;
  readonly #ledger: Ledger;
  readonly #memory: MemoryStore;
  readonly #listeners = new Set<Pick<StoreListener, 'changed'>>();

  constructor(queue: EventQueue, ledger: Ledger) {
    this.#queue = queue;
    this.#ledger = ledger;
    this.clock = new StoreClock(queue);
    this.#memory = new MemoryStore(this.clock);
    this.#follow();
  }

  /** `heartbeats` have been received at times of the store's clock. */
  async record(namespace: StoreNamespace, heartbeats: readonly ReceivedHeartbeat[]): Promise<Recorded> {
    const { nowMs } = this.#queue;
    const recorded = await this.#memory.record(namespace, 0, heartbeats);
    for (let i = 0; i < heartbeats.length; i++) {
      const heartbeat = heartbeats[i] as ReceivedHeartbeat;
      const arrival = recorded.arrivals[i];
      if (arrival) this.#ledger.recorded(heartbeat, arrival, { heardMs: heartbeat.receivedMs, nowMs });
    }
    return recorded;
  }

  /** As `record`. */
  async leave(namespace: StoreNamespace, leave: ReceivedLeave): Promise<Departure | undefined> {
    const departure = await this.#memory.leave(namespace, leave);
    this.#ledger.left(leave.userId, this.#queue.nowMs);
    return departure;
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
    return this.#memory.holds(changed);
  }

  /** Returns how to stop. */
  follow(listener: Pick<StoreListener, 'changed'>): () => void {
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
    this.#ledger.lostAll(this.#queue.nowMs);
  }

  #follow(): void {
    this.#memory.follow({
      changed: (namespace, userId) => {
        for (const listener of this.#listeners) listener.changed(namespace, userId);
      },
      lost() {},
      resync() {},
    });
  }
}
