import type { Clock } from '../../clock.js';
import { RECORD_BYTES_MAX } from '../record/codec.js';
import { RecordTable } from '../record/table.js';

/** A record that nobody needed for so long is dropped; a user shared with other nodes is tried again after it. */
const UNUSED_MS = 600_000;

/** What is kept under a key: a byte that says what became of the last change, then the record. */
const SETTLED = 0;
/** Another node had changed the record. Once may be a user who moved here; twice in a row is one who is shared. */
const COLLIDED = 1;
const SHARED = 2;

/**
 * Records of the users of one lane, as this node wrote them last: who beats through one node need not be read before
 * every heartbeat. It may be wrong about any of them, and is never believed: record.lua replaces a record only if it is
 * still the one that the change began with. A user whom other nodes change as well is read each time.
 *
 * When it is full newcomers are not taken: heartbeats come in turn, and the one dropped would be the next one needed.
 */
export class RecordCache {
  readonly #table = new RecordTable();
  readonly #usersMax: number;
  readonly #clock: Clock;
  readonly #scratch = Buffer.allocUnsafeSlow(1 + RECORD_BYTES_MAX);

  /** Holds at most `usersMax` users, 0 for none. */
  constructor(usersMax: number, clock: Clock) {
    this.#usersMax = usersMax;
    this.#clock = clock;
  }

  /** Users held. */
  get size(): number {
    return this.#table.size;
  }

  /** The record under a key, if it is known; valid until something is changed here. */
  find(key: string): Buffer | undefined {
    const kept = this.#table.get(key);
    return kept && kept.length > 1 ? kept.subarray(1) : undefined;
  }

  /** Takes the record that was just written under a key, unless the user is shared or there is no room. */
  keep(key: string, record: Uint8Array): void {
    this.#table.sweep(1, this.#clock.nowMs());
    const kept = this.#table.get(key);
    if (kept ? kept[0] === SHARED : this.#table.size >= this.#usersMax) return;
    const hasJustCollided = kept?.length === 1;
    this.#put(key, hasJustCollided ? COLLIDED : SETTLED, record);
  }

  /** Another node has changed the record under a key since. */
  collide(key: string): void {
    const kept = this.#table.get(key);
    if (kept) this.#put(key, kept[0] === SETTLED ? COLLIDED : SHARED);
  }

  /** Forgets what is known of a key. */
  drop(key: string): void {
    this.#table.delete(key);
  }

  #put(key: string, state: number, record: Uint8Array = NOTHING): void {
    this.#scratch[0] = state;
    this.#scratch.set(record, 1);
    this.#table.put(key, this.#scratch.subarray(0, 1 + record.length), this.#clock.nowMs() + UNUSED_MS);
  }
}

const NOTHING = new Uint8Array(0);
