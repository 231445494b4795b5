/** Bytes to begin with, and to keep between messages; a larger message gets more, which it does not leave behind. */
const KEPT_BYTES = 64 * 1024;

/** Longer strings are left to Node, which has to be asked first how many bytes they are. */
const SHORT_STRING = 64;

/**
 * Writes a protobuf message (https://protobuf.dev/programming-guides/encoding) from its end to its beginning: the
 * length of a message within stands before it, and is known when it has been written. So what comes last is written
 * first, and nothing is ever moved. Fields of no presence are left out when they are zero, as proto3 says.
 */
export class WireWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(KEPT_BYTES);
  /** The same bytes, for doubles. */
  #view = new DataView(this.#bytes.buffer);
  /** What has been written begins here. */
  #at = KEPT_BYTES;

  /** The message that `write` writes. The bytes are the caller's. */
  message(write: () => void): Buffer {
    this.#at = this.#bytes.length;
    write();
    const message = Buffer.from(this.#bytes.subarray(this.#at));
    if (this.#bytes.length > KEPT_BYTES) this.#use(Buffer.allocUnsafeSlow(KEPT_BYTES));
    return message;
  }

  /** Bytes written so far; for `close`. */
  get size(): number {
    return this.#bytes.length - this.#at;
  }

  /** Makes a message within of all that was written since `size` was `sizeBefore`. */
  close(tag: number, sizeBefore: number): void {
    this.#room(16);
    this.#varint(this.size - sizeBefore);
    this.#varint(tag);
  }

  /** A whole number from 0, below 2^53; also a bool or an enum. */
  uint(tag: number, value: number): void {
    if (value === 0) return;
    this.#room(16);
    this.#varint(value);
    this.#varint(tag);
  }

  bool(tag: number, value: boolean): void {
    if (value) this.uint(tag, 1);
  }

  double(tag: number, value: number): void {
    if (value !== 0) this.presentDouble(tag, value);
  }

  /** A double that says something when it is zero, too. */
  presentDouble(tag: number, value: number): void {
    this.#room(16);
    this.#at -= 8;
    this.#view.setFloat64(this.#at, value, true);
    this.#varint(tag);
  }

  string(tag: number, text: string): void {
    if (text === '') return;
    const length = this.#shortAscii(text) ?? this.#utf8(text);
    this.#varint(length);
    this.#varint(tag);
  }

  /** Most are; undefined when this one is not. */
  #shortAscii(text: string): number | undefined {
    const { length } = text;
    if (length > SHORT_STRING) return undefined;
    this.#room(length + 16);
    const start = this.#at - length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return undefined;
      this.#bytes[start + i] = unit;
    }
    this.#at = start;
    return length;
  }

  #utf8(text: string): number {
    const length = Buffer.byteLength(text);
    this.#room(length + 16);
    this.#at -= length;
    this.#bytes.write(text, this.#at);
    return length;
  }

  #varint(value: number): void {
    if (value < 0x80) {
      this.#bytes[--this.#at] = value;
      return;
    }
    let length = 2;
    for (let rest = value / 0x4000; rest >= 1; rest /= 0x80) length += 1;
    this.#at -= length;
    let at = this.#at;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[at++] = (rest % 0x80) | 0x80;
    this.#bytes[at] = rest;
  }

  /** Makes sure that `size` more bytes fit. */
  #room(size: number): void {
    if (this.#at >= size) return;
    const used = this.size;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, used + size));
    this.#bytes.copy(larger, larger.length - used, this.#at);
    this.#use(larger);
    this.#at = larger.length - used;
  }

  /** `bytes` must be all of its ArrayBuffer, as allocUnsafeSlow makes it. */
  #use(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
