import { mixed } from './share.js';

/**
 * An id as bytes of UTF-8, with a hash of them: what a table that keeps ids off the heap is asked for. Used again for
 * every question.
 */
export class IdBytes {
  /** The id is in the first `length` of these. */
  bytes = Buffer.alloc(256);
  length = 0;
  hash = 0;
  /** So that nobody can choose ids that collide. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);

  /** FNV-1a (Fowler, Noll, Vo), and the last mixing of MurmurHash3, since it is the low bits that count. O(length). */
  take(id: string): void {
    if (3 * id.length > this.bytes.length) this.bytes = Buffer.alloc(3 * id.length);
    const { bytes } = this;
    let hash = this.#seed;
    for (let i = 0; i < id.length; i++) {
      const code = id.charCodeAt(i);
      if (code > 127) {
        this.#takeEncoded(bytes.write(id));
        return;
      }
      bytes[i] = code;
      hash = Math.imul(hash ^ code, 0x0100_0193);
    }
    this.length = id.length;
    this.hash = mixed(hash);
  }

  /** Whether the id is what stands in `bytes` from `start` on. */
  isAt(bytes: Uint8Array, start: number): boolean {
    for (let i = 0; i < this.length; i++) if (bytes[start + i] !== this.bytes[i]) return false;
    return true;
  }

  copyTo(bytes: Uint8Array, start: number): void {
    for (let i = 0; i < this.length; i++) bytes[start + i] = this.bytes[i] as number;
  }

  #takeEncoded(length: number): void {
    let hash = this.#seed;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (this.bytes[i] as number), 0x0100_0193);
    this.length = length;
    this.hash = mixed(hash);
  }
}
