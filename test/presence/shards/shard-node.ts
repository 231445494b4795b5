import type { NamespaceSettings } from '../../../src/presence/namespace.js';
import { Namespaces } from '../../../src/presence/namespace.js';
import { Presence } from '../../../src/presence/presence.js';
import { ChangeLogs } from '../../../src/presence/shards/change-logs.js';
import type { LogEvent, LogSink } from '../../../src/presence/shards/log-follower.js';
import { Shards } from '../../../src/presence/shards/shards.js';
import type { Change } from '../../../src/presence/watching/changes.js';
import type { MemoryStore } from '../../../src/store/memory/memory-store.js';
import type { ShardStore } from '../../../src/store/shard-store.js';
import type { Store } from '../../../src/store/store.js';
import { MemoryLog } from '../../support/log.js';
import { type ManualClock, settle } from '../../support/manual-clock.js';
import {
  doubtSettings,
  groupSettings,
  ingestSettings,
  learningSettings,
  namespaceSettings,
  trackerSettings,
} from '../../support/settings.js';
import { lineOf } from '../watching/changes.js';

/** What a node knows without asking. */
const OWN = new Set<string | symbol>(['laneOf', 'partitionOf', 'shardOf']);

/** A store at the other end of a network that can be cut: what is asked then is never answered. */
function behindCut<T extends object>(target: T, isCut: () => boolean): T {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function' || OWN.has(name)) return value;
      return (...args: unknown[]) =>
        isCut() && name !== 'clocks' ? new Promise(() => {}) : Reflect.apply(value, target, args);
    },
  });
}

/** A change in a log of these tests. */
const encode = (change: Change) =>
  Buffer.from(JSON.stringify({ line: lineOf({ change }), version: change.version }));
const lineIn = (bytes: Buffer): string => (JSON.parse(String(bytes)) as { line: string }).line;

/** A node that owns shards, on a clock and a store that it may share with others. */
export class ShardNode {
  readonly log = new MemoryLog();
  readonly presence: Presence;
  readonly shards: Shards;
  readonly logs: ChangeLogs;
  readonly shardStore: ShardStore;
  /** From now on nothing that it asks of the store is answered. */
  isCut = false;

  constructor(
    options: { readonly store: MemoryStore; readonly clock: ManualClock; readonly nodeId: string },
    overrides: {
      readonly namespace?: Partial<NamespaceSettings>;
      readonly usersMax?: number;
      readonly followersMax?: number;
      readonly shardStore?: (store: ShardStore) => ShardStore;
    } = {},
  ) {
    const { clock, nodeId } = options;
    const { namespace, usersMax = 1_000, followersMax = 10 } = overrides;
    const isCut = () => this.isCut;
    const store: Store = behindCut(options.store as Store, isCut);
    const shardStore: ShardStore = behindCut(options.store.shardStore as ShardStore, isCut);
    this.shardStore = overrides.shardStore?.(shardStore) ?? shardStore;
    const { log } = this;
    this.presence = new Presence({
      namespaces: new Namespaces({ default: { ...namespaceSettings(), ...namespace } }),
      store,
      clock,
      log,
      ingest: ingestSettings,
      groupStore: options.store.groupStore,
      groups: groupSettings,
      tracker: trackerSettings,
      learning: learningSettings,
      doubt: doubtSettings,
      nodeId,
    });
    this.shards = new Shards(this.presence, {
      store: this.shardStore,
      log,
      settings: { usersMax },
      encode,
    });
    this.shards.begin();
    this.logs = new ChangeLogs(this.presence, {
      store: this.shardStore,
      settings: { followersMax },
      isChange: (bytes) => bytes.toString() !== 'no change',
    });
  }

  get counts() {
    const counts = { ONLINE: 0, SUSPECT: 0, OFFLINE: 0 };
    for (const shard of this.shards.owned) {
      const of = shard.report().counts.default;
      for (const status of ['ONLINE', 'SUSPECT', 'OFFLINE'] as const) counts[status] += of?.[status] ?? 0;
    }
    return counts;
  }

  get isComplete(): boolean {
    const owned = [...this.shards.owned];
    return owned.length > 0 && owned.every(({ isComplete }) => isComplete);
  }

  /** Follows the log from its end, or from where a token says. */
  async follow(token = '', room = Number.POSITIVE_INFINITY): Promise<Follower> {
    const follower = new Follower(room);
    follower.follow(this, token);
    await settle();
    await settle();
    return follower;
  }
}

/** Somebody who follows the log, and what they were told. */
export class Follower implements LogSink {
  readonly events: LogEvent[] = [];
  resume = () => {};
  stop = () => {};
  room: number;

  constructor(room: number) {
    this.room = room;
  }

  follow({ logs, presence }: ShardNode, token: string): void {
    const follower = logs.follow(presence.namespaces.get(''), token, this);
    this.resume = () => follower.resume();
    this.stop = () => logs.unfollow(follower);
  }

  take(event: LogEvent): void {
    this.room -= 1;
    this.events.push(event);
  }

  get lines(): string[] {
    return this.events.flatMap((event) => {
      if ('changes' in event) return event.changes.map(lineIn);
      return 'resync' in event ? ['resync'] : [event.notice];
    });
  }

  get token(): string {
    return this.events.at(-1)?.token ?? '';
  }
}
