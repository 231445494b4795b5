import type { Redis } from 'ioredis';
import type { Clock } from '../../clock.js';
import type { BlindInterval } from '../../detector/sight.js';
import { isForgotten, type UserRecord } from '../../detector/user.js';
import type { Log } from '../../log.js';
import { decodeUser } from '../record/codec.js';
import {
  type Clocks,
  type Departure,
  type Hold,
  type NodeSign,
  type Reading,
  type ReceivedHeartbeat,
  type ReceivedLeave,
  type Recorded,
  type SignsHeard,
  type Store,
  type StoreListener,
  type StoreNamespace,
  StoreUnavailableError,
  type Tallied,
} from '../store.js';
import type { TuningDocument, TuningStore, TuningsHeard } from '../tuning-store.js';
import { Calls } from './calls.js';
import { asStoreError, connectRedis } from './connection.js';
import { decodeCounts, encodeCounts } from './counts-codec.js';
import { DOUBT_SCRIPTS, DoubtDocuments } from './doubt-documents.js';
import { ShardFeed } from './feed.js';
import { fleetKey, shardOf, streamKey, userKey } from './keys.js';
import { RecordCache } from './record-cache.js';
import { changeByLeave, expiryMs, isReplaced, isSame, Recording } from './recording.js';
import { GROUP_SCRIPTS, RedisGroups } from './redis-groups.js';
import { Script } from './scripts.js';
import { SHARD_SCRIPTS, ShardDocuments } from './shard-documents.js';
import { StoreClock } from './store-clock.js';
import { TuningDocuments, tuningsScript } from './tuning-documents.js';
import { Turns } from './turns.js';
import { Writes } from './writes.js';

const recordScript = new Script('record');
const readScript = new Script('read');
const learnScript = new Script('learn');
const SCRIPTS = [
  ...[recordScript, readScript, learnScript, tuningsScript],
  ...DOUBT_SCRIPTS,
  ...SHARD_SCRIPTS,
  ...GROUP_SCRIPTS,
];

/**
 * Of one server; the shards share them. With two, node and Redis work at once; with one the rate is four fifths of that,
 * and with four, whose batches are smaller, the same (bench `ingest`).
 */
const LANES = 2;

/** So often a user is read again whom other nodes changed meanwhile; each time one of them got its way. */
const TRIES_MAX = 100;

/** A time, as the scripts answer it: f64, µs. */
const NOW_BYTES = 8;

/** What was learned of a fleet is forgotten when no node asked for it for so long, ms. */
const FLEET_EXPIRY_MS = 30 * 86_400_000;

/** What the batches of a lane have in common. */
interface Lane {
  readonly cache: RecordCache;
  readonly writes: Writes;
}

/**
 * Facts in Redis (>= 6.2, or Valkey): one key a user, one stream a shard, no clock but the server's. Any number of
 * nodes may share it; none keeps anything that another could miss.
 */
export class RedisStore implements Store, TuningStore {
  readonly name = 'redis';
  readonly lanes = LANES;
  readonly counts = { recordsRead: 0, conflicts: 0 };
  readonly serverCalls: ReadonlyMap<string, Calls> = new Map(SCRIPTS.map(({ name }) => [name, new Calls()]));
  readonly #url: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #redis: Redis;
  readonly #feeds = new Set<ShardFeed>();
  readonly #storeClock = new StoreClock();
  /** What a lane's cache has shown must not change until the batch is done, nor its writes until they are answered. */
  readonly #turns = new Turns(LANES);
  readonly #lanes: readonly Lane[];
  /** The data of the server that is connected is known to be what it was, or not. */
  #isGreeted = false;
  readonly #documents: DoubtDocuments;
  readonly #tunings: TuningDocuments;
  readonly shardStore: ShardDocuments;
  readonly groupStore = new RedisGroups((script, keys, args) => this.#run(script, keys, args));

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
    this.#lanes = Array.from({ length: LANES }, () => ({
      cache: new RecordCache(Math.ceil(cachedUsersMax / LANES), clock),
      writes: new Writes(),
    }));
    this.#documents = new DoubtDocuments({
      call: (script, keys, args) => this.#call(script, keys, args),
      hear: (now) => this.#hear(now),
    });
    this.#tunings = new TuningDocuments({
      call: (script, keys, args) => this.#call(script, keys, args),
      unreadable: (namespace, { message }) =>
        this.#log.error(
          { namespace, error: message },
          'what was set at run time cannot be read: the configuration holds',
        ),
    });
    this.shardStore = new ShardDocuments({
      call: (script, keys, args) => this.#run(script, keys, args),
      scanHash: (key, cursor, count) => this.#scan(() => this.#redis.hscan(key, cursor, 'COUNT', count)),
      scanKeys: (pattern, cursor, count) =>
        this.#scan(() => this.#redis.scan(cursor, 'MATCH', pattern, 'COUNT', count)),
    });
    this.#redis = connectRedis(options.url, { log: options.log });
    this.#redis.on('ready', () => void this.#greet());
    this.#redis.on('close', () => {
      this.#isGreeted = false;
    });
  }

  laneOf(userId: string): number {
    return shardOf(userId) % LANES;
  }

  get cachedUsers(): number {
    return this.#lanes.reduce((sum, { cache }) => sum + cache.size, 0);
  }

  isReady(): boolean {
    return this.#redis.status === 'ready' && this.#isGreeted;
  }

  get lostDataUs(): number {
    return this.#documents.lostDataUs;
  }

  /** Reads whoever is not known here, lets the detector change the records, and replaces them; until all are. */
  record(
    namespace: StoreNamespace,
    lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    return this.#turns.take(lane, async () => {
      const { cache, writes } = this.#lane(lane);
      const recording = new Recording(namespace, heartbeats, cache);
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const unknown = recording.unknownKeys();
        const records = unknown.length > 0 ? (await this.#read(lane, unknown)).records : [];
        this.counts.recordsRead += records.length;
        const clocks = await this.#clocks(lane);
        writes.clear();
        recording.change(records, clocks, writes);
        if (writes.count > 0) recording.settle(writes, await this.#write(namespace, writes, clocks));
        if (recording.isDone) return { nowUs: clocks.nowUs, arrivals: recording.arrivals };
        this.counts.conflicts += 1;
      }
      throw contention(heartbeats.map(({ userId }) => userId));
    });
  }

  leave(namespace: StoreNamespace, leave: ReceivedLeave): Promise<Departure | undefined> {
    const { userId } = leave;
    const lane = this.laneOf(userId);
    return this.#turns.take(lane, async () => {
      const { cache, writes } = this.#lane(lane);
      const key = userKey(shardOf(userId), namespace.name, userId);
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const { nowUs, records } = await this.#read(lane, [key]);
        const [before] = records;
        writes.clear();
        const clocks = { nowUs, nowMs: this.#clock.nowMs() };
        const departure = before ? changeByLeave(namespace, leave, before, clocks, writes) : undefined;
        if (!departure) return undefined;
        if (isReplaced(await this.#write(namespace, writes, { nowUs }))) {
          const slot = cache.find(key);
          const isForeign = !isSame(cache.recordAt(slot), before as Buffer);
          cache.keep(slot, key, writes.recordOf(0));
          return { ...departure, isForeign };
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

  async learn({ name, halfLifeMs }: Tallied, counts: Float64Array): Promise<Float64Array> {
    const args = [encodeCounts(counts), String(halfLifeMs), String(FLEET_EXPIRY_MS)];
    return decodeCounts((await this.#run(learnScript, [fleetKey(name)], args)) as Buffer);
  }

  clocks(): Clocks | undefined {
    return this.#storeClock.about(this.#clock.nowMs());
  }

  async blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    this.#checkReady();
    return this.#documents.blind(added);
  }

  async holds(changed: readonly Hold[]): Promise<Hold[]> {
    this.#checkReady();
    return this.#documents.holds(changed);
  }

  async signs(own: NodeSign): Promise<SignsHeard> {
    this.#checkReady();
    return this.#documents.signs(own);
  }

  async tunings(known: string, changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard> {
    this.#checkReady();
    return this.#tunings.tunings(known, changed);
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
    if (this.isReady()) await this.#documents.signOff().catch(() => {});
    this.#redis.disconnect();
  }

  /** It may be another server, with a clock of its own, or have lost its data: nothing is asked before that is known. */
  async #greet(): Promise<void> {
    this.#storeClock.reset();
    await this.#documents.blind([]).catch((error: Error) => {
      // One that went away meanwhile is greeted again.
      if (error instanceof StoreUnavailableError) return;
      this.#log.warn({ error: error.message }, 'it is not known whether the store has kept its data');
    });
    this.#isGreeted = true;
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

  #lane(lane: number): Lane {
    return this.#lanes[lane] as Lane;
  }

  /** Both clocks at this moment; asks `shard`'s server where it has not been heard of lately. */
  async #clocks(shard: number): Promise<Clocks> {
    const reckoned = this.#storeClock.at(this.#clock.nowMs());
    if (reckoned) return reckoned;
    const { nowUs } = await this.#read(shard, []);
    return { nowUs, nowMs: this.#clock.nowMs() };
  }

  /** Records as they are, and the clock of `shard`'s server when it read them. */
  async #read(shard: number, keys: readonly string[]) {
    const answer = await this.#run(readScript, [streamKey(shard), ...keys], []);
    const [now, records] = answer as [Buffer, (Buffer | null)[]];
    return { nowUs: this.#hear(now), records };
  }

  /** Which of the records were replaced; nothing when the store's clock is not what it was taken for. */
  async #write(namespace: StoreNamespace, writes: Writes, { nowUs }: { nowUs: number }): Promise<Buffer> {
    const args = writes.args({ nowUs, expiryMs: expiryMs(namespace) });
    const answer = (await this.#run(recordScript, writes.keys, args)) as Buffer;
    const outcomes = answer.subarray(NOW_BYTES);
    if (outcomes.length === 0) this.#storeClock.reset();
    this.#hear(answer);
    return outcomes;
  }

  /** Takes note of the server's clock, with which an answer begins. */
  #hear(answer: Buffer): number {
    const nowUs = answer.readDoubleLE(0);
    this.#storeClock.hear({ nowUs, nowMs: this.#clock.nowMs() });
    return nowUs;
  }

  async #run(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    this.#checkReady();
    return this.#call(script, keys, args);
  }

  #checkReady(): void {
    if (!this.isReady()) throw asStoreError(new Error('not connected'), this.#url);
  }

  async #scan<T>(scan: () => Promise<T>): Promise<T> {
    this.#checkReady();
    try {
      return await scan();
    } catch (error) {
      throw asStoreError(error, this.#url);
    }
  }

  async #call(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    try {
      const calls = this.serverCalls.get(script.name) as Calls;
      return await calls.watch(() => script.run(this.#redis, keys, args));
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
