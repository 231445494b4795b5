import type { Arrival } from '../../detector/arrival.js';
import type { Namespace } from '../namespace.js';
import { quietUntilUs } from './hearing.js';

const VERSION = 1;
const HEAD_BYTES = 19;
const ENTRY_BYTES = 14;
const UINT32_MAX = 0xffff_ffff;

/** What a node is told of a heartbeat that another one recorded. Times are µs of the store's clock. */
export interface RelayedArrival {
  readonly userId: string;
  readonly atUs: number;
  /** Until then nobody whatsoever is told anything of the user, if they are silent from now on. */
  readonly dueUs: number;
  /** Nor, until then, who suspects them at the φ of the message or above. */
  readonly quietUntilUs: number;
}

/**
 * Heartbeats of a namespace on their way to another node, packed; times as differences that never say too much.
 *
 *   u8 version | f64 φ that they are judged by | f64 time of the first, µs | u16 bytes | namespace
 *   of each:  u32 µs after the first (0: at most then) | u32 µs to due | u32 µs to quiet until | u16 bytes | id
 */
export class ArrivalMessage {
  readonly #namespace: Namespace;
  readonly #bytes: Buffer;
  #at = 0;
  #firstUs = 0;
  #phi = 0;
  #count = 0;

  /** At most `bytesMax` bytes. */
  constructor(namespace: Namespace, bytesMax: number) {
    this.#namespace = namespace;
    this.#bytes = Buffer.allocUnsafeSlow(bytesMax);
  }

  /** Heartbeats in it. */
  get count(): number {
    return this.#count;
  }

  /** Puts in what can be said of a heartbeat; false when it has no room for that. O(1). */
  add(userId: string, arrival: Arrival): boolean {
    const phi = this.#namespace.thresholds.suspect;
    if (this.#count === 0) this.#begin(arrival.atUs, phi);
    // The longest that a text becomes in UTF-8.
    const isFull = this.#at + ENTRY_BYTES + 3 * userId.length > this.#bytes.length;
    if (isFull || phi !== this.#phi) return false;
    const { atUs, is } = arrival;
    const bytes = this.#bytes;
    const at = this.#at;
    const afterUs = Math.min(UINT32_MAX, Math.max(0, Math.floor(atUs - this.#firstUs)));
    const toldUs = this.#firstUs + afterUs;
    const untilUs = quietUntilUs(arrival, phi, this.#namespace);
    bytes.writeUInt32LE(afterUs, at);
    bytes.writeUInt32LE(within(is.atUs - toldUs), at + 4);
    bytes.writeUInt32LE(within(untilUs - toldUs), at + 8);
    const length = bytes.write(userId, at + ENTRY_BYTES);
    bytes.writeUInt16LE(length, at + 12);
    this.#at = at + ENTRY_BYTES + length;
    this.#count += 1;
    return true;
  }

  /** What is in it, which it has no longer. */
  take(): Buffer {
    const packed = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.#count = 0;
    return packed;
  }

  #begin(firstUs: number, phi: number): void {
    this.#firstUs = Math.floor(firstUs);
    this.#phi = phi;
    const bytes = this.#bytes;
    bytes.writeUInt8(VERSION, 0);
    bytes.writeDoubleLE(phi, 1);
    bytes.writeDoubleLE(this.#firstUs, 9);
    const length = bytes.write(this.#namespace.name, HEAD_BYTES);
    bytes.writeUInt16LE(length, 17);
    this.#at = HEAD_BYTES + length;
  }
}

/** The largest whole µs that are not more, and fit; none where the time is over. */
function within(us: number): number {
  return Math.min(UINT32_MAX, Math.max(0, Math.floor(us)));
}

/** A message that was received: whose heartbeats, the φ that they are judged by, and each of them. */
export interface ReceivedArrivals {
  readonly namespace: string;
  readonly phi: number;
  readonly arrivals: readonly RelayedArrival[];
}

/** Undefined when the message is none that this phid knows: nothing depends on it. */
export function readArrivals(message: Buffer): ReceivedArrivals | undefined {
  try {
    return message.readUInt8(0) === VERSION ? parse(message) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parse(message: Buffer): ReceivedArrivals {
  const phi = message.readDoubleLE(1);
  const firstUs = message.readDoubleLE(9);
  let at = HEAD_BYTES + message.readUInt16LE(17);
  const namespace = message.toString('utf8', HEAD_BYTES, at);
  const arrivals: RelayedArrival[] = [];
  while (at < message.length) {
    const atUs = firstUs + message.readUInt32LE(at);
    const dueUs = atUs + message.readUInt32LE(at + 4);
    const quietUntilUs = atUs + message.readUInt32LE(at + 8);
    const start = at + ENTRY_BYTES;
    at = start + message.readUInt16LE(at + 12);
    if (at > message.length) throw new RangeError('an id ends beyond the message');
    arrivals.push({ userId: message.toString('utf8', start, at), atUs, dueUs, quietUntilUs });
  }
  return { namespace, phi, arrivals };
}
