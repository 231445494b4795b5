import { randomUUID } from 'node:crypto';
import type { Log } from '../../log.js';
import type { ShardReport, ShardStore, StatusCounts } from '../../store/shard-store.js';
import { StoreUnavailableError, UnreadableError } from '../../store/store.js';
import { Exchange } from '../doubt/exchange.js';
import { NODE_INTERVAL_MS } from '../namespace.js';
import type { Presence } from '../presence.js';
import type { Change } from '../watching/changes.js';
import { Headcount } from './headcount.js';
import { Nodes } from './nodes.js';
import { OwnedShard } from './owned-shard.js';
import { ownerOf } from './ownership.js';
import { Relay } from './relay.js';
import { UserSearch } from './user-search.js';

/** So often it is looked whether all users of a shard were counted, while that is not reported of all, ms. */
const COUNTED_MS = 100;

export interface ShardsSettings {
  /** Users of the shards that this node owns, about; 0: it owns none. */
  readonly usersMax: number;
}

/**
 * The shards that this node owns. Every so often it looks which nodes are there; each shard belongs to one of them, as all reckon
 * alike. Two may think so of a shard for a moment: the one that claimed it last writes its log.
 */
export class Shards {
  readonly nodes: Nodes;
  readonly relay: Relay;
  /** Plain counts for /metrics. */
  readonly counts = { claimed: 0, lost: 0, overfull: 0 };
  readonly #presence: Presence;
  readonly #store: ShardStore;
  readonly #log: Log;
  readonly #settings: ShardsSettings;
  readonly #encode: (change: Change) => Buffer;
  readonly #headcount: Headcount;
  readonly #owned = new Map<number, OwnedShard>();
  #exchange: Exchange | undefined;
  readonly #search: UserSearch;
  readonly #unfollow: () => void;
  /** Looked at now and then: to sum them up for each user would cost more than the user. */
  #isFull = false;
  #cancelOffline = () => {};
  #cancelCounted = () => {};
  /** What the log of this node said last of the shards owned. */
  #said = '';
  /** Changes that were written to the logs of shards that are another node's now. */
  #writtenBefore = 0;
  #closed = false;

  /** `encode`: a change as readers of the log get it. */
  constructor(
    presence: Presence,
    options: {
      readonly store: ShardStore;
      readonly log: Log;
      readonly settings: ShardsSettings;
      readonly encode: (change: Change) => Buffer;
    },
  ) {
    this.#presence = presence;
    this.#store = options.store;
    this.#log = options.log;
    this.#settings = options.settings;
    this.#encode = options.encode;
    this.#headcount = new Headcount(presence.namespaces, options);
    this.nodes = new Nodes(presence, options.store, options.settings.usersMax > 0);
    const { nodeId, clock } = presence;
    this.relay = new Relay({ nodeId, store: options.store, clock });
    this.#search = new UserSearch({
      store: options.store,
      namespaces: presence.namespaces,
      ownerOf: (userId) => this.#owned.get(this.#store.shardOf(userId)),
      isOwned: (shard) => this.#isOwned(shard),
      added: () => this.#measure(),
    });
    this.#unfollow = presence.follow({
      recorded: (...recorded) => this.relay.take(...recorded),
      // Who was only late is known, or will be found.
      changed: (namespace, userId, onlyLate) => {
        if (!onlyLate) this.#announced(namespace, userId);
      },
      resync: () => this.#findAgain(),
    });
  }

  /** From now on this node is one of those that own shards. */
  begin(): void {
    const options = { clock: this.#presence.clock, log: this.#log, intervalMs: NODE_INTERVAL_MS };
    this.#exchange = new Exchange(options, () => this.#look());
  }

  get owned(): Iterable<OwnedShard> {
    return this.#owned.values();
  }

  get size(): number {
    return this.#owned.size;
  }

  /** Of the shards owned, those all of whose users are counted. */
  get complete(): number {
    let complete = 0;
    for (const { isComplete } of this.#owned.values()) complete += Number(isComplete);
    return complete;
  }

  /** Changes written to the logs; a counter. */
  get changesWritten(): number {
    let written = this.#writtenBefore;
    for (const { log } of this.#owned.values()) written += log.written;
    return written;
  }

  /** Users of the shards owned, by namespace. */
  census(): Map<string, StatusCounts> {
    const sums = new Map<string, StatusCounts>();
    for (const shard of this.#owned.values()) {
      for (const [namespace, { ONLINE, SUSPECT, OFFLINE }] of shard.counts()) {
        const sum = sums.get(namespace) ?? { ONLINE: 0, SUSPECT: 0, OFFLINE: 0 };
        sums.set(namespace, {
          ONLINE: sum.ONLINE + ONLINE,
          SUSPECT: sum.SUSPECT + SUSPECT,
          OFFLINE: sum.OFFLINE + OFFLINE,
        });
      }
    }
    return sums;
  }

  get users(): number {
    let users = 0;
    for (const shard of this.#owned.values()) users += shard.users;
    return users;
  }

  /** What the owners said last of all shards. Rejects as the store does. */
  reports(): Promise<(ShardReport | undefined)[]> {
    return this.#store.reports();
  }

  /** Lets go of the shards, and says so, that another node takes them at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unfollow();
    this.#exchange?.close();
    this.#cancelOffline();
    this.#cancelCounted();
    this.relay.close();
    this.#search.close();
    for (const shard of this.#owned.values()) shard.close();
    this.#owned.clear();
    // A store that is away learns of it by the silence.
    if (this.#exchange) await this.nodes.leave().catch(() => {});
  }

  async #look(): Promise<void> {
    await this.nodes.look();
    const { owners } = this.nodes;
    const { nodeId } = this.#presence;
    const ownerOfEach = Array.from({ length: this.#store.shards }, (_, shard) => ownerOf(shard, owners));
    this.relay.setOwners(ownerOfEach);
    for (let shard = 0; shard < this.#store.shards && !this.#closed; shard++) {
      const isOurs = ownerOfEach[shard] === nodeId;
      const owned = this.#owned.get(shard);
      if (isOurs && !owned) await this.#claim(shard).catch(leftOut);
      else if (!isOurs && owned) this.#drop(owned);
    }
    this.#measure();
    this.#say(owners);
    await Promise.all(Array.from(this.#owned.values(), (shard) => this.#report(shard).catch(leftOut)));
    this.#search.begin();
    this.#lookWhenOffline();
    this.#lookWhenCounted();
    await this.#headcount.look().catch(leftOut);
  }

  /** The next look is at the moment at which a node will be known to be gone, where that comes before. */
  #lookWhenOffline(): void {
    this.#cancelOffline();
    const { firstOfflineInMs } = this.nodes;
    if (this.#closed || firstOfflineInMs >= NODE_INTERVAL_MS) return;
    this.#cancelOffline = this.#presence.clock.after(firstOfflineInMs, () => this.#exchange?.soon());
  }

  /** Or soon after all users of a shard were counted, until that is reported: others are to know. */
  #lookWhenCounted(): void {
    this.#cancelCounted();
    const unreported = [...this.#owned.values()].filter(({ isReported }) => !isReported);
    if (this.#closed || unreported.length === 0) return;
    this.#cancelCounted = this.#presence.clock.after(COUNTED_MS, () => {
      const isReportable =
        !this.#presence.tracker.degraded && unreported.some(({ isComplete }) => isComplete);
      if (isReportable) this.#exchange?.soon();
      else this.#lookWhenCounted();
    });
  }

  /** Which shards are ours, when that has changed; of a node that was always alone it goes without saying. */
  #say(owners: readonly string[]): void {
    const owned = [...this.#owned.keys()].sort((a, b) => a - b);
    const text = `${owned.length} of ${this.#store.shards} shards are ours`;
    if (owned.join() === this.#said || (owners.length < 2 && this.#said === '')) return;
    this.#said = owned.join();
    this.#log.info({ shards: owned, nodes: owners.length }, text);
  }

  async #claim(shard: number): Promise<void> {
    const claim = { shard, node: this.#presence.nodeId, token: randomUUID() };
    const last = await this.#store.claim(claim);
    const owned: OwnedShard = new OwnedShard(this.#presence, {
      store: this.#store,
      claim,
      last,
      encode: this.#encode,
      hasRoom: (users) => this.#hasRoom(users),
      lost: () => this.#lose(owned),
    });
    await owned.begin();
    if (this.#closed) return;
    this.#owned.set(shard, owned);
    this.counts.claimed += 1;
    this.#search.want(owned);
  }

  async #report(shard: OwnedShard): Promise<void> {
    const report = shard.dueReport();
    if (!report) return;
    if (await this.#store.report(shard.claim, report)) shard.reported(report);
    else this.#lose(shard);
  }

  /** Another claim holds. If the shard should be ours, the next look claims it. */
  #lose(shard: OwnedShard): void {
    if (!this.#isOwned(shard)) return;
    this.counts.lost += 1;
    this.#drop(shard);
  }

  #drop(shard: OwnedShard): void {
    this.#owned.delete(shard.claim.shard);
    this.#writtenBefore += shard.log.written;
    shard.close();
  }

  #announced(namespaceName: string, userId: string): void {
    const shard = this.#owned.get(this.#store.shardOf(userId));
    const namespace = this.#presence.namespaces.find(namespaceName);
    if (shard && namespace) shard.add(namespace, [userId]);
  }

  /** Somebody of any shard may have come unheard. */
  #findAgain(): void {
    for (const shard of this.#owned.values()) this.#search.want(shard);
    this.#search.begin();
  }

  #isOwned(shard: OwnedShard): boolean {
    return this.#owned.get(shard.claim.shard) === shard;
  }

  #measure(): void {
    const { usersMax } = this.#settings;
    const wasFull = this.#isFull;
    this.#isFull = this.users >= usersMax;
    if (this.#isFull && !wasFull && usersMax > 0)
      this.#log.warn({ usersMax }, 'no more users are counted: the limit is reached');
  }

  #hasRoom(users: number): boolean {
    if (this.#isFull) this.counts.overfull += users;
    return !this.#isFull;
  }
}

/** The partition of a shard may be away, or what is kept of it unreadable, and others are there: the next look comes back to it. */
function leftOut(error: Error): void {
  if (!(error instanceof StoreUnavailableError || error instanceof UnreadableError)) throw error;
}
