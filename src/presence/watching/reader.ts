import type { Clock } from '../../clock.js';
import { byPartition, type PartOfUsers } from '../../store/by-partition.js';
import type { Store } from '../../store/store.js';
import type { Doubt } from '../doubt/doubt.js';
import { BACKGROUND_MAX } from './read-queue.js';
import type { Batch } from './watched-namespace.js';

/** After a failed read the node waits this long, ms. */
const RETRY_DELAY_MS = 250;
/** After a batch of so many users there is likely more to be read; whatever else waits has its turn before. */
const FULL_BATCH = BACKGROUND_MAX;

/** What the reader works for. */
interface ReaderClient {
  /** The next users to be read; undefined when there are none. */
  next(): Batch | undefined;
  failed(error: Error): void;
  /** Everything there was has been read. */
  done(): void;
}

/**
 * Reads watched users, one batch after the other: while one is on its way the next one gathers, so that the busier a
 * node is the more users share a call. A long queue does not keep the event loop from anything else, also with a store
 * that answers at once.
 */
export class Reader {
  /** Plain counts for /metrics. */
  readonly counts = { reads: 0, usersRead: 0, readFailures: 0 };
  readonly #observer: Pick<Doubt, 'read'>;
  readonly #store: Pick<Store, 'partitions' | 'partitionOf'>;
  readonly #clock: Clock;
  readonly #client: ReaderClient;
  readonly #degraded: () => boolean;
  #isReading = false;
  #closed = false;

  constructor(options: {
    readonly observer: Pick<Doubt, 'read'>;
    /** The one that `observer` reads. */
    readonly store: Pick<Store, 'partitions' | 'partitionOf'>;
    readonly clock: Clock;
    readonly client: ReaderClient;
    /** Whether readings are shown as of a node that doubts itself. */
    readonly degraded: () => boolean;
  }) {
    this.#observer = options.observer;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#client = options.client;
    this.#degraded = options.degraded;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  /** There is something to be read. */
  wake(): void {
    if (this.#isReading || this.#closed) return;
    this.#isReading = true;
    // A turn later, so that whatever becomes due in this one is read together.
    queueMicrotask(() => void this.#readAll());
  }

  /** Whatever is on its way is shown to nobody. */
  close(): void {
    this.#closed = true;
  }

  async #readAll(): Promise<void> {
    for (let batch = this.#next(); batch; batch = this.#next()) {
      await this.#read(batch);
      if (batch.rows.length >= FULL_BATCH) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isReading = false;
    // Last: whoever is told may add users, which starts the next round.
    if (!this.#closed) this.#client.done();
  }

  #next(): Batch | undefined {
    return this.#closed ? undefined : this.#client.next();
  }

  /** What cannot be read is read again later; a partition that is away costs the others that time, and nothing else. */
  async #read(batch: Batch): Promise<void> {
    const parts = byPartition(this.#store, batch.userIds);
    const areRead = await Promise.all(parts.map((part) => this.#readPart(batch, part)));
    if (areRead.includes(false))
      await new Promise<void>((resolve) => this.#clock.after(RETRY_DELAY_MS, resolve));
  }

  /** Whether they were read. */
  async #readPart({ watched, rows }: Batch, { userIds, at }: PartOfUsers): Promise<boolean> {
    const batch = { watched, userIds, rows: userIds.map((_, i) => rows[at(i)] as number) };
    this.counts.reads += 1;
    this.counts.usersRead += userIds.length;
    try {
      const observation = await this.#observer.read(watched.namespace, userIds);
      const isDegraded = observation.isDegraded || this.#degraded();
      if (!this.#closed) watched.show(batch, { ...observation, isDegraded });
      return true;
    } catch (error) {
      this.counts.readFailures += 1;
      watched.putBack(batch);
      this.#client.failed(error as Error);
      return false;
    }
  }
}
