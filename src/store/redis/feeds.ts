import type { Clock } from '../../clock.js';
import type { StoreListener } from '../store.js';
import { BLOCK_MS, ShardFeed } from './feed.js';
import { inboxKey, shardOf } from './keys.js';
import type { Servers } from './servers.js';

/** The feeds of all partitions as one: lost while any of them is, and back when all are. */
export class Feeds {
  readonly #feeds: readonly ShardFeed[];

  constructor(
    servers: Servers,
    options: { readonly clock: Clock; readonly listener: StoreListener; readonly node: string | undefined },
  ) {
    const { clock, listener, node } = options;
    const missing = new Set(servers.partitions);
    let isTold = false;
    this.#feeds = servers.partitions.map((partition) => {
      const heard: StoreListener = {
        changed: (namespace, userId, onlyLate) => listener.changed(namespace, userId, onlyLate),
        doubted: () => listener.doubted(),
        groupChanged: (namespace, groupId) => listener.groupChanged?.(namespace, groupId),
        logged: (namespace, shard) => listener.logged?.(namespace, shard),
        relayed: (message) => listener.relayed?.(message),
        lost: (error) => {
          missing.add(partition);
          if (!isTold) listener.lost(error);
          isTold = true;
        },
        resync: () => {
          missing.delete(partition);
          if (missing.size > 0) return;
          isTold = false;
          listener.resync();
        },
      };
      const redis = servers.connectBlocking(partition, BLOCK_MS);
      const isOfInbox = node !== undefined && partition.shards.includes(shardOf(node));
      const inbox = isOfInbox ? inboxKey(node) : undefined;
      return new ShardFeed({ redis, shards: partition.shards, inbox, clock, listener: heard });
    });
  }

  close(): void {
    for (const feed of this.#feeds) feed.close();
  }
}
