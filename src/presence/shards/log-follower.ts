import type { Clock } from '../../clock.js';
import type { LogPart } from '../../store/shard-store.js';
import type { Namespace } from '../namespace.js';

/** A log that could not be read is tried again after so long, ms. */
const RETRY_DELAY_MS = 250;

/** What a follower of a log is told. */
export type LogEvent =
  | { readonly changes: readonly Buffer[]; readonly token: string }
  /** Changes were missed. */
  | { readonly resync: true; readonly token: string }
  | { readonly notice: 'DEGRADED' | 'RECOVERED'; readonly message: string; readonly token: string };

/** Where the events go. */
export interface LogSink {
  /** How many events it can take now. Where it was 0, LogFollower.resume is called when it no longer is. */
  readonly room: number;
  take(event: LogEvent): void;
}

/**
 * Somebody who follows the log of a namespace: where they are in that of each shard, and nothing else. Whoever takes more slowly than
 * changes come is behind, and reads on when there is room, for as long as the logs go back.
 */
export class LogFollower {
  readonly namespace: Namespace;
  readonly #sink: LogSink;
  readonly #clock: Clock;
  readonly #end: (shard: number) => Promise<string>;
  readonly #read: (shard: number, position: string) => Promise<LogPart>;
  readonly #positions: string[];
  /** Shards whose logs have grown since they were read. */
  readonly #grown = new Set<number>();
  /** It has to be found out yet where the logs end. */
  #isNew: boolean;
  #isReading = false;
  #isDegraded = false;
  #isClosed = false;

  constructor(
    namespace: Namespace,
    options: {
      readonly shards: number;
      /** Of an event of before; empty: none. One that is of another deployment is as old as can be. */
      readonly token: string;
      readonly sink: LogSink;
      readonly clock: Clock;
      readonly end: (shard: number) => Promise<string>;
      readonly read: (shard: number, position: string) => Promise<LogPart>;
    },
  ) {
    const { shards, token } = options;
    this.namespace = namespace;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#end = options.end;
    this.#read = options.read;
    this.#isNew = token === '';
    const positions = token.split(',');
    // Of each shard a text that is no position is of a log that was lost.
    this.#positions = Array.from({ length: shards }, (_, shard) =>
      positions.length === shards ? (positions[shard] as string) : '',
    );
    this.wakeAll();
  }

  get token(): string {
    return this.#positions.join(',');
  }

  /** The log of a shard has grown. */
  wake(shard: number): void {
    this.#grown.add(shard);
    this.resume();
  }

  /** All may have. */
  wakeAll(): void {
    for (let shard = 0; shard < this.#positions.length; shard++) this.#grown.add(shard);
    this.resume();
  }

  /** There is room again. */
  resume(): void {
    if (this.#isReading || this.#isClosed) return;
    this.#isReading = true;
    queueMicrotask(() => void this.#readOn());
  }

  close(): void {
    this.#isClosed = true;
  }

  async #readOn(): Promise<void> {
    try {
      if (this.#isNew) await this.#begin();
      while (this.#grown.size > 0 && this.#sink.room > 0 && !this.#isClosed) await this.#readGrown();
      if (this.#isDegraded && this.#grown.size === 0) this.#notice('RECOVERED', 'the log is read again');
    } catch (error) {
      if (!this.#isDegraded) this.#notice('DEGRADED', `the log cannot be read: ${(error as Error).message}`);
      this.#clock.after(RETRY_DELAY_MS, () => {
        this.#isReading = false;
        this.resume();
      });
      return;
    }
    this.#isReading = false;
    if (this.#grown.size > 0 && this.#sink.room > 0) this.resume();
  }

  /** Says at once where the log ends: whoever comes back before anything changed has missed nothing. */
  async #begin(): Promise<void> {
    const ends = await Promise.all(this.#positions.map((_, shard) => this.#end(shard)));
    this.#positions.splice(0, ends.length, ...ends);
    this.#isNew = false;
    this.#take({ changes: [], token: this.token });
  }

  /** Reads what follows in all logs that have grown, side by side; what is read is one event. */
  async #readGrown(): Promise<void> {
    const shards = [...this.#grown];
    this.#grown.clear();
    let parts: LogPart[];
    try {
      parts = await Promise.all(shards.map((shard) => this.#read(shard, this.#positions[shard] as string)));
    } catch (error) {
      for (const shard of shards) this.#grown.add(shard);
      throw error;
    }
    shards.forEach((shard, i) => {
      const { position, isFull } = parts[i] as LogPart;
      this.#positions[shard] = position;
      if (isFull) this.#grown.add(shard);
    });
    const changes = parts.flatMap((part) => part.changes);
    if (parts.some(({ isGap }) => isGap)) this.#take({ resync: true, token: this.token });
    if (changes.length > 0) this.#take({ changes, token: this.token });
  }

  #notice(notice: 'DEGRADED' | 'RECOVERED', message: string): void {
    this.#isDegraded = notice === 'DEGRADED';
    this.#take({ notice, message, token: this.token });
  }

  #take(event: LogEvent): void {
    if (!this.#isClosed) this.#sink.take(event);
  }
}
