import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import type { Reading, Store, StoreNamespace } from '../../store/store.js';
import type { Namespaces } from '../namespace.js';
import { BlindTimes } from './blind-times.js';
import { Outage } from './outage.js';
import { Stalls } from './stalls.js';

export interface DoubtSettings {
  /** A node that stood still, or has heartbeats waiting, for longer than this doubts itself, ms. */
  readonly stallMs: number;
}

/** Told when heartbeats cannot be recorded, and when they can again. */
export interface DoubtListener {
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
  readonly #settings: DoubtSettings;
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
    this.#settings = settings;
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
    return lagMs > this.#settings.stallMs ? lagMs : 0;
  }

  /** Whether what is said now is of before. */
  get isDegraded(): boolean {
    return this.recording.isOpen || this.lagMs > 0;
  }

  /**
   * Reads users as they may be judged: as of the moment up to which everything that was received is recorded, because the
   * silence after it may be this node's own.
   */
  async read(namespace: StoreNamespace, userIds: readonly string[]): Promise<Reading[]> {
    const readings = await this.reading.watch(() => this.#store.read(namespace, userIds));
    this.stalls.check();
    const { lagMs } = this;
    if (lagMs === 0) return readings;
    this.counts.lateReadings += readings.length;
    const lagUs = Math.floor(lagMs * 1000);
    return readings.map(({ record, nowUs }) => ({ record, nowUs: nowUs - lagUs }));
  }

  close(): void {
    this.stalls.close();
    this.blindTimes.close();
  }
}
