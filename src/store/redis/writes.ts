import { TOKEN_BYTES } from '../record/codec.js';
import { SHARDS, streamKey } from './keys.js';

/** Of a user in the first argument of record.lua, before the record. */
const HEAD_BYTES = 17;
const ANNOUNCE = 1;

/** Whether the expiry of a record is left as it is, begins anew, or is that of who is invisible: how record.lua knows them. */
const EXPIRIES = { kept: 0, renewed: 2, long: 4 } as const;
export type Expiry = keyof typeof EXPIRIES;

export interface ExpiriesMs {
  readonly renewedMs: number;
  readonly longMs: number;
}

/** Entries that a shard stream keeps, about; each is of one batch. A follower further behind reads everything again. */
export const STREAM_LENGTH = 4_000;

interface Write {
  readonly key: string;
  readonly shard: number;
  /** The record as it was read; undefined where there was none. */
  readonly before: Buffer | undefined;
  /** What takes its place; copied at once. */
  readonly after: Buffer;
  /** Tell trackers whatever the time is; otherwise from this time of the store's clock on, µs. */
  readonly announce: boolean;
  readonly announceFromUs: number;
  readonly expiry: Expiry;
}

/** A record may be replaced this long after the time that its change began with, µs: longer than any command may take. */
const CLOCK_ERROR_US_MAX = 2_000_000;

const INITIAL_BYTES = 64 * 1024;

/** Arguments of one call of record.lua, packed as its header says. Used again for the next call. */
export class Writes {
  #keys: string[] = [];
  #streams: string[] = [];
  /** Of each shard the place of its stream in #streams, from 1; 0: not there. */
  readonly #streamIndexes = new Uint8Array(SHARDS);
  /** Where each record ends. */
  #ends: number[] = [];
  #packed = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #at = 0;

  get count(): number {
    return this.#keys.length;
  }

  get keys(): readonly string[] {
    return [...this.#keys, ...this.#streams];
  }

  /** Begins anew. */
  clear(): void {
    this.#keys = [];
    this.#streams = [];
    this.#streamIndexes.fill(0);
    this.#ends = [];
    this.#at = 0;
  }

  /** `nowUs`: the store's clock as it was taken to be. */
  args({ nowUs, renewedMs, longMs }: ExpiriesMs & { readonly nowUs: number }): (string | Buffer)[] {
    const packed = this.#packed.subarray(0, this.#at);
    const numbers = [this.#keys.length, renewedMs, STREAM_LENGTH, nowUs, CLOCK_ERROR_US_MAX, longMs];
    return [packed, ...numbers.map(String)];
  }

  /** Key and record of the i-th user. */
  keyOf(i: number): string {
    return this.#keys[i] as string;
  }

  recordOf(i: number): Buffer {
    const headAt = i === 0 ? 0 : (this.#ends[i - 1] as number);
    return this.#packed.subarray(headAt + HEAD_BYTES, this.#ends[i]);
  }

  add({ key, shard, before, after, announce, announceFromUs, expiry }: Write): void {
    this.#keys.push(key);
    this.#reserve(HEAD_BYTES + after.length);
    const packed = this.#packed;
    const at = this.#at;
    for (let i = 0; i < TOKEN_BYTES; i++) packed[at + i] = before ? (before[i] as number) : 0;
    packed[at + 5] = after.length;
    packed[at + 6] = after.length >> 8;
    packed[at + 7] = this.#streamIndex(shard);
    packed[at + 8] = (announce ? ANNOUNCE : 0) + EXPIRIES[expiry];
    packed.writeDoubleLE(announceFromUs, at + 9);
    packed.set(after, at + HEAD_BYTES);
    this.#at = at + HEAD_BYTES + after.length;
    this.#ends.push(this.#at);
  }

  #streamIndex(shard: number): number {
    const known = this.#streamIndexes[shard] as number;
    if (known > 0) return known;
    const index = this.#streams.push(streamKey(shard));
    this.#streamIndexes[shard] = index;
    return index;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#packed.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * this.#packed.length + bytes);
    this.#packed.copy(grown, 0, 0, this.#at);
    this.#packed = grown;
  }
}
