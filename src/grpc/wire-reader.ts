/** Wire types of protobuf: how the value of a field is laid out. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** The tag before a field's value: which field it is, and how its value is laid out. */
export function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/** What was received is not the message that it should be. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';

  constructor(problem: string) {
    super(`the request cannot be parsed: ${problem}`);
  }
}

/** Groups within groups that are skipped; nobody sends any. */
const GROUP_DEPTH_MAX = 32;

/**
 * Reads a protobuf message (https://protobuf.dev/programming-guides/encoding) field by field:
 *
 *     for (const end = reader.end; reader.at < end; ) {
 *       const tag = reader.tag();
 *       if (tag === USER_ID) userId = reader.string();
 *       else reader.skip(tag);
 *     }
 *
 * Throws MalformedMessageError at whatever runs over the end.
 */
export class WireReader {
  readonly end: number;
  /** The next byte. */
  at = 0;
  readonly #bytes: Buffer;
  /** The varint that was read last, in two halves: doubles hold 53 of its 64 bits. */
  #low = 0;
  #high = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.end = bytes.length;
  }

  /** Which field comes next, and how it is laid out (tagOf). */
  tag(): number {
    const start = this.at;
    const tag = this.uint32();
    if (tag < 8) throw new MalformedMessageError('a field of number 0');
    if (this.at - start > 1 && this.#high > 0) throw new MalformedMessageError('a tag of more than 32 bits');
    return tag;
  }

  /** A varint's lower 32 bits, as every field of 32 bits (and bool, and enum) is to be read. */
  uint32(): number {
    const byte = this.#bytes[this.at] as number;
    if (byte < 0x80) {
      this.at += 1;
      return byte;
    }
    this.#readVarint();
    return this.#low;
  }

  /** A varint; above 2^53 the nearest number that there is. */
  uint64(): number {
    this.#readVarint();
    return this.#high * 2 ** 32 + this.#low;
  }

  /** UTF-8; what is none becomes U+FFFD. */
  string(): string {
    const end = this.message();
    const text = this.#bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  /** Begins a message within this one; returns where it ends. */
  message(): number {
    const length = this.uint32();
    const end = this.at + length;
    if (end > this.end)
      throw new MalformedMessageError(`${length} bytes where ${this.end - this.at} are left`);
    return end;
  }

  /** Leaves out the value of a field that is not known. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.#readVarint();
        return;
      case WIRE.fixed64:
        this.#skipBytes(8);
        return;
      case WIRE.fixed32:
        this.#skipBytes(4);
        return;
      case WIRE.bytes:
        this.at = this.message();
        return;
      case WIRE.groupStart:
        this.#skipGroup(tag, depth + 1);
        return;
      default:
        throw new MalformedMessageError(`wire type ${tag & 7}`);
    }
  }

  #skipGroup(start: number, depth: number): void {
    if (depth > GROUP_DEPTH_MAX) throw new MalformedMessageError('groups nested too deeply');
    const end = (start & ~7) | WIRE.groupEnd;
    for (let tag = this.tag(); tag !== end >>> 0; tag = this.tag()) this.skip(tag, depth);
  }

  #skipBytes(length: number): void {
    this.at += length;
    if (this.at > this.end) throw new MalformedMessageError('it ends in the middle of a field');
  }

  #readVarint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new MalformedMessageError('it ends in the middle of a field');
      const byte = this.#bytes[this.at++] as number;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte >= 0x80) continue;
      this.#low = low >>> 0;
      this.#high = high >>> 0;
      return;
    }
    throw new MalformedMessageError('a varint of more than 10 bytes');
  }
}
