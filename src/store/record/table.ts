/** Slots are a multiple of this many bytes. */
const UNIT = 16;
/** Up to here slots are spaced by a unit, beyond by an eighth of their size. */
const SPACED_BY_UNIT_MAX = 512;
/** Slots come out of chunks of this size, each of slots of one size. */
const CHUNK_BYTES = 256 * 1024;
const CHUNK_UNITS = CHUNK_BYTES / UNIT;
/** Before a record in its slot: u16 its bytes | u32 when it may be swept, s. */
const HEAD_BYTES = 6;

interface SlotSize {
  readonly bytes: number;
  /** Addresses of slots given back. */
  readonly free: number[];
  /** Where the next slot is cut off, and the end of that chunk; units. */
  next: number;
  end: number;
}

/**
 * Packed records of users, by name, outside of the garbage collector's sight: a user costs the record, its name and an
 * entry of a Map, some 80 bytes together with what rounding wastes. A record is replaced in place while its slot
 * fits. Slots of a size that is no longer needed stay with that size.
 */
export class RecordTable {
  readonly #addresses = new Map<string, number>();
  readonly #chunks: Buffer[] = [];
  readonly #sizes = new Map<number, SlotSize>();
  #sweep: MapIterator<[string, number]> = this.#addresses.entries();

  /** Users held. */
  get size(): number {
    return this.#addresses.size;
  }

  /** Bytes set aside for records, those given back included. */
  get reservedBytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }

  /** The record of a user, where it lies: valid until the next change. */
  get(userId: string): Buffer | undefined {
    const address = this.#addresses.get(userId);
    return address === undefined ? undefined : this.#recordAt(address);
  }

  /** Puts a record (a copy of it) in the place of the user's; it may be swept away from `expiresMs` on. */
  put(userId: string, record: Uint8Array, expiresMs: number): void {
    const slotBytes = slotSize(HEAD_BYTES + record.length);
    let address = this.#addresses.get(userId);
    if (address !== undefined && this.#slotBytesAt(address) !== slotBytes) {
      this.#giveBack(address);
      address = undefined;
    }
    if (address === undefined) {
      address = this.#take(this.#sizeOf(slotBytes));
      this.#addresses.set(userId, address);
    }
    const chunk = this.#chunkOf(address);
    const at = startOf(address);
    chunk.writeUInt16LE(record.length, at);
    chunk.writeUInt32LE(Math.ceil(expiresMs / 1000), at + 2);
    chunk.set(record, at + HEAD_BYTES);
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
      const expiresS = this.#chunkOf(address).readUInt32LE(startOf(address) + 2);
      if (expiresS * 1000 <= nowMs) this.delete(userId);
    }
  }

  #chunkOf(address: number): Buffer {
    return this.#chunks[Math.floor(address / CHUNK_UNITS)] as Buffer;
  }

  #recordAt(address: number): Buffer {
    const chunk = this.#chunkOf(address);
    const at = startOf(address);
    return chunk.subarray(at + HEAD_BYTES, at + HEAD_BYTES + chunk.readUInt16LE(at));
  }

  #slotBytesAt(address: number): number {
    return slotSize(HEAD_BYTES + this.#chunkOf(address).readUInt16LE(startOf(address)));
  }

  #giveBack(address: number): void {
    this.#sizeOf(this.#slotBytesAt(address)).free.push(address);
  }

  #sizeOf(bytes: number): SlotSize {
    let size = this.#sizes.get(bytes);
    if (!size) {
      size = { bytes, free: [], next: 0, end: 0 };
      this.#sizes.set(bytes, size);
    }
    return size;
  }

  #take(size: SlotSize): number {
    const given = size.free.pop();
    if (given !== undefined) return given;
    const units = size.bytes / UNIT;
    if (size.next + units > size.end) {
      size.next = this.#chunks.length * CHUNK_UNITS;
      size.end = size.next + CHUNK_UNITS;
      this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES));
    }
    const address = size.next;
    size.next += units;
    return address;
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
