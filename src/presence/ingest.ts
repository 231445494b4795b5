import type { Clock } from '../clock.js';
import { type Arrival, ArrivalFlag } from '../detector/session.js';
import type { ReceivedHeartbeat, Store } from '../store/store.js';
import { LimitReachedError } from './errors.js';
import type { Namespace } from './namespace.js';

export interface IngestSettings {
  /** A heartbeat waits at most this long for company, ms. */
  readonly batchDelayMs: number;
  /** A batch this large does not wait. */
  readonly batchSizeMax: number;
  /** Heartbeats received and not yet recorded, at most; more are refused. */
  readonly pendingMax: number;
}

/** What became of the heartbeats of a namespace. Plain numbers: the hot path counts, /metrics reads. */
export interface IngestCounts {
  recorded: number;
  firstSeen: number;
  late: number;
  duplicate: number;
  burst: number;
  stale: number;
  lost: number;
  failed: number;
}

interface Submission {
  remaining: number;
  error: Error | undefined;
  /** Positions of heartbeats whose user's record cannot be read. */
  unreadable: number[];
  readonly done: (submission: Submission) => void;
}

interface Batch {
  readonly namespace: Namespace;
  readonly lane: number;
  readonly heartbeats: ReceivedHeartbeat[];
  /** Whose heartbeat each is, and its position there. */
  readonly submissions: Submission[];
  readonly positions: number[];
}

/**
 * Gathers heartbeats from all callers into one micro-batch a namespace and lane, and hands each to the store: one
 * round trip and one script call for many. A heartbeat is acknowledged when the store has recorded it, never before.
 */
export class Ingest {
  readonly counts = new Map<string, IngestCounts>();
  readonly batches = { sent: 0, heartbeats: 0, refused: 0 };
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settings: IngestSettings;
  readonly #recorded: (namespace: Namespace, arrivals: readonly Arrival[]) => void;
  readonly #open = new Map<Namespace, (Batch | undefined)[]>();
  readonly #inFlight = new Set<Promise<void>>();
  #pending = 0;
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
  }

  /** Heartbeats received and not yet recorded. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Resolves when `heartbeats` are recorded, with the positions of those that were not because their user's record
   * cannot be read: hardly ever any. Rejects with LimitReachedError (none was taken), or with the store's error when
   * one or more could not be recorded.
   */
  record(namespace: Namespace, heartbeats: readonly ReceivedHeartbeat[]): Promise<readonly number[]> {
    if (heartbeats.length === 0) return Promise.resolve([]);
    if (this.#pending + heartbeats.length > this.#settings.pendingMax) {
      this.batches.refused += heartbeats.length;
      return Promise.reject(
        new LimitReachedError('heartbeats waiting to be recorded', this.#settings.pendingMax),
      );
    }
    this.#pending += heartbeats.length;
    return new Promise((resolve, reject) => {
      const submission: Submission = {
        remaining: heartbeats.length,
        error: undefined,
        unreadable: [],
        done: ({ error, unreadable }) => (error ? reject(error) : resolve(unreadable)),
      };
      const batches = this.#batchesOf(namespace);
      for (let position = 0; position < heartbeats.length; position++) {
        const heartbeat = heartbeats[position] as ReceivedHeartbeat;
        const batch = this.#batchFor(namespace, batches, this.#store.laneOf(heartbeat.userId));
        batch.heartbeats.push(heartbeat);
        batch.submissions.push(submission);
        batch.positions.push(position);
        if (batch.heartbeats.length >= this.#settings.batchSizeMax) this.#send(batch);
      }
    });
  }

  /** Ends a session, or all of the user's; after the user's heartbeats that arrived before. */
  async leave(namespace: Namespace, userId: string, sessionId: string): Promise<void> {
    const batch = this.#open.get(namespace)?.[this.#store.laneOf(userId)];
    if (batch) this.#send(batch);
    await this.#store.leave(namespace, userId, sessionId);
  }

  /** Sends what waits and resolves when everything received is recorded or refused. */
  async drain(): Promise<void> {
    this.#flush();
    await Promise.all(this.#inFlight);
  }

  /** The open batches of a namespace, by lane. */
  #batchesOf(namespace: Namespace): (Batch | undefined)[] {
    let batches = this.#open.get(namespace);
    if (!batches) {
      batches = new Array<Batch | undefined>(this.#store.lanes).fill(undefined);
      this.#open.set(namespace, batches);
    }
    return batches;
  }

  #batchFor(namespace: Namespace, batches: (Batch | undefined)[], lane: number): Batch {
    let batch = batches[lane];
    if (!batch) {
      batch = { namespace, lane, heartbeats: [], submissions: [], positions: [] };
      batches[lane] = batch;
      this.#cancelFlush ??= this.#clock.after(this.#settings.batchDelayMs, () => this.#flush());
    }
    return batch;
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    for (const batches of this.#open.values()) {
      for (const batch of batches) if (batch) this.#send(batch);
    }
  }

  #send(batch: Batch): void {
    this.#batchesOf(batch.namespace)[batch.lane] = undefined;
    this.batches.sent += 1;
    this.batches.heartbeats += batch.heartbeats.length;
    const sent = this.#store.record(batch.namespace, batch.lane, batch.heartbeats).then(
      ({ arrivals }) => this.#settle(batch, arrivals, undefined),
      (error: Error) => this.#settle(batch, [], error),
    );
    this.#inFlight.add(sent);
    void sent.then(() => this.#inFlight.delete(sent));
  }

  #settle(batch: Batch, arrivals: readonly Arrival[], error: Error | undefined): void {
    this.#pending -= batch.heartbeats.length;
    const counts = this.#countsOf(batch.namespace.name);
    if (error) counts.failed += batch.heartbeats.length;
    const { calibration, detector } = batch.namespace;
    for (const arrival of arrivals) {
      count(counts, arrival);
      calibration.add(arrival, detector);
    }
    this.#recorded(batch.namespace, arrivals);
    for (const [i, submission] of batch.submissions.entries()) {
      submission.error ??= error;
      const flags = arrivals[i]?.flags ?? 0;
      if (flags & ArrivalFlag.UNREADABLE) submission.unreadable.push(batch.positions[i] as number);
      submission.remaining -= 1;
      if (submission.remaining === 0) submission.done(submission);
    }
  }

  #countsOf(namespace: string): IngestCounts {
    let counts = this.counts.get(namespace);
    if (!counts) {
      counts = { recorded: 0, firstSeen: 0, late: 0, duplicate: 0, burst: 0, stale: 0, lost: 0, failed: 0 };
      this.counts.set(namespace, counts);
    }
    return counts;
  }
}

function count(counts: IngestCounts, { flags, lost }: Arrival): void {
  if (flags & ArrivalFlag.UNREADABLE) {
    counts.failed += 1;
    return;
  }
  counts.recorded += 1;
  counts.lost += lost;
  if (flags === 0) return;
  if (flags & ArrivalFlag.FIRST_SEEN) counts.firstSeen += 1;
  if (flags & ArrivalFlag.LATE) counts.late += 1;
  if (flags & ArrivalFlag.DUPLICATE) counts.duplicate += 1;
  if (flags & ArrivalFlag.BURST) counts.burst += 1;
  if (flags & ArrivalFlag.STALE) counts.stale += 1;
}
