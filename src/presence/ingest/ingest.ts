import type { Clock } from '../../clock.js';
import type { Arrival } from '../../detector/arrival.js';
import { Distribution } from '../../distribution.js';
import {
  type Departure,
  NamespaceFullError,
  type ReceivedHeartbeat,
  type Store,
  StoreUnavailableError,
} from '../../store/store.js';
import type { Outage } from '../doubt/outage.js';
import type { Namespace } from '../namespace.js';
import { Admission } from './admission.js';
import { Batch, type Submission, type Unrecorded } from './batch.js';
import { IngestCounts } from './ingest-counts.js';
import { Lane } from './lane.js';
import { suggestedIntervalMs } from './suggestion.js';
import { WaitingSessions } from './waiting-sessions.js';

export interface IngestSettings {
  /** A heartbeat that comes alone, or with a few, waits at most this long for company before it may go, ms. */
  readonly batchDelayMs: number;
  /** A batch this large does not wait. */
  readonly batchSizeMax: number;
  /** Heartbeats received and not yet recorded, at most. Streams are read no further; what else comes is refused. */
  readonly pendingMax: number;
}

/** Of a batch: up to the largest that a setting allows; and from a store in this process to an outage, ms. */
const BATCH_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];
const LATENCIES_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 30_000];

/**
 * So many heartbeats that come at once were gathered by somebody before, and wait for no company: to wake for them again 2 ms later
 * would cost a process that has little to do 0.17 ms of CPU on a virtual machine (bench `nodes`).
 */
const GATHERED_MIN = 50;

/** A store that is away is tried again so soon, ms. */
const RETRY_DELAY_MS = 100;

/** Hears of each batch what became of its heartbeats, one by one. */
type RecordedListener = (
  namespace: Namespace,
  heartbeats: readonly ReceivedHeartbeat[],
  arrivals: readonly Arrival[],
) => void;

/**
 * Gathers heartbeats from all callers into batches of one namespace and lane, and hands each to the store: one
 * round trip for many. On a lane one batch follows another, so that a user's heartbeats, and a leave among them,
 * are recorded in the order in which they came. Acknowledged is what the store has recorded, never before.
 *
 * While the store is away everything waits in its lane, and keeps the time at which it was received. When there is then no room
 * left, a heartbeat that comes alone takes the place of an older one of its session.
 */
export class Ingest {
  readonly counts = new Map<string, IngestCounts>();
  /**
   * For /metrics: heartbeats in each batch, times from the receipt of the oldest in it until all were recorded or had failed,
   * and calls that were made again.
   */
  readonly batches = {
    sizes: new Distribution(BATCH_SIZES),
    latenciesMs: new Distribution(LATENCIES_MS),
    retries: 0,
  };
  readonly admission: Admission;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settings: IngestSettings;
  readonly #outage: Outage;
  readonly #recorded: RecordedListener;
  readonly #left: (namespace: Namespace, departure: Departure) => void;
  readonly #lanes: readonly Lane[];
  /** Batches of each namespace, by lane, that more may join. */
  readonly #open = new Map<Namespace, (Batch | undefined)[]>();
  #cancelFlush: (() => void) | undefined;
  /** Ends the pauses of lanes that wait for the store. */
  readonly #wakers = new Set<() => void>();
  #isInsisting = true;
  /** Made when there is no room left, until a lane moves on. */
  #waitingSessions: WaitingSessions | undefined;

  /** `recorded` hears what each batch turned out to be, before its callers do; `left` the same of leaves. */
  constructor(options: {
    readonly store: Store;
    readonly clock: Clock;
    readonly settings: IngestSettings;
    /** Takes note of what cannot be recorded. */
    readonly outage: Outage;
    readonly recorded?: RecordedListener;
    readonly left?: (namespace: Namespace, departure: Departure) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#outage = options.outage;
    this.#recorded = options.recorded ?? (() => {});
    this.#left = options.left ?? (() => {});
    this.admission = new Admission(options.settings.pendingMax);
    this.#lanes = Array.from({ length: options.store.lanes }, () => new Lane());
  }

  /** Heartbeats and leaves received and not yet recorded. */
  get pending(): number {
    return this.admission.pending;
  }

  /** The interval that a client who beats now is asked to keep, ms. */
  suggestedIntervalMs({ detector }: Namespace): number {
    return suggestedIntervalMs(detector.settings, this.pending / this.#settings.pendingMax, Math.random());
  }

  /** When the oldest of these was received, on the node's clock; undefined when there are none. O(lanes). */
  get oldestPendingMs(): number | undefined {
    let oldestMs: number | undefined;
    for (const lane of this.#lanes) {
      if (lane.oldestMs !== undefined && !(oldestMs !== undefined && oldestMs <= lane.oldestMs)) {
        oldestMs = lane.oldestMs;
      }
    }
    return oldestMs;
  }

  /**
   * Resolves when `heartbeats` are recorded, with those that were not because their user's record cannot be read, or the
   * namespace takes no more users: hardly ever any. A store that is away is waited for. Rejects with LimitReachedError (none was taken), or
   * with the store's error when one or more could not be recorded.
   */
  record(namespace: Namespace, heartbeats: readonly ReceivedHeartbeat[]): Promise<readonly Unrecorded[]> {
    if (heartbeats.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const submission: Submission = {
        heartbeats,
        remaining: heartbeats.length,
        error: undefined,
        unrecorded: [],
        resolve,
        reject,
      };
      if (this.admission.isFull && heartbeats.length === 1 && this.#replace(namespace, submission)) return;
      this.admission.take(heartbeats.length);
      const open = this.#openOf(namespace);
      for (const heartbeat of heartbeats) {
        const lane = this.#store.laneOf(heartbeat.userId);
        const batch = open[lane] ?? this.#begin(namespace, lane, open);
        batch.add(heartbeat, submission);
        if (batch.heartbeats.length < this.#settings.batchSizeMax) continue;
        open[lane] = undefined;
        this.#lane(lane).send();
      }
      if (heartbeats.length >= GATHERED_MIN) this.#flush();
    });
  }

  /** Ends a session, or all of the user's: after what came before it, and before what comes later. Rejects as `record` does. */
  async leave(namespace: Namespace, userId: string, sessionId: string): Promise<void> {
    const departure = await this.#inTurn(namespace, userId, (receivedMs) =>
      this.#store.leave(namespace, { userId, sessionId, receivedMs }),
    );
    if (departure) this.#left(namespace, departure);
  }

  /** Makes a user visible or invisible to others, in the same order. Rejects as `record` does. */
  async setVisibility(namespace: Namespace, userId: string, visible: boolean): Promise<void> {
    try {
      await this.#inTurn(namespace, userId, (receivedMs) =>
        this.#store.setVisibility(namespace, { userId, visible, receivedMs }),
      );
    } catch (error) {
      throw error instanceof NamespaceFullError ? namespace.refusal() : error;
    }
  }

  /** Takes note of heartbeats that were not valid, and so were not handed in. */
  reject(namespace: Namespace, heartbeats: number): void {
    this.#countsOf(namespace.name).rejected += heartbeats;
  }

  /** From now on what a store that is away does not take has failed, as it must when the node stops. */
  giveUp(): void {
    this.#isInsisting = false;
    for (const wake of this.#wakers) wake();
  }

  /** Sends what waits and resolves when everything received is recorded or has failed. */
  async drain(): Promise<void> {
    this.#flush();
    await this.admission.whenIdle();
  }

  /** Calls the store of one user when it is that one's turn; with the time at which this was asked for. */
  #inTurn<T>(namespace: Namespace, userId: string, call: (receivedMs: number) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.admission.take(1);
      const index = this.#store.laneOf(userId);
      // What comes later must not join what goes before it.
      this.#openOf(namespace)[index] = undefined;
      const lane = this.#lane(index);
      const receivedMs = this.#clock.nowMs();
      lane.push({
        oldestMs: receivedMs,
        changes: { namespace, userId },
        run: async () => {
          await this.#insist(userId, () => call(receivedMs)).then(resolve, reject);
          this.admission.release(1);
        },
      });
      lane.send();
    });
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
    const batch: Batch = new Batch(namespace, lane, () => this.#record(batch));
    open[lane] = batch;
    this.#lane(lane).push(batch);
    this.#cancelFlush ??= this.#clock.after(this.#settings.batchDelayMs, () => this.#flush());
    return batch;
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    for (const lane of this.#lanes) lane.send();
  }

  /** Whether, the store being away, a heartbeat found a place: that of an older one of its session. The older one's caller is told that it failed. */
  #replace(namespace: Namespace, submission: Submission): boolean {
    if (!this.#outage.isOpen) return false;
    this.#waitingSessions ??= new WaitingSessions(this.#lanes);
    const [heartbeat] = submission.heartbeats as [ReceivedHeartbeat];
    const before = this.#waitingSessions.replace(namespace, heartbeat, submission);
    if (!before) return false;
    this.admission.counts.replaced += 1;
    before.reject(
      new StoreUnavailableError(
        'the store is away, and a newer heartbeat of this session waits in the place of this one',
      ),
    );
    return true;
  }

  async #record(batch: Batch): Promise<void> {
    this.#waitingSessions = undefined;
    const { namespace, lane, heartbeats } = batch;
    const open = this.#openOf(namespace);
    if (open[lane] === batch) open[lane] = undefined;
    this.batches.sizes.add(heartbeats.length);
    try {
      const [{ userId }] = heartbeats as [ReceivedHeartbeat];
      const { arrivals } = await this.#insist(userId, () => this.#store.record(namespace, lane, heartbeats));
      const counts = this.#countsOf(namespace.name);
      for (const arrival of arrivals) counts.add(arrival);
      this.#recorded(namespace, heartbeats, arrivals);
      batch.settle(arrivals, undefined);
    } catch (error) {
      this.#countsOf(namespace.name).failed += heartbeats.length;
      batch.settle([], error as Error);
    }
    this.batches.latenciesMs.add(this.#clock.nowMs() - batch.oldestMs);
    this.admission.release(heartbeats.length);
  }

  /** Calls the store until it is there; `userId`: one of those whom the call is about. */
  async #insist<T>(userId: string, call: () => Promise<T>): Promise<T> {
    const partition = this.#store.partitionOf(userId);
    for (;;) {
      try {
        return await this.#outage.watch(partition, call);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || !this.#isInsisting) throw error;
      }
      this.batches.retries += 1;
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakers.delete(wake);
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(RETRY_DELAY_MS, wake);
      this.#wakers.add(wake);
    });
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
