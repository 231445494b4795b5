import type { Clock } from '../../clock.js';
import type { Arrival } from '../../detector/session.js';
import type { ReceivedHeartbeat, Store } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import { Admission } from './admission.js';
import { Batch, type Submission } from './batch.js';
import { IngestCounts } from './ingest-counts.js';
import { Lane } from './lane.js';

export interface IngestSettings {
  /** A heartbeat waits at most this long for company before it may go, ms. */
  readonly batchDelayMs: number;
  /** A batch this large does not wait. */
  readonly batchSizeMax: number;
  /** Heartbeats received and not yet recorded, at most. Streams are read no further; what else comes is refused. */
  readonly pendingMax: number;
}

/**
 * Gathers heartbeats from all callers into batches of one namespace and lane, and hands each to the store: one
 * round trip for many. On a lane one batch follows another, so that a user's heartbeats, and a leave among them,
 * are recorded in the order in which they came. Acknowledged is what the store has recorded, never before.
 */
export class Ingest {
  readonly counts = new Map<string, IngestCounts>();
  readonly batches = { sent: 0, heartbeats: 0 };
  readonly admission: Admission;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settings: IngestSettings;
  readonly #recorded: (namespace: Namespace, arrivals: readonly Arrival[]) => void;
  readonly #lanes: readonly Lane[];
  /** Batches of each namespace, by lane, that more may join. */
  readonly #open = new Map<Namespace, (Batch | undefined)[]>();
  #cancelFlush: (() => void) | undefined;

  /** `recorded` hears what each batch turned out to be, before its callers do. */
  constructor(options: {
    readonly store: Store;
    readonly clock: Clock;
    readonly settings: IngestSettings;
    readonly recorded?: (namespace: Namespace, arrivals: readonly Arrival[]) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#recorded = options.recorded ?? (() => {});
    this.admission = new Admission(options.settings.pendingMax);
    this.#lanes = Array.from({ length: options.store.lanes }, () => new Lane());
  }

  /** Heartbeats and leaves received and not yet recorded. */
  get pending(): number {
    return this.admission.pending;
  }

  /**
   * Resolves when `heartbeats` are recorded, with the positions of those that were not because their user's record
   * cannot be read: hardly ever any. Rejects with LimitReachedError (none was taken), or with the store's error when
   * one or more could not be recorded.
   */
  record(namespace: Namespace, heartbeats: readonly ReceivedHeartbeat[]): Promise<readonly number[]> {
    if (heartbeats.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.admission.take(heartbeats.length);
      const submission: Submission = {
        heartbeats,
        remaining: heartbeats.length,
        error: undefined,
        unreadable: [],
        resolve,
        reject,
      };
      const open = this.#openOf(namespace);
      for (const heartbeat of heartbeats) {
        const lane = this.#store.laneOf(heartbeat.userId);
        const batch = open[lane] ?? this.#begin(namespace, lane, open);
        batch.add(heartbeat, submission);
        if (batch.heartbeats.length < this.#settings.batchSizeMax) continue;
        open[lane] = undefined;
        this.#lane(lane).send();
      }
    });
  }

  /**
   * Ends a session, or all of the user's: after what came before it on the user's lane, and before what comes later.
   * Rejects as `record` does.
   */
  leave(namespace: Namespace, userId: string, sessionId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.admission.take(1);
      const index = this.#store.laneOf(userId);
      // What comes later must not join what goes before it.
      this.#openOf(namespace)[index] = undefined;
      const lane = this.#lane(index);
      lane.push(async () => {
        await this.#store.leave(namespace, userId, sessionId).then(resolve, reject);
        this.admission.release(1);
      });
      lane.send();
    });
  }

  /** Sends what waits and resolves when everything received is recorded or has failed. */
  async drain(): Promise<void> {
    this.#flush();
    await this.admission.whenIdle();
  }

  #openOf(namespace: Namespace): (Batch | undefined)[] {
    let open = this.#open.get(namespace);
    if (!open) {
      open = new Array<Batch | undefined>(this.#lanes.length).fill(undefined);
      this.#open.set(namespace, open);
    }
    return open;
  }

  #begin(namespace: Namespace, lane: number, open: (Batch | undefined)[]): Batch {
    const batch = new Batch(namespace, lane);
    open[lane] = batch;
    this.#lane(lane).push(() => this.#record(batch));
    this.#cancelFlush ??= this.#clock.after(this.#settings.batchDelayMs, () => this.#flush());
    return batch;
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    for (const lane of this.#lanes) lane.send();
  }

  async #record(batch: Batch): Promise<void> {
    const { namespace, lane, heartbeats } = batch;
    const open = this.#openOf(namespace);
    if (open[lane] === batch) open[lane] = undefined;
    this.batches.sent += 1;
    this.batches.heartbeats += heartbeats.length;
    try {
      const { arrivals } = await this.#store.record(namespace, lane, heartbeats);
      this.#count(namespace, arrivals);
      batch.settle(arrivals, undefined);
    } catch (error) {
      this.#countsOf(namespace.name).failed += heartbeats.length;
      batch.settle([], error as Error);
    }
    this.admission.release(heartbeats.length);
  }

  #count(namespace: Namespace, arrivals: readonly Arrival[]): void {
    const counts = this.#countsOf(namespace.name);
    const { calibration, detector } = namespace;
    for (const arrival of arrivals) {
      counts.add(arrival);
      calibration.add(arrival, detector);
    }
    this.#recorded(namespace, arrivals);
  }

  #countsOf(namespace: string): IngestCounts {
    let counts = this.counts.get(namespace);
    if (!counts) {
      counts = new IngestCounts();
      this.counts.set(namespace, counts);
    }
    return counts;
  }

  #lane(index: number): Lane {
    return this.#lanes[index] as Lane;
  }
}
