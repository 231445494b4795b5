import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.js';
import { type Clocks, StoreUnavailableError, UnreadableError } from '../store.js';
import { dataNameKey } from './keys.js';
import { type Call, Script } from './scripts.js';
import { StoreClock } from './store-clock.js';

const recordScript = new Script('record', 'record');
const readScript = new Script('read', 'record');
const nameScript = new Script('name', 'record');
export const PARTITION_SCRIPTS = [recordScript, readScript, nameScript];

/** A time, as the scripts answer it: f64, µs. */
const NOW_BYTES = 8;

/**
 * Clocks of two servers that differ by less count as one, µs: those that NTP keeps differ by some ms, and how far they do is
 * known to a round trip. Where what nodes share is compared with records, it is by seconds.
 */
export const CLOCKS_DIFFER_US_MIN = 50_000;

/** Both clocks, and what is added to a time of the partition's server to have it on the store's clock, µs. */
export interface PartitionClocks extends Clocks {
  readonly shiftUs: number;
}

/**
 * Part of the data that one server has: its clock, and whether they are still the data that they were. The times of its
 * records are of its server's clock, whoever that is by now; they are compared with nothing else.
 */
export class Partition {
  readonly clock = new StoreClock();
  /** Its server answers, and its data are known to be what they were, or not. */
  isReady = false;
  /** When it was noticed that its data were lost, on the store's clock, µs; -Infinity: they were not. */
  lostDataUs = Number.NEGATIVE_INFINITY;
  readonly shards: readonly number[];
  readonly #first: Partition;
  readonly #nodeClock: Clock;
  readonly #call: Call;
  #dataName: string | undefined;
  #shiftUs = 0;

  /** `first`: the one whose server's clock is the store's; undefined: this one. */
  constructor(options: {
    readonly shards: readonly number[];
    readonly first: Partition | undefined;
    readonly clock: Clock;
    readonly call: Call;
  }) {
    this.shards = options.shards;
    this.#first = options.first ?? this;
    this.#nodeClock = options.clock;
    this.#call = options.call;
  }

  /** Both clocks at this moment; its server is asked where it was not heard of lately. */
  async clocks(): Promise<PartitionClocks> {
    const nowMs = this.#nodeClock.nowMs();
    const reckoned = this.clock.at(nowMs);
    if (reckoned) return this.#shifted(reckoned);
    return (await this.read([])).clocks;
  }

  /** Records as they are, and both clocks when they were read. */
  async read(keys: readonly string[]): Promise<{ clocks: PartitionClocks; records: (Buffer | null)[] }> {
    const nameKey = dataNameKey(this.shards[0] as number);
    const answer = await this.#call(readScript, [nameKey, ...keys], []);
    const [now, name, records] = answer as [Buffer, Buffer | null, (Buffer | null)[]];
    const clocks = this.#hear(now);
    if (name === null || String(name) !== this.#dataName) await this.#recognise(nameKey, name, clocks);
    return { clocks, records };
  }

  /** What record.lua makes of records; nothing when the server's clock is not what it was taken for. */
  async replace(keys: readonly string[], args: readonly (string | Buffer)[]): Promise<Buffer> {
    const answer = (await this.#call(recordScript, keys, args)) as Buffer;
    const outcomes = answer.subarray(NOW_BYTES);
    if (outcomes.length === 0) this.clock.reset();
    this.#hear(answer);
    return outcomes;
  }

  /** It may be another server's by now, with a clock of its own, or have been lost: nothing is asked before that is known. */
  async greet(): Promise<void> {
    this.clock.reset();
    await this.read([]);
  }

  /** Takes note of the server's clock, with which an answer begins. */
  #hear(answer: Buffer): PartitionClocks {
    const clocks = { nowUs: answer.readDoubleLE(0), nowMs: this.#nodeClock.nowMs() };
    this.clock.hear(clocks);
    return this.#shifted(clocks);
  }

  /** Whoever is not known from here on may have been before. */
  async #recognise(nameKey: string, name: Buffer | null, { nowUs }: Clocks): Promise<void> {
    if (this.#dataName !== undefined) this.lostDataUs = nowUs;
    this.#dataName = name === null ? undefined : String(name);
    if (name !== null) return;
    try {
      this.#dataName = String(await this.#call(nameScript, [nameKey], [randomUUID()]));
    } catch (error) {
      // Of data that cannot be written to at present none are lost; where something else is under the key, nobody can tell.
      if (!(error instanceof StoreUnavailableError || error instanceof UnreadableError)) throw error;
    }
  }

  #shifted({ nowUs, nowMs }: Clocks): PartitionClocks {
    const differUs = (this.#first.clock.aheadUs ?? 0) - (this.clock.aheadUs ?? 0);
    // It stands while it is nearly right: versions of changes are times, and are to be the same on all nodes.
    if (Math.abs(differUs - this.#shiftUs) > CLOCKS_DIFFER_US_MIN)
      this.#shiftUs = CLOCKS_DIFFER_US_MIN * Math.round(differUs / CLOCKS_DIFFER_US_MIN);
    return { nowUs: nowUs + this.#shiftUs, nowMs, shiftUs: this.#shiftUs };
  }
}
