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
  /** Where the record that was sought last lies; valid until the next call. */
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  length = 0;
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

  /** Finds a user's record; whether there is one. */
  seek(userId: string): boolean {
    const address = this.#addresses.get(userId);
    if (address === undefined) return false;
    this.#open(address);
    return true;
  }

  /** Puts a record (a copy of it) in the place of the user's; it may be swept away from `expiresMs` on. */
  put(userId: string, record: Uint8Array, expiresMs: number): void {
    const slotBytes = slotSize(HEAD_BYTES + record.length);
    let address = this.#addresses.get(userId);
    if (address !== undefined) {
      this.#open(address);
      const oldBytes = slotSize(HEAD_BYTES + this.length);
      if (oldBytes !== slotBytes) {
        this.#sizeOf(oldBytes).free.push(address);
        address = undefined;
      }
    }
    if (address === undefined) {
      address = this.#take(this.#sizeOf(slotBytes));
      this.#addresses.set(userId, address);
    }
    const chunk = this.#chunks[Math.floor(address / CHUNK_UNITS)] as Buffer;
    const at = (address % CHUNK_UNITS) * UNIT;
    chunk.writeUInt16LE(record.length, at);
    chunk.writeUInt32LE(Math.ceil(expiresMs / 1000), at + 2);
    chunk.set(record, at + HEAD_BYTES);
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
      const expiresS = this.#open(address).readUInt32LE(this.at - HEAD_BYTES + 2);
      if (expiresS * 1000 > nowMs) continue;
      this.#sizeOf(slotSize(HEAD_BYTES + this.length)).free.push(address);
      this.#addresses.delete(userId);
    }
  }

  #open(address: number): Buffer {
    this.bytes = this.#chunks[Math.floor(address / CHUNK_UNITS)] as Buffer;
    this.at = (address % CHUNK_UNITS) * UNIT + HEAD_BYTES;
    this.length = this.bytes.readUInt16LE(this.at - HEAD_BYTES);
    return this.bytes;
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

/** The bytes of the slot that `bytes` are put into. */
function slotSize(bytes: number): number {
  const spacing = bytes <= SPACED_BY_UNIT_MAX ? UNIT : 2 ** (28 - Math.clz32(bytes - 1));
  return Math.ceil(bytes / spacing) * spacing;
}
