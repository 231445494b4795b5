import type { Clock } from '../../src/clock.js';
import type { BlindInterval } from '../../src/detector/sight.js';
import type { Random } from '../../src/fleet/random.js';
import {
  type Clocks,
  type Departure,
  type Hold,
  type NodeSign,
  type Reading,
  type ReceivedHeartbeat,
  type ReceivedLeave,
  type ReceivedVisibility,
  type Recorded,
  type SignsHeard,
  type Store,
  type StoreListener,
  type StoreNamespace,
  StoreUnavailableError,
} from '../../src/store/store.js';
import { storeUs } from './clocks.js';
import type { EventQueue, Gate } from './event-queue.js';
import type { Faults } from './fault.js';
import type { Ledger } from './ledger.js';
import { RemoteFeed } from './remote-feed.js';
import type { NodeMemory, SharedStore } from './shared-store.js';
import { wayMs } from './way.js';

/** A call without an answer is given up after so long, as with Redis, ms. */
const CALL_TIMEOUT_MS = 2_000;
/** What a node takes the store's clock for is behind by up to so much, ms. */
const RECKONED_BEHIND_MS_MAX = 2;
const LANES = 2;
/** Ways of calls that may overtake one another; of one kind they arrive in order, as on a connection. */
const READS = LANES;
const LEARNING = LANES + 1;
const BLIND = LANES + 2;
const HOLDS = LANES + 3;
const SIGNS = LANES + 4;
const WAYS = LANES + 5;

/** The shared store as a node sees it: over a network that delays, loses, repeats and breaks. */
export class RemoteStore implements Store {
  readonly name = 'redis';
  readonly lanes = LANES;
  readonly partitions = 1;
  readonly clockErrorUs = 0;
  readonly counts = { recordsRead: 0, conflicts: 0 };
  readonly cachedUsers = 0;
  lostDataUs = Number.NEGATIVE_INFINITY;
  readonly feed: RemoteFeed;
  readonly #node: number;
  readonly #clock: Clock;
  readonly #queue: EventQueue;
  readonly #gate: Gate;
  readonly #faults: Faults;
  readonly #shared: SharedStore;
  readonly #ledger: Ledger;
  readonly #memory: NodeMemory = new Map();
  readonly #random: Random;
  readonly #behindMs: number;
  #wasHeard = false;
  /** How often the store had lost its data when that was asked last. */
  #losses: number | undefined;
  /** When the last request of each way arrives. */
  readonly #arrivalMs = new Array<number>(WAYS).fill(0);
  /** Reasons why it is not connected. */
  #broken = 0;

  constructor(options: {
    readonly node: number;
    readonly clock: Clock;
    readonly queue: EventQueue;
    readonly gate: Gate;
    readonly faults: Faults;
    readonly shared: SharedStore;
    readonly ledger: Ledger;
    readonly random: Random;
  }) {
    this.#node = options.node;
    this.#clock = options.clock;
    this.#queue = options.queue;
    this.#gate = options.gate;
    this.#faults = options.faults;
    this.#shared = options.shared;
    this.#ledger = options.ledger;
    this.#random = options.random.fork('calls');
    this.#behindMs = this.#random.uniform(0, RECKONED_BEHIND_MS_MAX);
    this.feed = new RemoteFeed({ ...options, random: options.random.fork('feed') });
  }

  laneOf(userId: string): number {
    return (userId.codePointAt(userId.length - 1) as number) % LANES;
  }

  partitionOf(): number {
    return 0;
  }

  async record(
    namespace: StoreNamespace,
    lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    const onStoreClock = heartbeats.map((heartbeat) => ({
      ...heartbeat,
      receivedMs: this.#storeMs(heartbeat.receivedMs),
    }));
    const { recorded, left } = await this.#call(lane, async () => {
      const recorded = await this.#shared.record(namespace, onStoreClock, this.#memory);
      const left = recorded.arrivals.map(({ is }, i) => {
        const { userId } = onStoreClock[i] as ReceivedHeartbeat;
        return [userId, { revision: this.#shared.revisionOf(userId), due: is }] as const;
      });
      return { recorded, left };
    });
    for (const [userId, as] of left) this.#memory.set(userId, as);
    return recorded;
  }

  async leave(namespace: StoreNamespace, leave: ReceivedLeave): Promise<Departure | undefined> {
    const { userId } = leave;
    const receivedMs = this.#storeMs(leave.receivedMs);
    const { departure, revision } = await this.#call(this.laneOf(userId), async () => {
      const departure = await this.#shared.leave(namespace, { ...leave, receivedMs }, this.#memory);
      return { departure, revision: this.#shared.revisionOf(userId) };
    });
    if (departure) this.#memory.set(userId, { revision, due: departure.is });
    return departure;
  }

  setVisibility(namespace: StoreNamespace, visibility: ReceivedVisibility): Promise<void> {
    const receivedMs = this.#storeMs(visibility.receivedMs);
    return this.#call(this.laneOf(visibility.userId), () =>
      this.#shared.setVisibility(namespace, { ...visibility, receivedMs }),
    );
  }

  read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    return this.#call(READS, () => this.#shared.read(namespace, userIds));
  }

  learn(namespace: StoreNamespace, counts: Float64Array): Promise<Float64Array> {
    return this.#call(LEARNING, () => this.#shared.learn(namespace, counts));
  }

  clocks(): Clocks | undefined {
    if (!this.#wasHeard) return undefined;
    return { nowUs: storeUs(this.#queue.nowMs - this.#behindMs), nowMs: this.#clock.nowMs() };
  }

  async blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    const { blind, losses, nowMs } = await this.#call(BLIND, async () => {
      const { nowMs } = this.#queue;
      return { blind: await this.#shared.blind(added), losses: this.#shared.losses, nowMs };
    });
    if (this.#losses !== undefined && this.#losses !== losses) this.lostDataUs = storeUs(nowMs);
    this.#losses = losses;
    return blind;
  }

  holds(changed: readonly Hold[]): Promise<Hold[]> {
    for (const hold of changed) this.#ledger.held(hold, this.#node, this.#queue.nowMs);
    return this.#call(HOLDS, () => this.#shared.holds(changed));
  }

  signs(own: NodeSign): Promise<SignsHeard> {
    return this.#call(SIGNS, () => this.#shared.signs(own));
  }

  follow(listener: StoreListener): () => void {
    return this.feed.follow(listener);
  }

  isReady(): boolean {
    return this.#broken === 0;
  }

  async close(): Promise<void> {
    this.feed.close();
  }

  /** The connections break: the store has gone. */
  disconnect(): void {
    this.#broken += 1;
    this.feed.breaks(new Error('the connection was closed'));
  }

  connect(): void {
    this.#broken -= 1;
    this.feed.mends();
  }

  /** A node contributes durations only: how long ago it was, before the store's clock as the node reckons it. */
  #storeMs(nodeMs: number): number {
    return this.#queue.nowMs - this.#behindMs - (this.#clock.nowMs() - nodeMs);
  }

  #call<T>(way: number, apply: () => Promise<T>): Promise<T> {
    const sentMs = this.#queue.nowMs;
    const untilMs = sentMs + CALL_TIMEOUT_MS;
    return new Promise((resolve, reject) => {
      const fail = (atMs: number, why: string) =>
        this.#toNode(atMs, () => reject(new StoreUnavailableError(why)));
      if (!this.isReady()) {
        fail(sentMs, 'not connected');
        return;
      }
      const arrivalMs = this.#arrives('lost requests');
      if (arrivalMs === undefined) {
        fail(untilMs, 'no answer: the request was lost');
        return;
      }
      this.#arrivalMs[way] = Math.max(arrivalMs, this.#arrivalMs[way] as number);
      const answer = async () => {
        const { nowMs } = this.#queue;
        if (this.#isDown(nowMs)) {
          fail(nowMs, 'the connection was closed');
          return;
        }
        const result = await apply();
        const answerMs = this.#arrives('lost answers');
        if (answerMs === undefined || answerMs >= untilMs) fail(untilMs, 'no answer in time');
        else {
          this.#toNode(answerMs, () => {
            this.#wasHeard = true;
            resolve(result);
          });
        }
      };
      this.#queue.at(this.#arrivalMs[way] as number, () => void answer());
      if (!this.#suffers('repeated calls')) return;
      this.#arrivalMs[way] = (this.#arrivalMs[way] as number) + wayMs(this.#random);
      this.#queue.at(this.#arrivalMs[way] as number, () => {
        if (!this.#isDown(this.#queue.nowMs)) void apply();
      });
    });
  }

  /** When what is sent now arrives at the other end; undefined when it does not. */
  #arrives(loss: 'lost requests' | 'lost answers'): number | undefined {
    const { nowMs } = this.#queue;
    const partition = this.#faults.active('partition', this.#node, nowMs);
    if (partition && !partition.isQuiet) return undefined;
    if (this.#suffers(loss)) return undefined;
    const slow = this.#faults.active('slow calls', this.#node, nowMs);
    const delayMs = wayMs(this.#random) + (slow ? this.#random.uniform(0, slow.delayMs) : 0);
    return (partition ? partition.toMs : nowMs) + delayMs;
  }

  #suffers(kind: 'lost requests' | 'lost answers' | 'repeated calls'): boolean {
    const fault = this.#faults.active(kind, this.#node, this.#queue.nowMs);
    return fault !== undefined && this.#random.chance(fault.share);
  }

  #isDown(atMs: number): boolean {
    return this.#faults.active('store down', this.#node, atMs) !== undefined;
  }

  #toNode(atMs: number, act: () => void): void {
    this.#queue.at(atMs, act, { gate: this.#gate });
  }
}
