import type { Redis } from 'ioredis';
import type { Log } from '../../log.js';
import type { StoreListener } from '../store.js';
import { connectRedis } from './connection.js';
import { parseMember, SHARDS, streamKey } from './keys.js';

const BLOCK_MS = 5_000;
/** The server answers an idle XREAD after BLOCK_MS; a socket silent for this long has been cut, ms. */
const SILENCE_MS_MAX = 3 * BLOCK_MS;
const ENTRIES_MAX = 1_000;

type StreamReply = [key: Buffer, entries: [id: Buffer, fields: Buffer[]][]][] | null;

/**
 * Follows the shard streams on a connection of its own and tells a listener which users to read again. While the
 * connection lasts it resumes from the last id read. After a break, or when it fell so far behind that the stream was
 * trimmed before it was read, it starts at the present and asks for everything to be read again.
 */
export class ShardFeed {
  readonly #redis: Redis;
  readonly #listener: StoreListener;
  readonly #keys = Array.from({ length: SHARDS }, (_, shard) => streamKey(shard));
  #ids: string[] = [];
  #closed = false;

  constructor(url: string, log: Log, listener: StoreListener) {
    this.#redis = connectRedis(url, log, { silenceMsMax: SILENCE_MS_MAX });
    this.#listener = listener;
    this.#redis.on('ready', () => void this.#follow());
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  async #follow(): Promise<void> {
    try {
      await this.#startAtPresent();
      while (!this.#closed) {
        const reply = (await this.#redis.xreadBuffer(
          'COUNT',
          ENTRIES_MAX,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          ...this.#keys,
          ...this.#ids,
        )) as StreamReply;
        for (const [key, entries] of reply ?? []) await this.#deliver(key.toString(), entries);
      }
    } catch (error) {
      // ioredis reconnects by itself and says 'ready' again; an error on a live connection has to break it first.
      if (this.#closed) return;
      this.#listener.lost(error as Error);
      if (this.#redis.status === 'ready') this.#redis.disconnect(true);
    }
  }

  async #startAtPresent(): Promise<void> {
    const [seconds, micros] = await this.#redis.time();
    const nowMs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    this.#ids = this.#keys.map(() => `${nowMs}-0`);
    this.#listener.resync();
  }

  async #deliver(key: string, entries: [Buffer, Buffer[]][]): Promise<void> {
    const index = this.#keys.indexOf(key);
    const readUpTo = this.#ids[index] as string;
    const last = entries.at(-1);
    if (last) this.#ids[index] = last[0].toString();
    for (const [, [, member]] of entries) {
      const { namespace, userId } = parseMember((member as Buffer).toString());
      this.#listener.changed(namespace, userId);
    }
    if (entries.length === ENTRIES_MAX && (await this.#wasTrimmedAfter(key, readUpTo)))
      await this.#startAtPresent();
  }

  /** Whether entries after `id` may be gone: the oldest that is left is younger than it. */
  async #wasTrimmedAfter(key: string, id: string): Promise<boolean> {
    const [oldest] = await this.#redis.xrange(key, '-', '+', 'COUNT', 1);
    return oldest !== undefined && compareIds(oldest[0], id) > 0;
  }
}

function compareIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs - bMs || aSeq - bSeq;
}
