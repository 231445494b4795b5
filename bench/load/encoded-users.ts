import { PREFIX_BYTES, writePrefix } from './messages.js';

/** The bench's users are u0000000, u0000001 and so on: ids of 8 characters. */
export const userIdOf = (user: number): string => `u${String(user).padStart(7, '0')}`;
export const SESSION_ID = 'device';
export const ORIGIN = 'gateway-1';

/** Field number and wire type "length follows". */
const lengthDelimited = (field: number) => (field << 3) | 2;

function text(field: number, value: string): number[] {
  return [lengthDelimited(field), value.length, ...Buffer.from(value, 'latin1')];
}

/** Bytes in which a sequence number is written: as many for every number below 2^21, so that it can be overwritten. */
const SEQUENCE_BYTES = 3;
const SEQUENCE_MAX = 2 ** (7 * SEQUENCE_BYTES) - 1;
const SEQUENCE_TAG = 3 << 3;

/** A message Heartbeat of `user`, with room for its sequence number at the end. */
function heartbeatOf(user: number): number[] {
  const ids = [...text(1, userIdOf(user)), ...text(2, SESSION_ID)];
  return [...ids, SEQUENCE_TAG, ...new Array<number>(SEQUENCE_BYTES).fill(0)];
}

const HEARTBEAT_BYTES = heartbeatOf(0).length;
/** As an element of HeartbeatStreamRequest.heartbeats: tag and length come before it. */
const ELEMENT_BYTES = 2 + HEARTBEAT_BYTES;
const BATCH_HEADER = Buffer.from(text(2, ORIGIN));
const UNARY_HEADER = Buffer.from([...text(3, ORIGIN), lengthDelimited(2), HEARTBEAT_BYTES]);

/**
 * The heartbeats of a fleet, encoded beforehand: a request costs the load generator a copy of bytes. Each heartbeat has
 * the number that follows the user's last one.
 */
export class EncodedUsers {
  readonly #elements: Buffer;
  readonly #sequences: Uint32Array;

  constructor(users: number) {
    this.#sequences = new Uint32Array(users);
    this.#elements = Buffer.allocUnsafe(users * ELEMENT_BYTES);
    for (let user = 0; user < users; user++) {
      this.#elements.set([lengthDelimited(4), HEARTBEAT_BYTES, ...heartbeatOf(user)], user * ELEMENT_BYTES);
    }
  }

  /** From now on `sequence` is the number of everybody's last heartbeat. */
  renumber(sequence: number): void {
    this.#sequences.fill(sequence);
  }

  /** A framed HeartbeatStreamRequest: the next heartbeat of each of `users`. */
  batch(users: ArrayLike<number>): Buffer {
    const request = Buffer.allocUnsafe(PREFIX_BYTES + BATCH_HEADER.length + users.length * ELEMENT_BYTES);
    let at = writePrefix(request);
    at += BATCH_HEADER.copy(request, at);
    for (let i = 0; i < users.length; i++) {
      const from = this.#number(users[i] as number);
      at += this.#elements.copy(request, at, from, from + ELEMENT_BYTES);
    }
    return request;
  }

  /** A framed HeartbeatRequest: the next heartbeat of `user`. */
  unary(user: number): Buffer {
    const request = Buffer.allocUnsafe(PREFIX_BYTES + UNARY_HEADER.length + HEARTBEAT_BYTES);
    const at = writePrefix(request) + UNARY_HEADER.copy(request, PREFIX_BYTES);
    const from = this.#number(user) + (ELEMENT_BYTES - HEARTBEAT_BYTES);
    this.#elements.copy(request, at, from, from + HEARTBEAT_BYTES);
    return request;
  }

  /** Numbers the next heartbeat of `user`; returns where its element begins. */
  #number(user: number): number {
    const sequence = ((this.#sequences[user] as number) % SEQUENCE_MAX) + 1;
    this.#sequences[user] = sequence;
    const end = (user + 1) * ELEMENT_BYTES;
    this.#elements[end - 3] = 0x80 | (sequence & 0x7f);
    this.#elements[end - 2] = 0x80 | ((sequence >> 7) & 0x7f);
    this.#elements[end - 1] = sequence >> 14;
    return end - ELEMENT_BYTES;
  }
}
