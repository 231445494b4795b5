import type { Clock } from '../../clock.js';
import { RecordTable } from '../record/table.js';

/** A record that nobody needed for so long is dropped; a user shared with other nodes is tried again after it. */
const UNUSED_MS = 600_000;
/** In place of the record of a user whom other nodes record as well. */
const SHARED = new Uint8Array(0);

/**
 * Records as this node wrote them last: who beats through one node need not be read before every heartbeat. It may be
 * wrong about any of them, and is never believed: record.lua replaces a record only if it is still the one that the
 * change began with. A user whom another node changed meanwhile is read each time from then on.
 *
 * When it is full newcomers are not taken: heartbeats come in turn, and the one dropped would be the next one needed.
 */
export class RecordCache {
  readonly #table = new RecordTable();
  readonly #usersMax: number;
  readonly #clock: Clock;

  /** Holds at most `usersMax` users, 0 for none. */
  constructor(usersMax: number, clock: Clock) {
    this.#usersMax = usersMax;
    this.#clock = clock;
  }

  /** Users held. */
  get size(): number {
    return this.#table.size;
  }

  /** The record under a key, if it is known; valid until the next call. */
  find(key: string): Buffer | undefined {
    const record = this.#table.get(key);
    return record?.length === 0 ? undefined : record;
  }

  /** Takes the record that was just written under a key, unless the user is shared or there is no room. */
  keep(key: string, record: Uint8Array): void {
    const table = this.#table;
    const nowMs = this.#clock.nowMs();
    table.sweep(1, nowMs);
    const known = table.get(key);
    if (known ? known.length === 0 : table.size >= this.#usersMax) return;
    table.put(key, record, nowMs + UNUSED_MS);
  }

  /** Forgets what is known of a key. */
  drop(key: string): void {
    this.#table.delete(key);
  }

  /** Another node changed the record under a key since. */
  share(key: string): void {
    if (this.#table.get(key)) this.#table.put(key, SHARED, this.#clock.nowMs() + UNUSED_MS);
  }
}
