import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { StoreUnavailableError } from '../store.js';
import { Calls } from './calls.js';
import {
  asStoreError,
  connectBlocking,
  connectRedis,
  disconnect,
  type RedisPlace,
  serverOf,
} from './connection.js';
import { SHARDS, shardOfKey, streamKey, userKeyPattern } from './keys.js';
import { Partition } from './partition.js';
import type { Call, Script } from './scripts.js';
import { type Stored, type Unreadable, WRONG_TYPE } from './unreadable.js';
import { parseRedisUrl, type RedisCertificates, redactUrl } from './url.js';

/**
 * Lanes of one server; the shards share them. With two, node and Redis work at once; with one the rate is four fifths of that,
 * and with four, whose batches are smaller, the same (bench `ingest`). In a cluster a call is of one shard, and so is a lane.
 */
const SERVER_LANES = 2;

/** A partition that did not answer is asked again so soon, ms. */
const GREET_INTERVAL_MS = 100;

/** Answers of a server that is there, and has what it had: nothing needs to be found out about it. */
const ANSWERED = /\b(OOM|MISCONF|NOREPLICAS|BUSY|READONLY|TRYAGAIN)\b/;

/**
 * The servers of a deployment: one, with all shards; or a cluster, of which each shard is taken for a server of its own, because
 * it may go to another one at any time. Routes scripts by the shard of their keys.
 */
export class Servers {
  readonly partitions: readonly Partition[];
  readonly lanes: number;
  readonly calls: ReadonlyMap<string, Calls>;
  readonly #address: RedisPlace;
  /** The URL without its passwords. */
  readonly #shown: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #unreadable: Unreadable;
  readonly #redis: Redis | Cluster;
  /** Every partition was asked since the connection is there. */
  #isGreeted = false;
  /** Those that are asked again and again, until they answer. */
  readonly #greeting = new Set<Partition>();
  /** Those that did not answer: the log was told that there are some. */
  readonly #away = new Set<Partition>();
  /** What fails from then on says nothing of the servers. */
  #isClosed = false;

  /** Starts to connect and returns at once. Knows no other scripts than these. */
  constructor(options: {
    readonly url: string;
    readonly certificates?: RedisCertificates;
    readonly clock: Clock;
    readonly log: Log;
    readonly scripts: readonly Script[];
    readonly unreadable: Unreadable;
  }) {
    this.#address = { ...parseRedisUrl(options.url), certificates: options.certificates ?? {} };
    this.#shown = redactUrl(options.url);
    this.#clock = options.clock;
    this.#log = options.log;
    this.#unreadable = options.unreadable;
    this.calls = new Map(options.scripts.map(({ name }) => [name, new Calls()]));
    const isCluster = this.#address.mode === 'cluster';
    this.lanes = isCluster ? SHARDS : SERVER_LANES;
    this.partitions = partitionsOf(isCluster ? SHARDS : 1, {
      clock: options.clock,
      // Not `run`: it is what makes them ready.
      call: (script, keys, args) => this.#call(script, keys, args),
    });
    this.#redis = connectRedis(this.#address, this.#shown, options.log);
    this.#redis.on('ready', () => void this.#greetAll());
    this.#redis.on('close', () => {
      this.#isGreeted = false;
      for (const partition of this.partitions) partition.isReady = false;
    });
  }

  /** Whether requests can be expected to succeed: of some partitions at least, and the store's clock was heard. */
  isReady(): boolean {
    return this.#isConnected && this.#isGreeted && this.partitions.some((each) => this.#isUsable(each));
  }

  partitionOf(shard: number): Partition {
    return this.partitions[shard % this.partitions.length] as Partition;
  }

  /** See Call. Keys of a partition that is away are refused at once. */
  readonly run: Call = async (script, keys, args) => {
    this.check(this.partitionOf(shardOfKey(keys[0] as string)));
    return this.#call(script, keys, args);
  };

  scanHash(key: string, cursor: string, count: number): Promise<[cursor: string, elements: string[]]> {
    const partition = this.partitionOf(shardOfKey(key));
    return this.#ask(partition, 'log', () => this.#redis.hscan(key, cursor, 'COUNT', count));
  }

  /**
   * Keys of users of a partition. In a cluster SCAN is of a server: where the shard moves meanwhile some may be missed, of which its
   * feed says that everything is to be looked at again.
   */
  scanUsers(index: number, cursor: string, count: number): Promise<[cursor: string, keys: string[]]> {
    const partition = this.partitionOf(index);
    const [shard] = partition.shards as [number];
    return this.#ask(partition, 'record', () =>
      serverOf(this.#redis, streamKey(shard)).scan(
        ...([cursor, 'MATCH', userKeyPattern(partition.shards), 'COUNT', count] as const),
      ),
    );
  }

  /** Throws StoreUnavailableError where a partition is away. */
  check(partition: Partition): void {
    if (!this.#isConnected) throw asStoreError(new Error('not connected'), this.#shown);
    if (!this.#isUsable(partition)) throw asStoreError(new Error(this.#whatIsAway(partition)), this.#shown);
  }

  /** A connection of its own for commands that wait for streams of a partition, for `blockMs` at most. */
  connectBlocking(partition: Partition, blockMs: number): Redis {
    const key = streamKey(partition.shards[0] as number);
    return connectBlocking(this.#address, { beside: this.#redis, key, blockMs });
  }

  disconnect(): void {
    this.#isClosed = true;
    disconnect(this.#redis);
  }

  #whatIsAway({ shards }: Partition): string {
    return this.partitions.length === 1 ? 'it does not answer' : `shard ${shards} does not answer`;
  }

  get #isConnected(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Without the store's clock nothing that nodes share can be told from the records' times. */
  #isUsable(partition: Partition): boolean {
    return partition.isReady && this.partitions[0]?.clock.aheadUs !== undefined;
  }

  async #ask<T>(partition: Partition, stored: Stored, command: () => Promise<T>): Promise<T> {
    this.check(partition);
    return this.#watch(partition, stored, command);
  }

  #call(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    const calls = this.calls.get(script.name) as Calls;
    return this.#watch(this.partitionOf(shardOfKey(keys[0] as string)), script.stored, () =>
      calls.watch(() => script.run(this.#redis, keys, args)),
    );
  }

  /** Rejects as Store does, and finds out who has a partition that did not answer. */
  async #watch<T>(partition: Partition, stored: Stored, command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      if (isWrongType(error)) throw this.#unreadable.error(stored, WRONG_TYPE);
      const cause = asStoreError(error, this.#shown);
      if (cause instanceof StoreUnavailableError && !ANSWERED.test(cause.message))
        this.#lose(partition, cause);
      throw cause;
    }
  }

  /** Another server may have its place when it answers again. One that has lost its connection is greeted when that is back. */
  #lose(partition: Partition, cause: Error): void {
    partition.isReady = false;
    if (!this.#isConnected || this.#isClosed) return;
    if (this.#away.size === 0) {
      const what = this.#whatIsAway(partition);
      this.#log.error({ cause: cause.message }, `Redis at ${this.#shown}: ${what}; retrying`);
    }
    this.#away.add(partition);
    void this.#greet(partition);
  }

  async #greetAll(): Promise<void> {
    await Promise.all(this.partitions.map((partition) => this.#greet(partition)));
    this.#isGreeted = true;
  }

  /** Asks it, and while it does not answer again and again. */
  async #greet(partition: Partition): Promise<void> {
    if (this.#greeting.has(partition)) return;
    this.#greeting.add(partition);
    try {
      await partition.greet();
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        this.#clock.after(GREET_INTERVAL_MS, () => {
          this.#greeting.delete(partition);
          if (this.#isConnected) void this.#greet(partition);
        });
        return;
      }
      this.#log.warn(
        { error: (error as Error).message },
        'it is not known whether the store has kept its data',
      );
    }
    this.#greeting.delete(partition);
    partition.isReady = this.#isConnected;
    if (this.#away.delete(partition) && this.#away.size === 0)
      this.#log.info({}, `Redis at ${this.#shown} answers again`);
  }
}

/** Anywhere in the message: Redis < 7 wraps errors of scripts. */
function isWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.includes('WRONGTYPE');
}

/** Shards dealt to so many partitions. */
function partitionsOf(count: number, use: { readonly clock: Clock; readonly call: Call }): Partition[] {
  const partitions: Partition[] = [];
  for (let i = 0; i < count; i++) {
    const shards = Array.from({ length: SHARDS / count }, (_, j) => i + j * count);
    partitions.push(new Partition({ ...use, shards, first: partitions[0] }));
  }
  return partitions;
}
