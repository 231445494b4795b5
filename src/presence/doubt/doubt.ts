import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { type Hold, type Reading, type Store, storeUs } from '../../store/store.js';
import type { Namespace, Namespaces } from '../namespace.js';
import { BlindTimes } from './blind-times.js';
import { Holds } from './holds.js';
import type { HoldNews } from './mass-silence.js';
import { Outage } from './outage.js';
import { Peers } from './peers.js';
import { Stalls } from './stalls.js';

export interface DoubtSettings {
  /** A node that stood still, or was without its store, for longer than this was blind, ms. */
  readonly stallMs: number;
}

/** The partition of what nodes share. */
const SHARED = 0;

/** A healthy node records what it receives in less, ms. */
const LAG_MS_MIN = 50;

/** What the store says of users, as a node that doubts itself may judge it. */
export interface Observation {
  /** As of the moment up to which everything that was received is recorded: later silence may be this node's own. */
  readonly readings: Reading[];
  /** How long ago that is, ms; 0 as a rule. */
  readonly lagMs: number;
  /** The store's clock when the answer arrived, µs. */
  readonly nowUs: number;
  /** Whether what is said now is of before. */
  readonly isDegraded: boolean;
  /** The store has lost its data lately: whom it does not know may be there all the same. */
  readonly hasLostData: boolean;
}

/** Told when heartbeats cannot be recorded, when they can again, that everybody is to be judged anew, and of holds. */
interface DoubtListener {
  recordingLost(error: Error): void;
  recordingRecovered(): void;
  sightChanged(): void;
  held(namespace: Namespace, hold: Hold, news: HoldNews): void;
}

/**
 * What this node holds against itself before it suspects a user: that it stood still, that it could not reach the store, that
 * heartbeats it has received are not recorded yet, that very many are silent at once.
 */
export class Doubt {
  readonly stalls: Stalls;
  readonly blindTimes: BlindTimes;
  readonly holds: Holds;
  readonly peers: Peers;
  /** Heartbeats and leaves to the store; and what is asked of it where the documents are that nodes share. */
  readonly recording: Outage;
  readonly reading: Outage;
  /** For /metrics: readings judged as of before, because heartbeats received since were not recorded yet. */
  readonly counts = { lateReadings: 0 };
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #oldestPendingMs: () => number | undefined;

  /** `oldestPendingMs`: when the oldest heartbeat that is not recorded was received; undefined when all are. */
  constructor(options: {
    readonly clock: Clock;
    readonly log: Log;
    readonly store: Store;
    readonly namespaces: Namespaces;
    readonly nodeId: string;
    readonly settings: DoubtSettings;
    readonly listener: DoubtListener;
    readonly oldestPendingMs: () => number | undefined;
  }) {
    const { clock, log, store, namespaces, settings, listener } = options;
    this.#clock = clock;
    this.#store = store;
    this.#oldestPendingMs = options.oldestPendingMs;
    const noted = (time: Parameters<BlindTimes['note']>[0]) => this.blindTimes.note(time);
    this.recording = new Outage(clock, {
      noted,
      began: (error) => {
        log.warn({ error: error.message }, 'heartbeats wait: the store does not record them');
        listener.recordingLost(error);
      },
      ended: () => {
        log.info({}, 'heartbeats are recorded again');
        listener.recordingRecovered();
      },
    });
    this.reading = new Outage(clock, { noted, began: () => {}, ended: () => {} });
    this.blindTimes = new BlindTimes({
      clock,
      log,
      store,
      namespaces,
      leastMs: settings.stallMs,
      exchanged: (call) => this.reading.watch(SHARED, call),
      changed: () => listener.sightChanged(),
    });
    this.holds = new Holds({
      clock,
      log,
      store,
      namespaces,
      nowUs: () => this.#lookUs(),
      exchanged: (call) => this.reading.watch(SHARED, call),
      read: (namespace, userIds) => store.read(namespace, userIds),
      changed: (namespace, hold, news) => listener.held(namespace, hold, news),
    });
    this.peers = new Peers({
      id: options.nodeId,
      clock,
      log,
      store,
      namespaces,
      completeUs: () => {
        // Whoever has just stood still has not read what came meanwhile: the others are to know that first.
        this.stalls.check();
        const completeUs = this.#completeUs(options.oldestPendingMs());
        // Others compare it with the times of records.
        const safeUs = completeUs && completeUs - store.clockErrorUs;
        return safeUs && Math.min(safeUs, Math.floor(this.holds.sureUs));
      },
      exchanged: (call) => this.reading.watch(SHARED, call),
      absent: (interval) => this.blindTimes.find(interval),
    });
    this.stalls = new Stalls(clock, settings.stallMs, (fromMs, toMs) => {
      log.warn({ ms: Math.round(toMs - fromMs) }, 'this process stood still: nobody is suspected for it');
      this.blindTimes.note({ fromMs, toMs, isOver: true });
    });
  }

  /** Time since the oldest heartbeat was received that is not recorded, where that is worth doubting, ms; else 0. */
  get lagMs(): number {
    return this.#ageMs(this.#oldestPendingMs());
  }

  #ageMs(receivedMs: number | undefined): number {
    const ageMs = receivedMs === undefined ? 0 : this.#clock.nowMs() - receivedMs;
    return ageMs > LAG_MS_MIN ? ageMs : 0;
  }

  /**
   * Reads users of one partition (byPartition) so that they may be judged. Rejects as Store.read does. Where another partition
   * than that of the documents cannot be read is no outage: nobody would ask it again, and nobody is judged without its answer.
   */
  async read(namespace: Namespace, userIds: readonly string[]): Promise<Observation> {
    await this.peers.meet();
    // What is received and recorded while the answer is on its way may be missing in it.
    const oldestMs = this.#oldestPendingMs() ?? this.#clock.nowMs();
    const ask = () => this.#store.read(namespace, userIds);
    const [userId] = userIds as [string];
    const isShared = this.#store.partitionOf(userId) === SHARED;
    const read = await (isShared ? this.reading.watch(SHARED, ask) : ask());
    this.stalls.check();
    const lagMs = Math.max(this.lagMs, this.#ageMs(oldestMs));
    const isDegraded = this.recording.isOpen || lagMs > 0;
    const nowUs = Math.max(this.#store.clocks()?.nowUs ?? 0, read[0]?.nowUs ?? 0);
    const { lostDataUs } = this.#store;
    const hasLostData = nowUs < lostDataUs + namespace.detector.settings.maxSilenceMs * 1000;
    if (lagMs === 0) return { readings: read, lagMs, nowUs, isDegraded, hasLostData };
    this.counts.lateReadings += read.length;
    const lagUs = Math.floor(lagMs * 1000);
    // Where there is no record there may have been one before.
    const readings = read.map((reading) => {
      const { record, unseen, nowUs } = reading;
      return record ? { nowUs: nowUs - lagUs, record, unseen } : reading;
    });
    return { readings, lagMs, nowUs, isDegraded, hasLostData };
  }

  /** Another node has something to tell. */
  exchange(): void {
    this.blindTimes.exchange();
    this.holds.exchange();
  }

  /** The moment up to which everything that was received is recorded, on the store's clock; undefined when that was never heard. */
  #completeUs(oldestPendingMs: number | undefined): number | undefined {
    const clocks = this.#store.clocks();
    return clocks && storeUs(oldestPendingMs ?? clocks.nowMs, clocks);
  }

  /** The same, for who looks for those who are missing; undefined while they may only be unheard. */
  #lookUs(): number | undefined {
    if (this.recording.isOpen || this.reading.isOpen) return undefined;
    return this.#completeUs(this.lagMs > 0 ? this.#oldestPendingMs() : undefined);
  }

  close(): void {
    this.peers.close();
    this.holds.close();
    this.stalls.close();
    this.blindTimes.close();
  }
}
