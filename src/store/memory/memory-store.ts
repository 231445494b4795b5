import type { Clock } from '../../clock.js';
import { ANNOUNCED_FLAGS, type Arrival } from '../../detector/session.js';
import { recordHeartbeat, recordLeave, type UserRecord } from '../../detector/user.js';
import type { Reading, ReceivedHeartbeat, Recorded, Store, StoreListener, StoreNamespace } from '../store.js';

interface Entry {
  readonly user: UserRecord;
  expiresUs: number;
}

/** Counts of a namespace, and when they were decayed last. */
interface Tally {
  readonly atUs: number;
  readonly sums: Float64Array;
}

/** Entries examined for expiry with every heartbeat: the store is swept twice while it is refreshed once. */
const SWEPT_PER_HEARTBEAT = 2;

/**
 * The embedded store: facts in this process, gone with it. For one node, for tests and for a first try.
 * One lane; its clock is the injected one.
 */
export class MemoryStore implements Store {
  readonly name = 'embedded';
  readonly lanes = 1;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #tallies = new Map<string, Tally>();
  readonly #listeners = new Set<StoreListener>();
  #sweep: MapIterator<[string, Entry]> = this.#entries.entries();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  laneOf(): number {
    return 0;
  }

  isReady(): boolean {
    return true;
  }

  async record(
    namespace: StoreNamespace,
    _lane: number,
    heartbeats: readonly ReceivedHeartbeat[],
  ): Promise<Recorded> {
    const nowUs = this.#clock.epochUs();
    const nowMs = this.#clock.nowMs();
    const arrivals = heartbeats.map((heartbeat): Arrival => {
      const atUs = nowUs - Math.floor((nowMs - heartbeat.receivedMs) * 1000 + 0.5);
      const entry = this.#entry(namespace, heartbeat.userId, nowUs);
      const arrival = recordHeartbeat(entry.user, heartbeat, { atUs, nowUs }, namespace.detector);
      entry.expiresUs = nowUs + namespace.retentionMs * 1000;
      this.#expireSome(nowUs);
      if ((arrival.flags & ANNOUNCED_FLAGS) !== 0) this.#announce(namespace.name, heartbeat.userId);
      return arrival;
    });
    return { nowUs, arrivals };
  }

  async leave(namespace: StoreNamespace, userId: string, sessionId: string): Promise<void> {
    const nowUs = this.#clock.epochUs();
    const entry = this.#live(key(namespace.name, userId), nowUs);
    if (!entry || !recordLeave(entry.user, sessionId, nowUs)) return;
    entry.expiresUs = nowUs + namespace.retentionMs * 1000;
    this.#announce(namespace.name, userId);
  }

  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    const nowUs = this.#clock.epochUs();
    return userIds.map((userId) => ({ nowUs, record: this.#live(key(namespace.name, userId), nowUs)?.user }));
  }

  async learn({ name, halfLifeMs }: StoreNamespace, counts: Float64Array): Promise<Float64Array> {
    const atUs = this.#clock.epochUs();
    const sums = counts.slice();
    const known = this.#tallies.get(name);
    if (known?.sums.length === sums.length) {
      const kept = 2 ** (-(atUs - known.atUs) / 1000 / halfLifeMs);
      for (let i = 0; i < sums.length; i++) {
        sums[i] = (sums[i] as number) + kept * (known.sums[i] as number);
      }
    }
    this.#tallies.set(name, { atUs, sums });
    return sums.slice();
  }

  follow(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#entries.clear();
    this.#tallies.clear();
  }

  /** Users held, those expired but not yet swept included. */
  get size(): number {
    return this.#entries.size;
  }

  #announce(namespace: string, userId: string): void {
    for (const listener of this.#listeners) listener.changed(namespace, userId);
  }

  #live(entryKey: string, nowUs: number): Entry | undefined {
    const entry = this.#entries.get(entryKey);
    return entry && entry.expiresUs > nowUs ? entry : undefined;
  }

  #entry(namespace: StoreNamespace, userId: string, nowUs: number): Entry {
    const entryKey = key(namespace.name, userId);
    let entry = this.#live(entryKey, nowUs);
    if (!entry) {
      entry = { user: { sessions: [] }, expiresUs: 0 };
      this.#entries.set(entryKey, entry);
    }
    return entry;
  }

  #expireSome(nowUs: number): void {
    for (let i = 0; i < SWEPT_PER_HEARTBEAT; i++) {
      const next = this.#sweep.next();
      if (next.done) {
        this.#sweep = this.#entries.entries();
        return;
      }
      const [entryKey, entry] = next.value;
      if (entry.expiresUs <= nowUs) this.#entries.delete(entryKey);
    }
  }
}

function key(namespace: string, userId: string): string {
  return `${namespace}:${userId}`;
}
