import { isUtf8 } from 'node:buffer';

/** Reads numbers and texts from packed bytes, little-endian. Beyond the end of the buffer, and where they are none, it throws a RangeError. */
export class ByteReader {
  /** Where it reads next, from the beginning of the underlying buffer. */
  at = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);

  /** Goes on with other bytes. */
  open({ buffer, byteOffset }: Uint8Array): void {
    // Records lie side by side in large buffers: a view of each record would cost as much as reading it.
    if (buffer !== this.#view.buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#view = new DataView(buffer);
    }
    this.at = byteOffset;
  }

  u8(): number {
    return this.#view.getUint8(this.at++);
  }

  u16(): number {
    const value = this.#view.getUint16(this.at, true);
    this.at += 2;
    return value;
  }

  u32(): number {
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  f32(): number {
    const value = this.#view.getFloat32(this.at, true);
    this.at += 4;
    return value;
  }

  f64(): number {
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** LEB128, below 2⁵³. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      if (byte < 128) return whole(value + byte * scale);
      value += (byte - 128) * scale;
      scale *= 128;
    }
  }

  /** `length` bytes of UTF-8. `likely`: what they probably say, which is then returned and nothing is made. */
  text(length: number, likely: string): string {
    const start = this.at;
    this.at += length;
    if (this.#says(start, length, likely)) return likely;
    const bytes = Buffer.from(this.#bytes.buffer, start, length);
    const text = bytes.toString('utf8');
    // What stands for bytes that are none is longer than they are, and another name.
    if (text.includes('\uFFFD') && !isUtf8(bytes)) throw new RangeError('a text that is not UTF-8');
    return text;
  }

  /** The next `count` numbers of 16 bits. */
  codes(count: number, into: Uint16Array): void {
    for (let i = 0; i < count; i++) into[i] = this.#view.getUint16(this.at + 2 * i, true);
    this.at += 2 * count;
  }

  /** ASCII only: where it says no, the text is decoded. */
  #says(start: number, length: number, text: string): boolean {
    if (text.length !== length) return false;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127 || code !== this.#bytes[start + i]) return false;
    }
    return true;
  }
}

function whole(value: number): number {
  if (value > Number.MAX_SAFE_INTEGER) throw new RangeError(`${value} is not below 2^53`);
  return value;
}

/** Writes them. Its buffer is its own: what was written is copied from it before the next record. */
export class ByteWriter {
  at = 0;
  readonly bytes: Buffer;
  readonly #view: DataView;

  /** Room for `size` bytes; writing beyond throws a RangeError. */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): void {
    this.#view.setUint8(this.at, value);
    this.at += 1;
  }

  u16(value: number): void {
    this.#view.setUint16(this.at, value, true);
    this.at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  f32(value: number): void {
    this.#view.setFloat32(this.at, value, true);
    this.at += 4;
  }

  f64(value: number): void {
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      const low = rest % 128;
      this.u8(128 + low);
      rest = (rest - low) / 128;
    }
    this.u8(rest);
  }

  /** UTF-8 without its length; returns how many bytes it takes. */
  text(text: string): number {
    const start = this.at;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.at = start + this.bytes.write(text, start);
        return this.at - start;
      }
      this.u8(code);
    }
    return text.length;
  }

  codes(codes: Uint16Array, count: number): void {
    for (let i = 0; i < count; i++) this.#view.setUint16(this.at + 2 * i, codes[i] as number, true);
    this.at += 2 * count;
  }
}
