import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceArrival } from './trace.js';

/** Gaps of each user that no metric counts: a detector may learn before it is judged. */
export const WARMUP_GAPS = 100;

/** Fields of a record, all of them 64-bit floats. */
export const RECORD = {
  /** ms, on the clock of the session. */
  atMs: 0,
  /** NaN when not numbered. */
  sequence: 1,
  /** Declared interval, ms, 0 for none; -1 - that for the first heartbeat of a session. */
  declared: 2,
  size: 3,
} as const;

/** Records of a user that are written together. Small: every user of a fleet has one such buffer. */
const CHUNK_RECORDS = 32;
const CHUNK_FLOATS = CHUNK_RECORDS * RECORD.size;
const CHUNK_BYTES = CHUNK_FLOATS * Float64Array.BYTES_PER_ELEMENT;
/** Chunks read at once, where a user's lie one behind the other. */
const CHUNKS_READ_MAX = 128;

/** The temporary file cannot be written or read; the message says where it is and why. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError';

  constructor(cause: unknown) {
    super(`the temporary file in ${tmpdir()}: ${(cause as Error).message}`, { cause });
  }
}

/** What is known of a user after the first reading. */
export class SpooledUser {
  readonly name: string;
  heartbeats = 0;
  /** Gaps within sessions. */
  gaps = 0;
  #gapsMs = 0;
  #evaluatedMs = 0;
  #session: string | undefined;
  #lastMs = 0;
  /** Numbers of the chunks in the file, oldest first. */
  readonly chunks: number[] = [];
  readonly buffer = new Float64Array(CHUNK_FLOATS);

  constructor(name: string) {
    this.name = name;
  }

  /** Gaps that metrics count. */
  get evaluatedGaps(): number {
    return Math.max(0, this.gaps - WARMUP_GAPS);
  }

  /** Mean evaluated gap, ms; of all gaps where none is evaluated; 0 when there are none. */
  get intervalMs(): number {
    if (this.evaluatedGaps > 0) return this.#evaluatedMs / this.evaluatedGaps;
    return this.gaps > 0 ? this.#gapsMs / this.gaps : 0;
  }

  /** Counts an arrival; returns whether it begins a session. */
  count({ session, receivedMs }: TraceArrival): boolean {
    const begins = session !== this.#session;
    if (!begins) {
      const gapMs = receivedMs - this.#lastMs;
      this.#gapsMs += gapMs;
      if (this.gaps >= WARMUP_GAPS) this.#evaluatedMs += gapMs;
      this.gaps += 1;
    }
    this.#session = session;
    this.#lastMs = receivedMs;
    this.heartbeats += 1;
    return begins;
  }
}

/**
 * Arrivals in a temporary file, user by user, to be replayed as often as needed in little memory. The file loses its name
 * as soon as it is open, so that nothing is left of it however the process ends. Methods throw SpoolError.
 */
export class Spool {
  readonly #folder: string;
  readonly #file: number;
  readonly #records = new Float64Array(CHUNK_FLOATS * CHUNKS_READ_MAX);
  #chunks = 0;

  constructor() {
    try {
      this.#folder = mkdtempSync(join(tmpdir(), 'phid-replay-'));
      this.#file = openSync(join(this.#folder, 'arrivals'), 'w+');
    } catch (error) {
      throw new SpoolError(error);
    }
    this.#unlink();
  }

  add(user: SpooledUser, arrival: TraceArrival): void {
    const at = (user.heartbeats % CHUNK_RECORDS) * RECORD.size;
    const declared = arrival.declaredMs ?? 0;
    user.buffer[at + RECORD.atMs] = arrival.receivedMs;
    user.buffer[at + RECORD.sequence] = arrival.sequence ?? Number.NaN;
    user.buffer[at + RECORD.declared] = user.count(arrival) ? -1 - declared : declared;
    if (user.heartbeats % CHUNK_RECORDS === 0) this.#write(user);
  }

  /** All arrivals of a user, in order: `count` records at a time, in an array that is used again. */
  read(user: SpooledUser, each: (records: Float64Array, count: number) => void): void {
    const records = this.#records;
    for (let i = 0; i < user.chunks.length; ) {
      const first = user.chunks[i] as number;
      let n = 1;
      while (n < CHUNKS_READ_MAX && user.chunks[i + n] === first + n) n += 1;
      this.#fill(records, { chunk: first, count: n, place: 0 });
      each(records, n * CHUNK_RECORDS);
      i += n;
    }
    const rest = user.heartbeats % CHUNK_RECORDS;
    if (rest > 0) each(user.buffer, rest);
  }

  /**
   * All arrivals of several users, as if they lived at the same time: traces list users one behind the other, and their
   * clocks are not comparable. Arrival i of n comes at (i + 1/2) / n; each user's stay in order. `at` is the record's place.
   */
  readInterleaved(
    users: readonly SpooledUser[],
    each: (user: number, records: Float64Array, at: number) => void,
  ): void {
    const read = new Uint32Array(users.length);
    // The present chunk of every user, one behind the other.
    const records = new Float64Array(users.length * CHUNK_FLOATS);
    const queue = new EarliestFirst(users.map(({ heartbeats }) => heartbeats));
    for (let user = queue.first; user >= 0; user = queue.first) {
      const done = read[user] as number;
      const at = done % CHUNK_RECORDS;
      if (at === 0) {
        const { chunks, buffer } = users[user] as SpooledUser;
        const chunk = chunks[done / CHUNK_RECORDS];
        if (chunk === undefined) records.set(buffer, user * CHUNK_FLOATS);
        else this.#fill(records, { chunk, count: 1, place: user });
      }
      each(user, records, user * CHUNK_RECORDS + at);
      read[user] = done + 1;
      queue.advance();
    }
  }

  close(): void {
    closeSync(this.#file);
    this.#unlink();
  }

  #unlink(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // Some systems do not remove what is open: close() does it then.
    }
  }

  #write(user: SpooledUser): void {
    const bytes = new Uint8Array(user.buffer.buffer);
    const position = this.#chunks * CHUNK_BYTES;
    try {
      for (let done = 0; done < CHUNK_BYTES; ) {
        done += writeSync(this.#file, bytes, done, CHUNK_BYTES - done, position + done);
      }
    } catch (error) {
      throw new SpoolError(error);
    }
    user.chunks.push(this.#chunks);
    this.#chunks += 1;
  }

  /** Reads `count` chunks into `records`, at the place of a chunk. */
  #fill(
    records: Float64Array,
    { chunk, count, place }: { readonly chunk: number; readonly count: number; readonly place: number },
  ): void {
    const bytes = new Uint8Array(records.buffer, place * CHUNK_BYTES, count * CHUNK_BYTES);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, chunk * CHUNK_BYTES + done);
      if (read === 0) throw new SpoolError(new Error('was cut off'));
      done += read;
    }
  }
}

/** Whose turn it is, a binary heap: the earliest (i + 1/2) / n, of equal ones the user named first. */
class EarliestFirst {
  readonly #totals: readonly number[];
  readonly #done: Uint32Array;
  readonly #heap: number[];

  constructor(totals: readonly number[]) {
    this.#totals = totals;
    this.#done = new Uint32Array(totals.length);
    this.#heap = [...totals.keys()]
      .filter((user) => (totals[user] as number) > 0)
      .sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
  }

  /** The user; -1 when all are done. */
  get first(): number {
    return this.#heap[0] ?? -1;
  }

  /** The first one's arrival was taken. */
  advance(): void {
    const heap = this.#heap;
    let user = heap[0] as number;
    const done = (this.#done[user] as number) + 1;
    this.#done[user] = done;
    if (done === this.#totals[user]) {
      const last = heap.pop() as number;
      if (heap.length === 0) return;
      user = last;
    }
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1] as number, heap[child] as number)) {
        child += 1;
      }
      if (!this.#isBefore(heap[child] as number, user)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = user;
  }

  #isBefore(a: number, b: number): boolean {
    const at = (user: number) => ((this.#done[user] as number) + 0.5) / (this.#totals[user] as number);
    return at(a) < at(b) || (at(a) === at(b) && a < b);
  }
}
