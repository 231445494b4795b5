import type { Redis } from 'ioredis';
import type { Clock } from '../../clock.js';
import type { UserRecord } from '../../detector/user.js';
import type { Log } from '../../log.js';
import type { Reading, ReceivedHeartbeat, Recorded, Store, StoreListener, StoreNamespace } from '../store.js';
import {
  decodeRecorded,
  decodeUserRecord,
  encodeAdaptive,
  encodeHeartbeats,
  encodeParameters,
  STREAM_LENGTH,
} from './codec.js';
import { asStoreError, connectRedis } from './connection.js';
import { decodeCounts, encodeCounts } from './counts-codec.js';
import { ShardFeed } from './feed.js';
import { fleetKey, SHARDS, shardOf, streamKey, userKey } from './keys.js';
import { Script } from './scripts.js';

const recordScript = new Script('record');
const leaveScript = new Script('leave');
const readScript = new Script('read');
const learnScript = new Script('learn');

/** What was learned of a fleet is forgotten when no node asked for it for so long, ms. */
const FLEET_EXPIRY_MS = 30 * 86_400_000;

/**
 * Facts in Redis (>= 6.2, or Valkey): one key a user, one stream a shard, no clock but the server's. Any number of
 * nodes may share it; none keeps anything that another could miss.
 */
export class RedisStore implements Store {
  readonly name = 'redis';
  readonly lanes = SHARDS;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #redis: Redis;
  readonly #feeds = new Set<ShardFeed>();
  readonly #parameters = new WeakMap<StoreNamespace['detector'], readonly [Buffer, Buffer]>();

  /** Starts to connect and returns at once; `isReady` tells when it has. */
  constructor(options: { readonly url: string; readonly clock: Clock; readonly log: Log }) {
    this.#url = options.url;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#redis = connectRedis(options.url, { log: options.log });
  }

  laneOf(userId: string): number {
    return shardOf(userId);
  }

  isReady(): boolean {
    return this.#redis.status === 'ready';
  }

  async record(
    namespace: StoreNamespace,
    shard: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    const keys = [streamKey(shard)];
    for (const { userId } of heartbeats) keys.push(userKey(shard, namespace.name, userId));
    const [parameters, adaptive] = this.#parametersOf(namespace);
    const reply = await this.#run(recordScript, keys, () => [
      parameters,
      encodeHeartbeats(heartbeats, this.#clock.nowMs()),
      adaptive,
    ]);
    return decodeRecorded(reply as Buffer);
  }

  async leave(namespace: StoreNamespace, userId: string, sessionId: string): Promise<void> {
    const shard = shardOf(userId);
    const keys = [streamKey(shard), userKey(shard, namespace.name, userId)];
    const args = [sessionId, String(namespace.retentionMs), String(STREAM_LENGTH)];
    await this.#run(leaveScript, keys, () => args);
  }

  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    const indexesByShard = new Map<number, number[]>();
    userIds.forEach((userId, index) => {
      const shard = shardOf(userId);
      const indexes = indexesByShard.get(shard);
      if (indexes) indexes.push(index);
      else indexesByShard.set(shard, [index]);
    });
    const readings = new Array<Reading>(userIds.length);
    // Sent in one turn of the event loop, and so in one write to the socket.
    await Promise.all(
      Array.from(indexesByShard, async ([shard, indexes]) => {
        const keys = indexes.map((index) => userKey(shard, namespace.name, userIds[index] as string));
        const [now, records] = (await this.#run(readScript, keys, () => [])) as [Buffer, (Buffer | null)[]];
        const nowUs = now.readDoubleLE(0);
        indexes.forEach((index, i) => {
          readings[index] = { nowUs, record: this.#decode(keys[i] as string, records[i]) };
        });
      }),
    );
    return readings;
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
      return decodeUserRecord(bytes);
    } catch (error) {
      this.#log.error(
        { key, error: (error as Error).message },
        'a user is UNKNOWN: the record cannot be read',
      );
      return undefined;
    }
  }

  #parametersOf(namespace: StoreNamespace): readonly [Buffer, Buffer] {
    let parameters = this.#parameters.get(namespace.detector);
    if (!parameters) {
      parameters = [encodeParameters(namespace), encodeAdaptive(namespace.detector)];
      this.#parameters.set(namespace.detector, parameters);
    }
    return parameters;
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
