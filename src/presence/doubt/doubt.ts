import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import type { Reading, Store, StoreNamespace } from '../../store/store.js';
import type { Namespaces } from '../namespace.js';
import { BlindTimes } from './blind-times.js';
import { Outage } from './outage.js';
import { Stalls } from './stalls.js';

export interface DoubtSettings {
  /** A node that stood still, or was without its store, for longer than this was blind, ms. */
  readonly stallMs: number;
}

/** A healthy node records what it receives in less, ms. */
const LAG_MS_MIN = 50;

/** What the store says of users, as a node that doubts itself may judge it. */
export interface Observation {
  /** As of the moment up to which everything that was received is recorded: later silence may be this node's own. */
  readonly readings: Reading[];
  /** How long ago that is, ms; 0 as a rule. */
  readonly lagMs: number;
  /** Whether what is said now is of before. */
  readonly isDegraded: boolean;
}

/** Told when heartbeats cannot be recorded, and when they can again. */
interface DoubtListener {
  recordingLost(error: Error): void;
  recordingRecovered(): void;
}

/**
 * What this node holds against itself before it suspects a user: that it stood still, that it could not reach the store, that
 * heartbeats it has received are not recorded yet.
 */
export class Doubt {
  readonly stalls: Stalls;
  readonly blindTimes: BlindTimes;
  /** Heartbeats and leaves to the store; and everything that is asked of it. */
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
      store,
      namespaces,
      leastMs: settings.stallMs,
      exchanged: (call) => this.reading.watch(call),
    });
    this.stalls = new Stalls(clock, settings.stallMs, (fromMs, toMs) => {
      log.warn({ ms: Math.round(toMs - fromMs) }, 'this process stood still: nobody is suspected for it');
      this.blindTimes.note({ fromMs, toMs, isOver: true });
    });
  }

  /** Time since the oldest heartbeat was received that is not recorded, where that is worth doubting, ms; else 0. */
  get lagMs(): number {
    const oldestMs = this.#oldestPendingMs();
    if (oldestMs === undefined) return 0;
    const lagMs = this.#clock.nowMs() - oldestMs;
    return lagMs > LAG_MS_MIN ? lagMs : 0;
  }

  /** Reads users so that they may be judged. Rejects as Store.read does. */
  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Observation> {
    const read = await this.reading.watch(() => this.#store.read(namespace, userIds));
    this.stalls.check();
    const { lagMs } = this;
    const isDegraded = this.recording.isOpen || lagMs > 0;
    if (lagMs === 0) return { readings: read, lagMs, isDegraded };
    this.counts.lateReadings += read.length;
    const lagUs = Math.floor(lagMs * 1000);
    const readings = read.map(({ record, nowUs }) => ({ record, nowUs: nowUs - lagUs }));
    return { readings, lagMs, isDegraded };
  }

  close(): void {
    this.stalls.close();
    this.blindTimes.close();
  }
}
