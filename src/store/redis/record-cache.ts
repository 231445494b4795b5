import type { Clock } from '../../clock.js';
import { NO_SLOT, RecordTable } from '../record/table.js';

/** A record that nobody needed for so long is dropped; a user shared with other nodes is tried again after it. */
const UNUSED_MS = 600_000;

/** What became of the last change of a record: the tag that is kept with it. */
const SETTLED = 0;
/** Another node had changed the record. Once may be a user who moved here; twice in a row is one who is shared. */
const COLLIDED = 1;
const SHARED = 2;

const NOTHING = new Uint8Array(0);

/**
 * Records of the users of one lane by their keys, as this node wrote them last: who beats through one node need not be
 * read before every heartbeat. It may be wrong about any of them, and is never believed: record.lua replaces a record only
 * if it is still the one that the change began with. A user whom other nodes change as well is read each time.
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

  /** Looks for records that are not needed any more, as part of a batch of `count` users: before their slots are looked up. */
  sweep(count: number): void {
    this.#table.sweep(count, this.#clock.nowMs());
  }

  /** The user's slot, known or not: good until the user is changed here, or the next sweep. */
  find(key: string): number {
    return this.#table.find(key);
  }

  /** The record in a slot, if it is known; valid until something is changed here. */
  recordAt(slot: number): Buffer | undefined {
    if (slot === NO_SLOT) return undefined;
    const record = this.#table.recordAt(slot);
    return record.length > 0 ? record : undefined;
  }

  /** Takes the record that was just written under a key, unless the user is shared or there is no room. */
  keep(slot: number, key: string, record: Uint8Array): void {
    if (slot === NO_SLOT) {
      if (this.#table.size < this.#usersMax) this.#put(slot, key, SETTLED, record);
      return;
    }
    const state = this.#table.tagAt(slot);
    if (state === SHARED) return;
    // Whoever has collided is settled when the next change goes through.
    const hasJustCollided = this.#table.recordAt(slot).length === 0;
    this.#put(slot, key, hasJustCollided ? COLLIDED : SETTLED, record);
  }

  /** Another node has changed the record under a key since. */
  collide(slot: number, key: string): void {
    if (slot === NO_SLOT) return;
    const state = this.#table.tagAt(slot);
    this.#put(slot, key, state === SETTLED ? COLLIDED : SHARED, NOTHING);
  }

  /** Forgets what is known. */
  drop(slot: number): void {
    this.#table.delete(slot);
  }

  #put(slot: number, key: string, state: number, record: Uint8Array): void {
    this.#table.put(slot, key, record, this.#clock.nowMs() + UNUSED_MS, state);
  }
}
