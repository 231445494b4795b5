/** Slots are a multiple of this many bytes. */
const UNIT = 16;
/** Up to here slots are spaced by a unit, beyond by an eighth of their size. */
const SPACED_BY_UNIT_MAX = 512;
/** Slots come out of chunks of this size, each of slots of one size at a time. */
const CHUNK_BYTES = 256 * 1024;
const CHUNK_UNITS = CHUNK_BYTES / UNIT;
/** Before a record in its slot: u16 its bytes | u32 when it may be swept, s. */
const HEAD_BYTES = 6;

interface Chunk {
  readonly bytes: Buffer;
  readonly index: number;
  slotBytes: number;
  /** Slots in use; offsets of those given back; where the next one is cut off. */
  used: number;
  readonly free: number[];
  next: number;
}

/**
 * Packed records of users, by name, outside of the garbage collector's sight: a user costs the record, its name and an
 * entry of a Map, some 80 bytes together with what rounding wastes. A record is replaced in place while its slot
 * fits. A chunk whose slots are all free serves any size again: records that grow leave nothing behind.
 */
export class RecordTable {
  readonly #addresses = new Map<string, number>();
  readonly #chunks: Chunk[] = [];
  readonly #empty: Chunk[] = [];
  /** Chunks with room for a slot, by its size. */
  readonly #roomy = new Map<number, Set<Chunk>>();
  #sweep: MapIterator<[string, number]> = this.#addresses.entries();

  /** Users held. */
  get size(): number {
    return this.#addresses.size;
  }

  /** Bytes set aside for records, those that are free again included. */
  get reservedBytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }

  /** The record of a user, where it lies: valid until the next change. */
  get(userId: string): Buffer | undefined {
    const address = this.#addresses.get(userId);
    if (address === undefined) return undefined;
    const { bytes } = this.#chunkOf(address);
    const at = startOf(address);
    return bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + bytes.readUInt16LE(at));
  }

  /** Puts a record (a copy of it) in the place of the user's; it may be swept away from `expiresMs` on. */
  put(userId: string, record: Uint8Array, expiresMs: number): void {
    const slotBytes = slotSize(HEAD_BYTES + record.length);
    let address = this.#addresses.get(userId);
    if (address !== undefined && this.#chunkOf(address).slotBytes !== slotBytes) {
      this.#giveBack(address);
      address = undefined;
    }
    if (address === undefined) {
      address = this.#take(slotBytes);
      this.#addresses.set(userId, address);
    }
    const { bytes } = this.#chunkOf(address);
    const at = startOf(address);
    bytes.writeUInt16LE(record.length, at);
    bytes.writeUInt32LE(Math.ceil(expiresMs / 1000), at + 2);
    bytes.set(record, at + HEAD_BYTES);
  }

  delete(userId: string): void {
    const address = this.#addresses.get(userId);
    if (address === undefined) return;
    this.#giveBack(address);
    this.#addresses.delete(userId);
  }

  /** Looks at the next `count` users in turn, and deletes those whose time is over. */
  sweep(count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      const next = this.#sweep.next();
      if (next.done) {
        this.#sweep = this.#addresses.entries();
        return;
      }
      const [userId, address] = next.value;
      const expiresS = this.#chunkOf(address).bytes.readUInt32LE(startOf(address) + 2);
      if (expiresS * 1000 <= nowMs) this.delete(userId);
    }
  }

  #chunkOf(address: number): Chunk {
    return this.#chunks[Math.floor(address / CHUNK_UNITS)] as Chunk;
  }

  #take(slotBytes: number): number {
    const roomy = this.#roomyOf(slotBytes);
    let [chunk] = roomy;
    if (!chunk) {
      chunk = this.#empty.pop() ?? this.#grow();
      chunk.slotBytes = slotBytes;
      roomy.add(chunk);
    }
    let at = chunk.free.pop();
    if (at === undefined) {
      at = chunk.next;
      chunk.next += slotBytes;
    }
    chunk.used += 1;
    if (chunk.free.length === 0 && chunk.next + slotBytes > CHUNK_BYTES) roomy.delete(chunk);
    return chunk.index * CHUNK_UNITS + at / UNIT;
  }

  #giveBack(address: number): void {
    const chunk = this.#chunkOf(address);
    const roomy = this.#roomyOf(chunk.slotBytes);
    chunk.used -= 1;
    if (chunk.used > 0) {
      chunk.free.push(startOf(address));
      roomy.add(chunk);
      return;
    }
    roomy.delete(chunk);
    chunk.free.length = 0;
    chunk.next = 0;
    this.#empty.push(chunk);
  }

  #grow(): Chunk {
    const bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const chunk = { bytes, index: this.#chunks.length, slotBytes: 0, used: 0, free: [], next: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  #roomyOf(slotBytes: number): Set<Chunk> {
    let roomy = this.#roomy.get(slotBytes);
    if (!roomy) {
      roomy = new Set();
      this.#roomy.set(slotBytes, roomy);
    }
    return roomy;
  }
}

/** Where a slot starts in its chunk. */
function startOf(address: number): number {
  return (address % CHUNK_UNITS) * UNIT;
}

/** The bytes of the slot that `bytes` are put into. */
function slotSize(bytes: number): number {
  const spacing = bytes <= SPACED_BY_UNIT_MAX ? UNIT : 2 ** (28 - Math.clz32(bytes - 1));
  return Math.ceil(bytes / spacing) * spacing;
}
