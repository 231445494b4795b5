import type { Status } from '../detector/status.js';

/** Users of a namespace by their status; who is UNKNOWN is nobody's user. */
export type StatusCounts = Readonly<Record<Exclude<Status, 'UNKNOWN'>, number>>;

/** What the owner of a shard says of it, again and again. */
export interface ShardReport {
  /** The node that owns it. */
  readonly node: string;
  /** Every change up to this moment is in the log, µs of the store's clock. */
  readonly upToUs: number;
  /** Every user of the shard is counted. */
  readonly isComplete: boolean;
  readonly counts: Readonly<Record<string, StatusCounts>>;
}

/** What a node says of itself. */
export interface NodeDoing {
  readonly version: string;
  /** Shards may be its own. */
  readonly ownsShards: boolean;
  /** Heartbeats that it records, by namespace. */
  readonly heartbeatsPerSecond: Readonly<Record<string, number>>;
  /** When it said so, µs of the store's clock. */
  readonly atUs: number;
}

/** Who owns a shard from when on: another claim of it, by whatever node, ends this one. */
export interface ShardClaim {
  readonly shard: number;
  readonly node: string;
  /** No other claim has it. */
  readonly token: string;
}

/** What the log said last of a user: of all who are not ONLINE, and of those who were first seen a moment ago. */
export interface LoggedStatus {
  readonly status: Exclude<Status, 'UNKNOWN'>;
  /** All sessions had left. */
  readonly hasLeft: boolean;
}

/** A change for the log, in the order of each user's. */
export interface LoggedChange {
  readonly userId: string;
  /** What is kept for the next owner; undefined: nothing, of who is ONLINE, or forgotten. */
  readonly kept: LoggedStatus | undefined;
  /** The change as readers get it; undefined: only `kept` is noted. */
  readonly bytes: Buffer | undefined;
}

/** Some users, and where the next are; `next` is undefined after the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface KnownUser {
  readonly namespace: string;
  readonly userId: string;
}

/** A part of a shard's log. */
export interface LogPart {
  readonly changes: readonly Buffer[];
  /** Behind these. */
  readonly position: string;
  /** There may be more behind. */
  readonly isFull: boolean;
  /** Changes behind the position that was asked for are gone, or that position is of a log that was lost. */
  readonly isGap: boolean;
}

/** Changes of a log that are read at once. */
export const LOG_PART_MAX = 256;

/**
 * Shards: who owns each, what the owner knows of its users, and the log of their changes, one for each namespace and shard. A part of
 * what a store is, apart from Store because those who keep and judge heartbeats do not need it. Rejects as Store does.
 */
export interface ShardStore {
  readonly shards: number;
  shardOf(userId: string): number;
  /** Makes the claim the one that holds; returns the last report of the shard, of whatever owner. */
  claim(claim: ShardClaim): Promise<ShardReport | undefined>;
  /** Puts a report in the place of the last; false when another claim holds. */
  report(claim: ShardClaim, report: ShardReport): Promise<boolean>;
  /**
   * Says what a node is doing, and returns what all say; those who said nothing for longer than SIGN_KEPT_US are forgotten. Undefined:
   * the node leaves.
   */
  nodes(id: string, doing: NodeDoing | undefined): Promise<ReadonlyMap<string, NodeDoing>>;
  /** The last report of every shard, in their order. */
  reports(): Promise<(ShardReport | undefined)[]>;
  /** What is kept of some users, from a cursor on (empty: the first). May repeat some. */
  logged(
    shard: number,
    namespace: string,
    cursor: string,
  ): Promise<Page<{ readonly userId: string; readonly was: LoggedStatus }>>;
  /** Some of the users of all shards who have a record, from a cursor on (empty: the first). May repeat some. */
  knownUsers(cursor: string): Promise<Page<KnownUser>>;
  /** Appends changes to the log of a namespace, all or none; false, and none, when another claim holds. */
  append(
    claim: ShardClaim,
    log: { readonly namespace: string; readonly retentionMs: number },
    changes: readonly LoggedChange[],
  ): Promise<boolean>;
  /** Passes a message on to another node, which gets it soon or never: nothing may depend on it. */
  relay(node: string, message: Buffer): Promise<void>;
  /** Where the log of a shard ends. */
  logEnd(shard: number, namespace: string): Promise<string>;
  /** What follows a position; LOG_PART_MAX at most. Any text that is no position is a gap. */
  readLog(shard: number, namespace: string, position: string): Promise<LogPart>;
}
