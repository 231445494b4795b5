import type { Arrival } from '../detector/arrival.js';
import type { Detector } from '../detector/detector.js';
import type { Due } from '../detector/due.js';
import type { Heartbeat } from '../detector/session.js';
import type { BlindInterval } from '../detector/sight.js';
import type { UserRecord } from '../detector/user.js';
import type { Distribution } from '../distribution.js';

/** A class of clients, as far as the store is concerned. */
export interface StoreNamespace {
  readonly name: string;
  readonly detector: Detector;
  /** How long a user is known after the last heartbeat or leave, ms. */
  readonly retentionMs: number;
  /** Time after which what was learned counts half, ms. */
  readonly halfLifeMs: number;
}

/** What counts are kept under, and how they decay. */
export type Tallied = Pick<StoreNamespace, 'name' | 'halfLifeMs'>;

/** A heartbeat and when this node received it, on the node's monotonic clock (Clock.nowMs). */
export interface ReceivedHeartbeat extends Heartbeat {
  readonly receivedMs: number;
}

/** The graceful end of one session, or of all of the user's when `sessionId` is empty, and when this node received it. */
export interface ReceivedLeave {
  readonly userId: string;
  readonly sessionId: string;
  readonly receivedMs: number;
}

/** When a user was due before a leave, and is after it. */
export interface Departure {
  readonly was: Due;
  readonly is: Due;
  /** The record was not as this node had left it. */
  readonly isForeign: boolean;
}

/**
 * OFFLINE is withheld from users of an origin who cross its threshold from `fromUs` on: until `untilUs`, and then for up to
 * `releaseUs` more, each for a part of it. Times are µs of the store's clock.
 */
export interface Hold {
  readonly namespace: string;
  readonly origin: string;
  /** Many fell silent at once; or the origin said that it would. SUSPECT is withheld too where it said so. */
  readonly cause: 'silence' | 'drain';
  readonly fromUs: number;
  readonly untilUs: number;
  readonly releaseUs: number;
}

/** What a node says of itself to the others, again and again. */
export interface NodeSign {
  readonly id: string;
  /** Up to when everything that it has received is recorded, on the store's clock, µs. */
  readonly completeUs: number;
  /** Of whom it hears: `<namespace>:<origin>`. */
  readonly carries: readonly string[];
}

/** What a node hears when it gives a sign. */
export interface SignsHeard {
  readonly others: NodeSign[];
  /** When any node, this one included, gave the sign before this one, µs; undefined: none did yet. */
  readonly previousUs: number | undefined;
}

/** The store's clock, µs, and the node's, ms, at the same moment. */
export interface Clocks {
  readonly nowUs: number;
  readonly nowMs: number;
}

/** A moment of the node's clock, ms, on the store's, µs. */
export function storeUs(atMs: number, { nowUs, nowMs }: Clocks): number {
  return nowUs - Math.floor((nowMs - atMs) * 1000 + 0.5);
}

/** A moment of the store's clock, µs, on the node's, ms. */
export function nodeMs(atUs: number, { nowUs, nowMs }: Clocks): number {
  return nowMs + (atUs - nowUs) / 1000;
}

export interface Recorded {
  /** The store's clock when the batch was recorded, µs. */
  readonly nowUs: number;
  /** One for each heartbeat, in order. */
  readonly arrivals: readonly Arrival[];
}

/** A user's record, or undefined where there is none, and the store's clock when it was read. */
export interface Reading {
  readonly nowUs: number;
  readonly record: UserRecord | undefined;
}

/** What a follower of the store hears. Level-triggered: every call says "read again", none carries state that matters. */
export interface StoreListener {
  /**
   * A crossing of this user may have moved earlier, or have been undone. `onlyLate`: the user was heard, LATE, and all that is
   * undone by it is a suspicion.
   */
  changed(namespace: string, userId: string, onlyLate: boolean): void;
  /** The members of this group have changed (GroupStore). */
  groupChanged?(namespace: string, groupId: string): void;
  /** What nodes share of their doubts has changed: blind intervals, holds; or what was set of namespaces (TuningStore). */
  doubted(): void;
  /** The log of a namespace and shard has grown (ShardStore). */
  logged?(namespace: string, shard: number): void;
  /** Another node relayed this (ShardStore). */
  relayed?(message: Buffer): void;
  /** The feed broke: from now on changes may be missed, until `resync`. */
  lost(error: Error): void;
  /** Changes may have been missed: whatever matters must be read again. */
  resync(): void;
}

/** How long calls of a server took, ms, and how many failed. */
export interface StoreCalls {
  readonly durationsMs: Distribution;
  readonly failures: number;
}

/**
 * Where the facts are. A store keeps what arrived and when; it holds no opinion about it. Both implementations pass
 * test/store/contract.ts. Every method rejects with StoreUnavailableError when the store cannot be reached; a
 * rejected `record` may have been recorded all the same (repeating it is harmless, see ArrivalFlag.DUPLICATE).
 */
export interface Store {
  readonly name: 'embedded' | 'redis';
  /**
   * Lanes on which batches may be recorded side by side; a user is always on the same one. On one lane the store lets them
   * follow one another, whoever calls.
   */
  readonly lanes: number;
  /**
   * Parts of the data that may be away each by itself, as those that servers of a cluster have; a user is always in the same one,
   * and users of one lane are. What nodes share is in the first.
   */
  readonly partitions: number;
  /** Times of records may be off by so much against what nodes share, µs: they are of other servers' clocks. 0 of one server. */
  readonly clockErrorUs: number;
  /** Plain counts for /metrics: records read so that they could be changed; changes begun again because another node was quicker. */
  readonly counts: { readonly recordsRead: number; readonly conflicts: number };
  /** For /metrics: calls of its server, by their kind; undefined where there is no server. */
  readonly serverCalls?: ReadonlyMap<string, StoreCalls>;
  /** When it was noticed last that the store had lost data, of a partition at least, on its clock, µs; -Infinity: it has not. */
  readonly lostDataUs: number;
  /** Users whose records this process holds. */
  readonly cachedUsers: number;
  laneOf(userId: string): number;
  partitionOf(userId: string): number;
  /** Records heartbeats of users of one lane, in order; resolves when they are recorded. */
  record(
    namespace: StoreNamespace,
    lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded>;
  /** Ends sessions gracefully; those that were heard later, or are not known, are left alone. Undefined: all were. */
  leave(namespace: StoreNamespace, leave: ReceivedLeave): Promise<Departure | undefined>;
  /** Reads users in the order asked for; rejects when one of their partitions is away. The records are the caller's. */
  read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]>;
  /**
   * Adds what this node counted since its last call to what all nodes did, and returns the sum, which is the caller's.
   * Older counts have decayed by the half-life; those of another length, of another version of phid, are
   * dropped. A call that is repeated counts twice.
   */
  learn(tallied: Tallied, counts: Float64Array): Promise<Float64Array>;
  /** Both clocks at this moment, as far as the store's is known; undefined when it was never heard of. */
  clocks(): Clocks | undefined;
  /**
   * Adds times in which this node was blind to those of all nodes, and returns these: the BLIND_INTERVALS_MAX that ended
   * last. Idempotent.
   */
  blind(added: readonly BlindInterval[]): Promise<BlindInterval[]>;
  /**
   * Puts holds in the place of those of the same namespace, origin and cause, and returns all that have not ended, or not
   * long ago, so that every node hears of the end; at most HOLDS_MAX, those that end last.
   */
  holds(changed: readonly Hold[]): Promise<Hold[]>;
  /**
   * Gives a sign of life, and returns those of all other nodes; the ones that are older than SIGN_KEPT_US are forgotten. A store
   * that is closed says that the node has left.
   */
  signs(own: NodeSign): Promise<SignsHeard>;
  /** Starts telling `listener` what changes, from now on, and what is relayed to `node`; returns how to stop. */
  follow(listener: StoreListener, node?: string): () => void;
  /** Whether requests can be expected to succeed at this moment. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** Blind intervals that are remembered, of all nodes together. Who has been silent since before them is long gone. */
export const BLIND_INTERVALS_MAX = 128;

/** Holds in force at a time, of all namespaces. */
export const HOLDS_MAX = 4_096;
/** A hold is kept for so long after its end, µs: nodes ask once a second. */
export const HOLD_KEPT_US = 60_000_000;

/** A node that has given no sign for so long is forgotten, µs. */
export const SIGN_KEPT_US = 600_000_000;

/** The store cannot be reached, or did not answer in time. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The record of a user has a format that this phid does not know, or is damaged. It is left alone. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';

  constructor(problem = 'a newer phid may have written it') {
    super(`the record of this user cannot be read: ${problem}`);
  }
}
