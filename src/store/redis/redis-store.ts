import type { Redis } from 'ioredis';
import type { Clock } from '../../clock.js';
import { isForgotten, type UserRecord } from '../../detector/user.js';
import type { Log } from '../../log.js';
import { decodeUser } from '../record/codec.js';
import {
  type Reading,
  type ReceivedHeartbeat,
  type Recorded,
  type Store,
  type StoreListener,
  type StoreNamespace,
  StoreUnavailableError,
} from '../store.js';
import { asStoreError, connectRedis } from './connection.js';
import { decodeCounts, encodeCounts } from './counts-codec.js';
import { ShardFeed } from './feed.js';
import { fleetKey, shardOf, streamKey, userKey } from './keys.js';
import { RecordCache } from './record-cache.js';
import { changeByLeave, expiryMs, isReplaced, Recording } from './recording.js';
import { Script } from './scripts.js';
import { Turns } from './turns.js';
import type { Writes } from './writes.js';

const recordScript = new Script('record');
const readScript = new Script('read');
const learnScript = new Script('learn');

/** Of one server; the shards share them. With two, node and Redis work at once; more would make smaller batches. */
const LANES = 2;

/** So often a user is read again whom other nodes changed meanwhile; each time one of them got its way. */
const TRIES_MAX = 100;

/** What was learned of a fleet is forgotten when no node asked for it for so long, ms. */
const FLEET_EXPIRY_MS = 30 * 86_400_000;

/**
 * Facts in Redis (>= 6.2, or Valkey): one key a user, one stream a shard, no clock but the server's. Any number of
 * nodes may share it; none keeps anything that another could miss.
 */
export class RedisStore implements Store {
  readonly name = 'redis';
  readonly lanes = LANES;
  readonly counts = { recordsRead: 0, conflicts: 0 };
  readonly #url: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #redis: Redis;
  readonly #feeds = new Set<ShardFeed>();
  readonly #turns = new Turns(LANES);
  /** One for each lane: what one lane has found there the other one must not sweep away. */
  readonly #caches: readonly RecordCache[];

  /** Starts to connect and returns at once; `isReady` tells when it has. */
  constructor(options: {
    readonly url: string;
    readonly clock: Clock;
    readonly log: Log;
    /** Users whose records this node keeps, to spare reading them; 0 for none. */
    readonly cachedUsersMax: number;
  }) {
    this.#url = options.url;
    this.#clock = options.clock;
    this.#log = options.log;
    const { cachedUsersMax, clock } = options;
    this.#caches = Array.from(
      { length: LANES },
      () => new RecordCache(Math.ceil(cachedUsersMax / LANES), clock),
    );
    this.#redis = connectRedis(options.url, { log: options.log });
  }

  laneOf(userId: string): number {
    return shardOf(userId) % LANES;
  }

  get cachedUsers(): number {
    return this.#caches.reduce((sum, cache) => sum + cache.size, 0);
  }

  isReady(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Reads the users, lets the detector change their records, replaces them; whoever was changed meanwhile, again. */
  record(
    namespace: StoreNamespace,
    lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    return this.#turns.take(lane, async () => {
      const recording = new Recording(namespace, heartbeats, this.#caches[lane] as RecordCache);
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const { nowUs, nowMs, records } = await this.#read(lane, recording.unknownKeys());
        this.counts.recordsRead += records.length;
        const writes = recording.change(records, nowUs, nowMs);
        if (writes.count > 0) recording.settle(writes, await this.#write(namespace, writes));
        if (recording.isDone) return { nowUs, arrivals: recording.arrivals };
        this.counts.conflicts += 1;
      }
      throw contention(heartbeats.map(({ userId }) => userId));
    });
  }

  leave(namespace: StoreNamespace, userId: string, sessionId: string): Promise<void> {
    const lane = this.laneOf(userId);
    return this.#turns.take(lane, async () => {
      const key = userKey(shardOf(userId), namespace.name, userId);
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const { nowUs, records } = await this.#read(lane, [key]);
        const writes = changeByLeave(namespace, { userId, sessionId }, records[0] ?? undefined, nowUs);
        if (!writes) return;
        if (isReplaced(await this.#write(namespace, writes))) {
          this.#caches[lane]?.keep(key, writes.recordOf(0));
          return;
        }
        this.counts.conflicts += 1;
      }
      throw contention([userId]);
    });
  }

  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    if (userIds.length === 0) return [];
    // One server, one clock: users of all shards are read at once.
    const keys = userIds.map((userId) => userKey(shardOf(userId), namespace.name, userId));
    const { nowUs, records } = await this.#read(0, keys);
    return keys.map((key, i) => {
      const record = this.#decode(key, records[i]);
      const isKnown = record && !isForgotten(record, namespace.retentionMs, nowUs);
      return { nowUs, record: isKnown ? record : undefined };
    });
  }

  async learn({ name, halfLifeMs }: StoreNamespace, counts: Float64Array): Promise<Float64Array> {
    const args = [encodeCounts(counts), String(halfLifeMs), String(FLEET_EXPIRY_MS)];
    return decodeCounts((await this.#run(learnScript, [fleetKey(name)], () => args)) as Buffer);
  }

  follow(listener: StoreListener): () => void {
    const feed = new ShardFeed({ url: this.#url, clock: this.#clock, listener });
    this.#feeds.add(feed);
    return () => {
      this.#feeds.delete(feed);
      feed.close();
    };
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) feed.close();
    this.#feeds.clear();
    this.#redis.disconnect();
  }

  /** A record that cannot be read is reported and taken for none: one user must not cost the others their answer. */
  #decode(key: string, bytes: Buffer | null | undefined): UserRecord | undefined {
    if (!bytes) return undefined;
    try {
      return decodeUser(bytes);
    } catch (error) {
      this.#log.error(
        { key, error: (error as Error).message },
        'a user is UNKNOWN: the record cannot be read',
      );
      return undefined;
    }
  }

  /**
   * Records as they are, with the store's clock and the node's at that moment. `shard`: whose server to ask the time, also
   * where there is nothing to read.
   */
  async #read(shard: number, keys: readonly string[]) {
    let nowMs = 0;
    const [now, records] = (await this.#run(readScript, [streamKey(shard), ...keys], () => {
      nowMs = this.#clock.nowMs();
      return [];
    })) as [Buffer, (Buffer | null)[]];
    return { nowUs: now.readDoubleLE(0), nowMs, records };
  }

  async #write(namespace: StoreNamespace, writes: Writes): Promise<Buffer> {
    const args = writes.args(expiryMs(namespace));
    return (await this.#run(recordScript, writes.keys, () => args)) as Buffer;
  }

  async #run(
    script: Script,
    keys: readonly string[],
    args: () => readonly (string | Buffer)[],
  ): Promise<unknown> {
    if (!this.isReady()) throw asStoreError(new Error('not connected'), this.#url);
    try {
      return await script.run(this.#redis, keys, args);
    } catch (error) {
      throw asStoreError(error, this.#url);
    }
  }
}

function contention([userId, ...others]: readonly string[]): StoreUnavailableError {
  const who = others.length === 0 ? userId : `${userId} or one of ${others.length} others`;
  return new StoreUnavailableError(
    `other nodes changed the record of ${who} ${TRIES_MAX} times while it was being changed here: too many heartbeats of one user`,
  );
}
