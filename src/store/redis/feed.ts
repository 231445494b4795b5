import type { Redis } from 'ioredis';
import type { Clock } from '../../clock.js';
import type { StoreListener } from '../store.js';
import { describe } from './connection.js';
import { parseMember, streamKey } from './keys.js';

export const BLOCK_MS = 5_000;
/**
 * The streams are read this often at most, ms: what comes after a while is heard at once, what comes all the time is heard together.
 * A busy node would spend a tenth of its time on reading a few entries a time.
 */
const READ_INTERVAL_MS = 20;
/** After an error on a live connection, which has to be broken before it is made anew, ms. */
const RETRY_DELAY_MS = 2_000;
const ENTRIES_MAX = 1_000;

type StreamReply = [key: Buffer, entries: [id: Buffer, fields: Buffer[]][]][] | null;

/**
 * Follows the streams of a partition on a connection of its own and tells a listener which users to read again. While the
 * connection lasts it resumes from the last id read. After a break, or when it fell so far behind that the stream was
 * trimmed before it was read, it starts at the present and asks for everything to be read again.
 */
export class ShardFeed {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #listener: StoreListener;
  readonly #shards: readonly number[];
  readonly #inbox: string | undefined;
  readonly #keys: readonly string[];
  #ids: string[] = [];
  /** The listener was told, and not yet asked to read everything again. */
  #isLost = false;
  #closed = false;

  /** `redis` is the feed's own; commands may wait there for BLOCK_MS. */
  constructor(options: {
    readonly redis: Redis;
    readonly shards: readonly number[];
    /** What others relay to this node, where that is in this partition. */
    readonly inbox: string | undefined;
    readonly clock: Clock;
    readonly listener: StoreListener;
  }) {
    this.#clock = options.clock;
    this.#listener = options.listener;
    this.#shards = options.shards;
    const { inbox } = options;
    this.#inbox = inbox;
    this.#keys = [...options.shards.map(streamKey), ...(inbox === undefined ? [] : [inbox])];
    this.#redis = options.redis;
    this.#redis.on('ready', () => void this.#follow());
    // Also where it never was ready: then nothing has failed that could tell.
    this.#redis.on('close', () => this.#lost(new Error('the connection was closed')));
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  async #follow(): Promise<void> {
    try {
      await this.#startAtPresent();
      while (!this.#closed) {
        const fromMs = this.#clock.nowMs();
        await this.#read(BLOCK_MS);
        await this.#rest(fromMs + READ_INTERVAL_MS - this.#clock.nowMs());
      }
    } catch (error) {
      this.#lost(error as Error);
      // ioredis reconnects by itself and says 'ready' again.
      if (this.#redis.status === 'ready') {
        this.#clock.after(RETRY_DELAY_MS, () => {
          if (!this.#closed) this.#redis.disconnect(true);
        });
      }
    }
  }

  async #rest(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
  }

  #lost(error: Error): void {
    if (this.#closed || this.#isLost) return;
    this.#isLost = true;
    this.#listener.lost(new Error(describe(error), { cause: error }));
  }

  /** Asks for a resync only when the streams can be read. */
  async #startAtPresent(): Promise<void> {
    const [seconds, micros] = await this.#redis.time();
    const nowMs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    // XREAD begins behind the id it is given, and the first entry of this very millisecond is <now>-0.
    this.#ids = this.#keys.map(() => `${nowMs - 1}-0`);
    await this.#read();
    this.#isLost = false;
    this.#listener.resync();
  }

  /** Delivers what is there; with `blockMs` waits for it. */
  async #read(blockMs?: number): Promise<void> {
    const streams = ['STREAMS', ...this.#keys, ...this.#ids] as const;
    const reply = (await (blockMs === undefined
      ? this.#redis.xreadBuffer('COUNT', ENTRIES_MAX, ...streams)
      : this.#redis.xreadBuffer('COUNT', ENTRIES_MAX, 'BLOCK', blockMs, ...streams))) as StreamReply;
    for (const [key, entries] of reply ?? []) await this.#deliver(key.toString(), entries);
  }

  async #deliver(key: string, entries: [Buffer, Buffer[]][]): Promise<void> {
    const index = this.#keys.indexOf(key);
    const readUpTo = this.#ids[index] as string;
    const last = entries.at(-1);
    if (last) this.#ids[index] = last[0].toString();
    if (key === this.#inbox) {
      for (const [, fields] of entries) this.#listener.relayed?.(fields[1] as Buffer);
      return;
    }
    for (const [, fields] of entries) {
      const about = String(fields[0]);
      if (about === 'd') this.#listener.doubted();
      else if (about === 'l') this.#listener.logged?.(String(fields[1]), this.#shards[index] as number);
      else if (about === 'g') this.#tellGroupChanged(String(fields[1]));
      else this.#tellChanged(fields);
    }
    if (entries.length === ENTRIES_MAX && (await this.#wasTrimmedAfter(key, readUpTo)))
      await this.#startAtPresent();
  }

  #tellChanged(fields: readonly Buffer[]): void {
    for (let i = 0; i < fields.length; i += 2) {
      const { namespace, id } = parseMember(String(fields[i + 1]));
      this.#listener.changed(namespace, id, String(fields[i]) === 'a');
    }
  }

  #tellGroupChanged(member: string): void {
    const { namespace, id } = parseMember(member);
    this.#listener.groupChanged?.(namespace, id);
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
