import type { Clock } from '../../clock.js';
import type { LogPart, ShardStore } from '../../store/shard-store.js';
import { LimitReachedError } from '../errors.js';
import type { Namespace } from '../namespace.js';
import type { Presence } from '../presence.js';
import { LogFollower, type LogSink } from './log-follower.js';

export interface ChangeLogsSettings {
  /** Streams of this node that follow logs. */
  readonly followersMax: number;
}

/** Reads the logs of changes for all who follow them by way of this node: those who are at the same place read once. */
export class ChangeLogs {
  /** Plain counts for /metrics. */
  readonly counts = { reads: 0, gaps: 0, refused: 0 };
  readonly #store: ShardStore;
  readonly #clock: Clock;
  readonly #settings: ChangeLogsSettings;
  readonly #isChange: (bytes: Buffer) => boolean;
  readonly #followers = new Set<LogFollower>();
  /** Calls under way, by what they ask for. */
  readonly #reads = new Map<string, Promise<LogPart>>();
  readonly #unfollow: () => void;

  /** `isChange`: whether an entry of a log is a change that followers can read. */
  constructor(
    presence: Presence,
    options: {
      readonly store: ShardStore;
      readonly settings: ChangeLogsSettings;
      readonly isChange: (bytes: Buffer) => boolean;
    },
  ) {
    this.#store = options.store;
    this.#clock = presence.clock;
    this.#settings = options.settings;
    this.#isChange = options.isChange;
    this.#unfollow = presence.follow({
      logged: (namespaceName, shard) => {
        const namespace = presence.namespaces.find(namespaceName);
        for (const follower of this.#followers) {
          if (follower.namespace === namespace) follower.wake(shard);
        }
      },
      resync: () => {
        for (const follower of this.#followers) follower.wakeAll();
      },
    });
  }

  get followers(): number {
    return this.#followers.size;
  }

  /**
   * Begins to tell `sink` what changes in a namespace: from the end of the log on, or from where `token` says. Throws
   * LimitReachedError.
   */
  follow(namespace: Namespace, token: string, sink: LogSink): LogFollower {
    const { followersMax } = this.#settings;
    if (this.#followers.size >= followersMax) {
      this.counts.refused += 1;
      throw new LimitReachedError('WatchNamespace streams on this node', followersMax);
    }
    const follower = new LogFollower(namespace, {
      shards: this.#store.shards,
      token,
      sink,
      clock: this.#clock,
      end: (shard) => this.#store.logEnd(shard, namespace.name),
      read: (shard, position) => this.#read(shard, namespace.name, position),
    });
    this.#followers.add(follower);
    return follower;
  }

  unfollow(follower: LogFollower): void {
    follower.close();
    this.#followers.delete(follower);
  }

  close(): void {
    this.#unfollow();
    for (const follower of this.#followers) follower.close();
    this.#followers.clear();
  }

  #read(shard: number, namespace: string, position: string): Promise<LogPart> {
    const name = `${shard} ${namespace} ${position}`;
    const under = this.#reads.get(name);
    if (under) return under;
    this.counts.reads += 1;
    const read = this.#store
      .readLog(shard, namespace, position)
      .then((part) => {
        // Whoever were told of one that is none would break off there, each time they come back.
        const changes = part.changes.filter(this.#isChange);
        const isGap = part.isGap || changes.length < part.changes.length;
        if (isGap) this.counts.gaps += 1;
        return { ...part, changes, isGap };
      })
      .finally(() => this.#reads.delete(name));
    this.#reads.set(name, read);
    return read;
  }
}
