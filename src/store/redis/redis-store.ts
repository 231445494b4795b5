import type { Clock } from '../../clock.js';
import type { BlindInterval } from '../../detector/sight.js';
import { isForgotten, type UserRecord } from '../../detector/user.js';
import type { Log } from '../../log.js';
import { byPartition } from '../by-partition.js';
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
import type { Calls } from './calls.js';
import { decodeCounts, encodeCounts } from './counts-codec.js';
import { DOUBT_SCRIPTS, DoubtDocuments } from './doubt-documents.js';
import { Feeds } from './feeds.js';
import { fleetKey, shardOf, userKey } from './keys.js';
import {
  CLOCKS_DIFFER_US_MIN,
  PARTITION_SCRIPTS,
  type Partition,
  type PartitionClocks,
} from './partition.js';
import { RecordCache } from './record-cache.js';
import { changeByLeave, expiryMs, isReplaced, isSame, Recording } from './recording.js';
import { GROUP_SCRIPTS, RedisGroups } from './redis-groups.js';
import { Script } from './scripts.js';
import { Servers } from './servers.js';
import { SHARD_SCRIPTS, ShardDocuments } from './shard-documents.js';
import { TuningDocuments, tuningsScript } from './tuning-documents.js';
import { Turns } from './turns.js';
import type { RedisCertificates } from './url.js';
import { Writes } from './writes.js';

const learnScript = new Script('learn');
const SCRIPTS = [
  ...[learnScript, tuningsScript],
  ...PARTITION_SCRIPTS,
  ...DOUBT_SCRIPTS,
  ...SHARD_SCRIPTS,
  ...GROUP_SCRIPTS,
];

/** So often a user is read again whom other nodes changed meanwhile; each time one of them got its way. */
const TRIES_MAX = 100;

/** What was learned of a fleet is forgotten when no node asked for it for so long, ms. */
const FLEET_EXPIRY_MS = 30 * 86_400_000;

/** What the batches of a lane have in common. */
interface Lane {
  readonly partition: Partition;
  readonly cache: RecordCache;
  readonly writes: Writes;
}

/**
 * Facts in Redis (>= 6.2, or Valkey), on one server or in a cluster: one key a user, one stream a shard, no clock but the
 * servers'. Any number of nodes may share it; none keeps anything that another could miss.
 */
export class RedisStore implements Store, TuningStore {
  readonly name = 'redis';
  readonly lanes: number;
  readonly partitions: number;
  readonly clockErrorUs: number;
  readonly counts = { recordsRead: 0, conflicts: 0 };
  readonly serverCalls: ReadonlyMap<string, Calls>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #servers: Servers;
  readonly #feeds = new Set<Feeds>();
  /** What a lane's cache has shown must not change until the batch is done, nor its writes until they are answered. */
  readonly #turns: Turns;
  readonly #lanes: readonly Lane[];
  readonly #documents: DoubtDocuments;
  readonly #tunings: TuningDocuments;
  readonly shardStore: ShardDocuments;
  readonly groupStore: RedisGroups;

  /** Starts to connect and returns at once; `isReady` tells when it has. */
  constructor(options: {
    readonly url: string;
    /** What TLS is spoken with, where the URL says so. */
    readonly certificates?: RedisCertificates;
    readonly clock: Clock;
    readonly log: Log;
    /** Users whose records this node keeps, to spare reading them; 0 for none. */
    readonly cachedUsersMax: number;
  }) {
    const { cachedUsersMax, clock, log } = options;
    this.#clock = clock;
    this.#log = log;
    this.#servers = new Servers({ ...options, scripts: SCRIPTS });
    this.serverCalls = this.#servers.calls;
    this.partitions = this.#servers.partitions.length;
    this.clockErrorUs = this.partitions > 1 ? CLOCKS_DIFFER_US_MIN : 0;
    this.lanes = this.#servers.lanes;
    this.#turns = new Turns(this.lanes);
    this.#lanes = Array.from({ length: this.lanes }, (_, lane) => ({
      partition: this.#servers.partitionOf(lane),
      cache: new RecordCache(Math.ceil(cachedUsersMax / this.lanes), clock),
      writes: new Writes(),
    }));
    this.#documents = new DoubtDocuments(this.#servers.run);
    this.#tunings = new TuningDocuments({
      call: this.#servers.run,
      unreadable: (namespace, { message }) =>
        log.error(
          { namespace, error: message },
          'what was set at run time cannot be read: the configuration holds',
        ),
    });
    this.shardStore = new ShardDocuments(this.#servers);
    this.groupStore = new RedisGroups(this.#servers.run);
  }

  /** Lanes are as many as partitions, or of one. */
  laneOf(userId: string): number {
    return shardOf(userId) % this.lanes;
  }

  partitionOf(userId: string): number {
    return shardOf(userId) % this.partitions;
  }

  get cachedUsers(): number {
    return this.#lanes.reduce((sum, { cache }) => sum + cache.size, 0);
  }

  isReady(): boolean {
    return this.#servers.isReady();
  }

  get lostDataUs(): number {
    return Math.max(...this.#servers.partitions.map(({ lostDataUs }) => lostDataUs));
  }

  /** Reads whoever is not known here, lets the detector change the records, and replaces them; until all are. */
  record(
    namespace: StoreNamespace,
    lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    return this.#turns.take(lane, async () => {
      const { partition, cache, writes } = this.#lane(lane);
      this.#servers.check(partition);
      const recording = new Recording(namespace, heartbeats, cache);
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const unknown = recording.unknownKeys();
        const records = unknown.length > 0 ? (await partition.read(unknown)).records : [];
        this.counts.recordsRead += records.length;
        const clocks = await partition.clocks();
        writes.clear();
        recording.change(records, clocks, writes);
        if (writes.count > 0)
          recording.settle(writes, await this.#replace(namespace, writes, partition, clocks));
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
      const { partition, cache, writes } = this.#lane(lane);
      this.#servers.check(partition);
      const key = userKey(shardOf(userId), namespace.name, userId);
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const { clocks, records } = await partition.read([key]);
        const [before] = records;
        writes.clear();
        const departure = before ? changeByLeave(namespace, leave, before, clocks, writes) : undefined;
        if (!departure) return undefined;
        if (isReplaced(await this.#replace(namespace, writes, partition, clocks))) {
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

  /** One call a partition. */
  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    const readings = new Array<Reading>(userIds.length);
    const parts = byPartition(this, userIds);
    await Promise.all(
      parts.map(async (part) => {
        const partition = this.#servers.partitionOf(part.partition);
        this.#servers.check(partition);
        const keys = part.userIds.map((userId) => userKey(shardOf(userId), namespace.name, userId));
        const { clocks, records } = await partition.read(keys);
        const { nowUs, shiftUs } = clocks;
        keys.forEach((key, i) => {
          const record = this.#decode(key, records[i], shiftUs);
          const isKnown = record && !isForgotten(record, namespace.retentionMs, nowUs);
          readings[part.at(i)] = { nowUs, record: isKnown ? record : undefined };
        });
      }),
    );
    return readings;
  }

  async learn({ name, halfLifeMs }: Tallied, counts: Float64Array): Promise<Float64Array> {
    const args = [encodeCounts(counts), String(halfLifeMs), String(FLEET_EXPIRY_MS)];
    return decodeCounts((await this.#servers.run(learnScript, [fleetKey(name)], args)) as Buffer);
  }

  clocks(): Clocks | undefined {
    return this.#servers.partitions[0]?.clock.about(this.#clock.nowMs());
  }

  blind(added: readonly BlindInterval[]): Promise<BlindInterval[]> {
    return this.#documents.blind(added);
  }

  holds(changed: readonly Hold[]): Promise<Hold[]> {
    return this.#documents.holds(changed);
  }

  signs(own: NodeSign): Promise<SignsHeard> {
    return this.#documents.signs(own);
  }

  tunings(known: string, changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard> {
    return this.#tunings.tunings(known, changed);
  }

  follow(listener: StoreListener, node?: string): () => void {
    const feeds = new Feeds(this.#servers, { clock: this.#clock, listener, node });
    this.#feeds.add(feeds);
    return () => {
      this.#feeds.delete(feeds);
      feeds.close();
    };
  }

  async close(): Promise<void> {
    for (const feeds of this.#feeds) feeds.close();
    this.#feeds.clear();
    if (this.isReady()) await this.#documents.signOff().catch(() => {});
    this.#servers.disconnect();
  }

  /** A record that cannot be read is reported and taken for none: one user must not cost the others their answer. */
  #decode(key: string, bytes: Buffer | null | undefined, shiftUs: number): UserRecord | undefined {
    if (!bytes) return undefined;
    try {
      return decodeUser(bytes, shiftUs);
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

  /** Which of the records were replaced; nothing when the clock is not what it was taken for. */
  #replace(
    namespace: StoreNamespace,
    writes: Writes,
    partition: Partition,
    { nowUs, shiftUs }: PartitionClocks,
  ): Promise<Buffer> {
    const args = writes.args({ nowUs: nowUs - shiftUs, expiryMs: expiryMs(namespace) });
    return partition.replace(writes.keys, args);
  }
}

function contention([userId, ...others]: readonly string[]): StoreUnavailableError {
  const who = others.length === 0 ? userId : `${userId} or one of ${others.length} others`;
  return new StoreUnavailableError(
    `other nodes changed the record of ${who} ${TRIES_MAX} times while it was being changed here: too many heartbeats of one user`,
  );
}
