import type { BlindInterval } from '../../src/detector/sight.js';
import type {
  Clocks,
  Departure,
  Hold,
  NodeSign,
  Reading,
  ReceivedHeartbeat,
  ReceivedLeave,
  Recorded,
  SignsHeard,
  Store,
  StoreListener,
  StoreNamespace,
} from '../../src/store/store.js';

interface RecordCall {
  readonly namespace: string;
  readonly lane: number;
  readonly heartbeats: readonly ReceivedHeartbeat[];
}

/** What a fault does to a call: waits, to hold it back, or throws. */
type Fault<Call> = (call: Call) => Promise<void>;

/**
 * A store behind a network that a test controls: it keeps what was asked of it, holds calls back or fails them, and
 * cuts the feed. Everything else is the store inside.
 */
export class FaultyStore implements Store {
  readonly name = 'embedded';
  readonly records: RecordCall[] = [];
  readonly reads: (readonly string[])[] = [];
  /** Names of the calls, in order, as they reached the store. */
  readonly calls: ('record' | 'leave' | 'read')[] = [];
  beforeRecord: Fault<RecordCall> | undefined;
  beforeLeave: Fault<ReceivedLeave> | undefined;
  beforeRead: Fault<readonly string[]> | undefined;
  /** Between the reading and its arrival: the answer says what was true before. */
  beforeReadReply: Fault<readonly string[]> | undefined;
  beforeLearn: Fault<Float64Array> | undefined;
  beforeBlind: Fault<readonly BlindInterval[]> | undefined;
  /** Reads find nobody. */
  hasLostData = false;
  readonly #inner: Store;
  readonly #listeners = new Set<StoreListener>();
  #isFeedCut = false;

  /** With more lanes than one, the first character of a user's id says which: "2-alice" is in lane 2. */
  constructor(
    inner: Store,
    readonly lanes = inner.lanes,
    /** As many as lanes, or one. */
    readonly partitions = 1,
  ) {
    this.#inner = inner;
  }

  laneOf(userId: string): number {
    return this.lanes === 1 ? 0 : Number(userId[0]) % this.lanes;
  }

  partitionOf(userId: string): number {
    return this.laneOf(userId) % this.partitions;
  }

  async record(
    namespace: StoreNamespace,
    lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    const call = { namespace: namespace.name, lane, heartbeats };
    this.records.push(call);
    this.calls.push('record');
    if (this.beforeRecord) await this.beforeRecord(call);
    return this.#inner.record(namespace, lane, heartbeats);
  }

  async leave(namespace: StoreNamespace, leave: ReceivedLeave): Promise<Departure | undefined> {
    this.calls.push('leave');
    if (this.beforeLeave) await this.beforeLeave(leave);
    return this.#inner.leave(namespace, leave);
  }

  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    this.reads.push(userIds);
    this.calls.push('read');
    if (this.beforeRead) await this.beforeRead(userIds);
    const found = await this.#inner.read(namespace, userIds);
    const readings = this.hasLostData ? found.map(({ nowUs }) => ({ nowUs, record: undefined })) : found;
    if (!this.beforeReadReply) return readings;
    await this.beforeReadReply(userIds);
    return readings;
  }

  async learn(namespace: StoreNamespace, counts: Float64Array): Promise<Float64Array> {
    if (this.beforeLearn) await this.beforeLearn(counts);
    return this.#inner.learn(namespace, counts);
  }

  clocks(): Clocks | undefined {
    return this.#inner.clocks();
  }

  async blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    if (this.beforeBlind) await this.beforeBlind(added);
    return this.#inner.blind(added);
  }

  async holds(changed: readonly Hold[]): Promise<Hold[]> {
    if (this.beforeBlind) await this.beforeBlind([]);
    return this.#inner.holds(changed);
  }

  async signs(own: NodeSign): Promise<SignsHeard> {
    if (this.beforeBlind) await this.beforeBlind([]);
    return this.#inner.signs(own);
  }

  follow(listener: StoreListener, node?: string): () => void {
    this.#listeners.add(listener);
    const heard: StoreListener = {
      ...listener,
      changed: (namespace, userId, onlyLate) => {
        if (!this.#isFeedCut) listener.changed(namespace, userId, onlyLate);
      },
      groupChanged: (namespace, groupId) => {
        if (!this.#isFeedCut) listener.groupChanged?.(namespace, groupId);
      },
    };
    const unfollow = this.#inner.follow(heard, node);
    return () => {
      this.#listeners.delete(listener);
      unfollow();
    };
  }

  /** From now on nobody hears of changes. */
  cutFeed(error: Error): void {
    this.#isFeedCut = true;
    for (const listener of this.#listeners) listener.lost(error);
  }

  restoreFeed(): void {
    this.#isFeedCut = false;
    for (const listener of this.#listeners) listener.resync();
  }

  get clockErrorUs(): number {
    return this.#inner.clockErrorUs;
  }

  get lostDataUs(): number {
    return this.#inner.lostDataUs;
  }

  get counts(): Store['counts'] {
    return this.#inner.counts;
  }

  get cachedUsers(): number {
    return this.#inner.cachedUsers;
  }

  isReady(): boolean {
    return true;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** A promise that the test keeps. */
export function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
