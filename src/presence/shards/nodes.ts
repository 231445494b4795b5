import type { Clock } from '../../clock.js';
import type { NodeDoing, ShardStore } from '../../store/shard-store.js';
import { type Reading, type Store, StoreUnavailableError } from '../../store/store.js';
import { version } from '../../version.js';
import { type Assessment, assess } from '../assessment.js';
import type { Doubt } from '../doubt/doubt.js';
import { NODE_INTERVAL_MS } from '../namespace.js';
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
  readonly #store: Store;
  readonly #shardStore: ShardStore;
  readonly #clock: Clock;
  readonly #doubt: Doubt;
  #views: ReadonlyMap<string, NodeView> = new Map();
  #rate = 0;
  #counted: { readonly heartbeats: number; readonly atMs: number } | undefined;

  constructor(presence: Presence, shardStore: ShardStore) {
    this.#presence = presence;
    this.#store = presence.store;
    this.#shardStore = shardStore;
    this.#clock = presence.clock;
    this.#doubt = presence.doubt;
  }

  /** By their ids, this one included, as of the last look. */
  get views(): ReadonlyMap<string, NodeView> {
    return this.#views;
  }

  /** Those that are there. A node never doubts itself: who looks is there. */
  get present(): string[] {
    const { nodeId } = this.#presence;
    return [...this.#views].flatMap(([id, { assessment }]) =>
      id === nodeId || assessment.status === 'ONLINE' || assessment.status === 'SUSPECT' ? [id] : [],
    );
  }

  /** Heartbeats that this node records in a second, of the last few. */
  get heartbeatsPerSecond(): number {
    return this.#rate;
  }

  /** Beats, and looks who else does. Rejects as Store does. */
  async look(): Promise<void> {
    const { nodeId, namespaces } = this.#presence;
    this.#measure();
    await this.#beat();
    const nowUs = this.#store.clocks()?.nowUs;
    if (nowUs === undefined) throw new StoreUnavailableError('the store was never reached');
    const doing = { version, heartbeatsPerSecond: Math.round(this.#rate * 10) / 10, atUs: nowUs };
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
    let heartbeats = 0;
    for (const { recorded } of this.#presence.ingest.counts.values()) heartbeats += recorded;
    const atMs = this.#clock.nowMs();
    const before = this.#counted;
    this.#counted = { heartbeats, atMs };
    if (!before || atMs <= before.atMs) return;
    const passedMs = atMs - before.atMs;
    const rate = ((heartbeats - before.heartbeats) * 1000) / passedMs;
    // A node that was slow to look has seen more of it.
    const weight = 1 - Math.exp(-Math.max(passedMs, NODE_INTERVAL_MS) / RATE_MEMORY_MS);
    this.#rate += weight * (rate - this.#rate);
  }
}
