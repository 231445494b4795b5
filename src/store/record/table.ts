import { HashIndex } from '../../hashing/hash-index.js';
import { IdBytes } from '../../hashing/id-bytes.js';

/** Slots are a multiple of this many bytes. */
const UNIT = 16;
/** Up to here slots are spaced by a unit, beyond by an eighth of their size. */
const SPACED_BY_UNIT_MAX = 512;
/** A record stays where it is while it would not need a slot so much smaller: most change by a few bytes up and down. */
const SPARE_BYTES = 2 * UNIT;
/** Slots come out of chunks of this size, each of slots of one size at a time. */
const CHUNK_BITS = 18;
const CHUNK_BYTES = 1 << CHUNK_BITS;
const CHUNK_UNITS_BITS = CHUNK_BITS - 4;
const CHUNK_UNITS = 1 << CHUNK_UNITS_BITS;

/**
 * A slot: u16 record bytes | u16 name bytes (0: free) | u32 when it may be swept, s | u32 hash of the name | u8 tag |
 * name | record
 */
const Slot = { recordBytes: 0, nameBytes: 2, expiresS: 4, hash: 8, tag: 12, name: 13 } as const;

/** Nobody's slot. */
export const NO_SLOT = 0;

interface Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly index: number;
  slotBytes: number;
  /** Slots in use; offsets of those given back; where the next one is cut off. */
  used: number;
  readonly free: number[];
  next: number;
}

/**
 * Packed records of users, by name, outside of the garbage collector's sight: a user costs the record, its name and some
 * 35 bytes. A record is replaced in place while its slot fits. A chunk whose slots are all free serves any size again:
 * records that grow leave nothing behind.
 *
 * A name is looked up once: `find` tells its slot, which stays the user's until the record is put, deleted or swept.
 */
export class RecordTable {
  /** Slots, by number: from 1 on, in units. */
  readonly #index = new HashIndex();
  readonly #asked = new IdBytes();
  readonly #chunks: Chunk[] = [];
  readonly #empty: Chunk[] = [];
  /** Chunks with room for a slot, by its size. */
  readonly #roomy = new Map<number, Set<Chunk>>();
  /** Where the sweep goes on. */
  #sweptChunk = 0;
  #sweptAt = 0;
  readonly #isAsked = (slot: number): boolean => {
    const { bytes, view } = this.#chunkOf(slot);
    const at = startOf(slot);
    return (
      view.getUint16(at + Slot.nameBytes, true) === this.#asked.length &&
      this.#asked.isAt(bytes, at + Slot.name)
    );
  };

  /** Users held. */
  get size(): number {
    return this.#index.size;
  }

  /** Bytes set aside for records, those that are free again included. */
  get reservedBytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }

  /** The slot of a user, or NO_SLOT. */
  find(name: string): number {
    this.#asked.take(name);
    return this.#index.find(this.#asked.hash, this.#isAsked);
  }

  /** The record in a slot, where it lies: valid until the next change. */
  recordAt(slot: number): Buffer {
    const { bytes, view } = this.#chunkOf(slot);
    const at = startOf(slot);
    const start = at + Slot.name + view.getUint16(at + Slot.nameBytes, true);
    return bytes.subarray(start, start + view.getUint16(at + Slot.recordBytes, true));
  }

  /** What was put with the record: a byte that means something to the owner of the table. */
  tagAt(slot: number): number {
    return this.#chunkOf(slot).bytes[startOf(slot) + Slot.tag] as number;
  }

  /**
   * Puts a record (a copy of it) in the place of the one in `slot`, which `find` gave for this name; it may be swept away
   * from `expiresMs` on.
   */
  put(slot: number, name: string, record: Uint8Array, expiresMs: number, tag = 0): void {
    const target = this.#slotFor(slot, name, record.length);
    const { bytes, view } = this.#chunkOf(target);
    const at = startOf(target);
    view.setUint16(at + Slot.recordBytes, record.length, true);
    view.setUint32(at + Slot.expiresS, Math.ceil(expiresMs / 1000), true);
    bytes[at + Slot.tag] = tag;
    bytes.set(record, at + Slot.name + view.getUint16(at + Slot.nameBytes, true));
  }

  /** Deletes the user of a slot. */
  delete(slot: number): void {
    this.#index.remove(this.#chunkOf(slot).view.getUint32(startOf(slot) + Slot.hash, true), slot);
    this.#giveBack(slot);
  }

  /** Names of some of the users, from a place on (0: the first), and the next place; undefined: these were the last. */
  names(place: number): { readonly names: string[]; readonly next: number | undefined } {
    const names: string[] = [];
    const chunk = this.#chunks[place];
    if (!chunk) return { names, next: undefined };
    const { bytes, view } = chunk;
    for (let at = 0; at < chunk.next; at += chunk.slotBytes) {
      const nameBytes = view.getUint16(at + Slot.nameBytes, true);
      const start = at + Slot.name;
      if (nameBytes > 0) names.push(bytes.toString('utf8', start, start + nameBytes));
    }
    return { names, next: place + 1 < this.#chunks.length ? place + 1 : undefined };
  }

  /** Looks at the next `count` slots in turn, and deletes those whose time is over. */
  sweep(count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      const chunk = this.#chunks[this.#sweptChunk];
      if (!chunk || this.#sweptAt >= chunk.next) {
        this.#sweptAt = 0;
        this.#sweptChunk = this.#sweptChunk + 1 < this.#chunks.length ? this.#sweptChunk + 1 : 0;
        continue;
      }
      const { view } = chunk;
      const at = this.#sweptAt;
      this.#sweptAt += chunk.slotBytes;
      const isUsed = view.getUint16(at + Slot.nameBytes, true) > 0;
      if (isUsed && view.getUint32(at + Slot.expiresS, true) * 1000 <= nowMs) this.delete(slotAt(chunk, at));
    }
  }

  #chunkOf(slot: number): Chunk {
    return this.#chunks[(slot - 1) >>> CHUNK_UNITS_BITS] as Chunk;
  }

  /** The slot itself where the record fits; otherwise a new one that has the user's name. */
  #slotFor(slot: number, name: string, recordBytes: number): number {
    if (slot !== NO_SLOT) {
      const { view, slotBytes } = this.#chunkOf(slot);
      const nameBytes = view.getUint16(startOf(slot) + Slot.nameBytes, true);
      const neededBytes = slotSize(Slot.name + nameBytes + recordBytes);
      if (neededBytes <= slotBytes && slotBytes - neededBytes <= SPARE_BYTES) return slot;
      this.delete(slot);
    }
    const asked = this.#asked;
    asked.take(name);
    const taken = this.#take(slotSize(Slot.name + asked.length + recordBytes));
    const { bytes, view } = this.#chunkOf(taken);
    const at = startOf(taken);
    view.setUint16(at + Slot.nameBytes, asked.length, true);
    view.setUint32(at + Slot.hash, asked.hash, true);
    asked.copyTo(bytes, at + Slot.name);
    this.#index.add(asked.hash, taken);
    return taken;
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
    return slotAt(chunk, at);
  }

  #giveBack(slot: number): void {
    const chunk = this.#chunkOf(slot);
    const roomy = this.#roomyOf(chunk.slotBytes);
    chunk.used -= 1;
    if (chunk.used > 0) {
      chunk.view.setUint16(startOf(slot) + Slot.nameBytes, 0, true);
      chunk.free.push(startOf(slot));
      roomy.add(chunk);
      return;
    }
    roomy.delete(chunk);
    chunk.free.length = 0;
    chunk.next = 0;
    // Its next slots may be of another size.
    if (chunk.index === this.#sweptChunk) this.#sweptAt = 0;
    this.#empty.push(chunk);
  }

  #grow(): Chunk {
    const bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const chunk: Chunk = {
      bytes,
      view: new DataView(bytes.buffer),
      index: this.#chunks.length,
      slotBytes: 0,
      used: 0,
      free: [],
      next: 0,
    };
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

function slotAt({ index }: Chunk, at: number): number {
  return index * CHUNK_UNITS + at / UNIT + 1;
}

/** Where a slot starts in its chunk. */
function startOf(slot: number): number {
  return ((slot - 1) % CHUNK_UNITS) * UNIT;
}

/** The bytes of the slot that `bytes` are put into. */
function slotSize(bytes: number): number {
  const spacing = bytes <= SPACED_BY_UNIT_MAX ? UNIT : 2 ** (28 - Math.clz32(bytes - 1));
  return Math.ceil(bytes / spacing) * spacing;
}
