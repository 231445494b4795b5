import type { Clock } from '../../clock.js';
import type { NodeDoing, ShardStore } from '../../store/shard-store.js';
import { type Reading, type Store, StoreUnavailableError } from '../../store/store.js';
import { version } from '../../version.js';
import { type Assessment, assess } from '../assessment.js';
import type { Doubt } from '../doubt/doubt.js';
import type { Presence } from '../presence.js';

/** Every process of a node has one session at a time, in which its successor goes on. */
const SESSION = 'node';
/** What a rate is smoothed over, ms. */
const RATE_MEMORY_MS = 3_000;

/** A node as this one sees it. */
export interface NodeView {
  readonly doing: NodeDoing;
  readonly assessment: Assessment;
}

/**
 * The nodes of a deployment, watched as users are: each beats in a namespace of its own, and φ says whether it is there. Who is
 * OFFLINE owns no shards.
 */
export class Nodes {
  readonly #presence: Presence;
  readonly #ownsShards: boolean;
  readonly #store: Store;
  readonly #shardStore: ShardStore;
  readonly #clock: Clock;
  readonly #doubt: Doubt;
  #views: ReadonlyMap<string, NodeView> = new Map();
  /** Heartbeats recorded here, by namespace: those in a second, smoothed; all of them, and when they were counted. */
  readonly #rates = new Map<string, number>();
  readonly #counted = new Map<string, number>();
  #measuredMs: number;

  constructor(presence: Presence, shardStore: ShardStore, ownsShards: boolean) {
    this.#presence = presence;
    this.#ownsShards = ownsShards;
    this.#store = presence.store;
    this.#shardStore = shardStore;
    this.#clock = presence.clock;
    this.#doubt = presence.doubt;
    this.#measuredMs = presence.clock.nowMs();
  }

  /** By their ids, this one included, as of the last look. */
  get views(): ReadonlyMap<string, NodeView> {
    return this.#views;
  }

  /** Those that are there and own shards. A node never doubts itself: who looks is there. */
  get owners(): string[] {
    const { nodeId } = this.#presence;
    return [...this.#views].flatMap(([id, { assessment, doing }]) => {
      const isThere = id === nodeId || assessment.status === 'ONLINE' || assessment.status === 'SUSPECT';
      return isThere && doing.ownsShards ? [id] : [];
    });
  }

  /** Time until the first of the other owners is OFFLINE if it beats no more, as of the last look, ms; Infinity: there is none. */
  get firstOfflineInMs(): number {
    const { nodeId } = this.#presence;
    const times = [...this.#views].map(([id, { assessment, doing }]) =>
      id !== nodeId && doing.ownsShards && assessment.offlineInMs > 0
        ? assessment.offlineInMs
        : Number.POSITIVE_INFINITY,
    );
    return Math.min(...times);
  }

  /** Beats, and looks who else does. Rejects as Store does. */
  async look(): Promise<void> {
    const { nodeId, namespaces } = this.#presence;
    this.#measure();
    await this.#beat();
    const nowUs = this.#store.clocks()?.nowUs;
    if (nowUs === undefined) throw new StoreUnavailableError('the store was never reached');
    const rates = Array.from(this.#rates, ([name, rate]) => [name, Math.round(rate * 10) / 10] as const);
    const heartbeatsPerSecond = Object.fromEntries(rates.filter(([, rate]) => rate > 0));
    const doing = { version, ownsShards: this.#ownsShards, heartbeatsPerSecond, atUs: nowUs };
    const nodes = await this.#shardStore.nodes(nodeId, doing);
    const ids = [...nodes.keys()];
    const { readings, isDegraded: degraded } = await this.#doubt.read(namespaces.nodes, ids);
    const { thresholds } = namespaces.nodes;
    this.#views = new Map(
      ids.map((id, i) => {
        const previous = this.#views.get(id)?.assessment.status;
        const judge = { thresholds, degraded, previous };
        const assessment = assess(namespaces.nodes, id, readings[i] as Reading, judge);
        return [id, { doing: nodes.get(id) as NodeDoing, assessment }];
      }),
    );
  }

  /** Says that this node ends. Rejects as Store does. */
  async leave(): Promise<void> {
    const { nodeId, namespaces } = this.#presence;
    const leave = { userId: nodeId, sessionId: '', receivedMs: this.#clock.nowMs() };
    await this.#store.leave(namespaces.nodes, leave);
    await this.#shardStore.nodes(nodeId, undefined);
  }

  async #beat(): Promise<void> {
    const { nodeId, namespaces } = this.#presence;
    const heartbeat = {
      userId: nodeId,
      sessionId: SESSION,
      sequence: 0,
      declaredMs: 0,
      activity: 0,
      origin: '',
      receivedMs: this.#clock.nowMs(),
    };
    await this.#store.record(namespaces.nodes, this.#store.laneOf(nodeId), [heartbeat]);
  }

  #measure(): void {
    const atMs = this.#clock.nowMs();
    const passedMs = atMs - this.#measuredMs;
    this.#measuredMs = atMs;
    // A node that was slow to look has seen more of it.
    const weight = 1 - Math.exp(-passedMs / RATE_MEMORY_MS);
    for (const [namespace, { recorded }] of this.#presence.ingest.counts) {
      const before = this.#counted.get(namespace) ?? 0;
      this.#counted.set(namespace, recorded);
      const rate = ((recorded - before) * 1000) / passedMs;
      const last = this.#rates.get(namespace) ?? 0;
      if (passedMs > 0) this.#rates.set(namespace, last + weight * (rate - last));
    }
  }
}
