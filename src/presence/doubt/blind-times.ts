import type { Clock } from '../../clock.js';
import type { BlindInterval } from '../../detector/sight.js';
import type { Log } from '../../log.js';
import { type Store, storeUs } from '../../store/store.js';
import type { Namespaces } from '../namespace.js';
import { DOUBT_INTERVAL_MS, Exchange } from './exchange.js';

/** A time in which this node could not hear, on its own clock, ms. Whoever noted it makes it longer while it lasts. */
export interface BlindTime {
  fromMs: number;
  toMs: number;
  isOver: boolean;
}

/** Own times that the store does not have yet, at most; of more the oldest are merged. */
const UNSENT_MAX = 32;
/**
 * Nobody is judged at once when an outage has ended: other nodes may be back a little later and bring heartbeats that waited,
 * and clients that gave up come within their interval. An outage is longer by itself for that, up to so much, or
 * an expected interval if that is more, ms.
 */
const SETTLING_MS_MAX = 2_000;

/**
 * When nodes were blind: this one, and by way of the store all others. The silence of users is counted without these times
 * (Sight), on every node alike, because heartbeats of any user may have been on their way to the one that could not hear.
 */
export class BlindTimes {
  /** For /metrics: seconds in which this node was blind, and times that it was. */
  readonly counts = { blindMs: 0, times: 0, merged: 0 };
  readonly #store: Store;
  readonly #namespaces: Namespaces;
  readonly #leastMs: number;
  readonly #exchanged: (call: () => Promise<BlindInterval[]>) => Promise<BlindInterval[]>;
  readonly #changed: () => void;
  #unsent: BlindTime[] = [];
  /** As these, of times before this node was there. */
  #found: BlindInterval[] = [];
  /** What the store said last, of all nodes. */
  #shared: readonly BlindInterval[] = [];
  readonly #exchange: Exchange;

  /**
   * `leastMs`: what turns out to be shorter was no blindness. `exchanged` watches the calls. `changed`: whoever was judged
   * before may be judged otherwise now.
   */
  constructor(options: {
    readonly clock: Clock;
    readonly log: Log;
    readonly store: Store;
    readonly namespaces: Namespaces;
    readonly leastMs: number;
    readonly exchanged: (call: () => Promise<BlindInterval[]>) => Promise<BlindInterval[]>;
    readonly changed: () => void;
  }) {
    this.#store = options.store;
    this.#namespaces = options.namespaces;
    this.#leastMs = options.leastMs;
    this.#exchanged = options.exchanged;
    this.#changed = options.changed;
    this.#exchange = new Exchange({ ...options, intervalMs: DOUBT_INTERVAL_MS }, () => this.#tell());
  }

  /** This node was blind, and perhaps still is. Called again whenever `time` has changed. */
  note(time: BlindTime): void {
    if (!this.#unsent.includes(time)) {
      if (this.#unsent.length >= UNSENT_MAX) this.#mergeOldest();
      this.#unsent.push(time);
    }
    if (time.isOver) {
      const lengthMs = time.toMs - time.fromMs;
      if (lengthMs >= this.#leastMs) {
        this.counts.times += 1;
        this.counts.blindMs += lengthMs;
      } else this.#unsent.splice(this.#unsent.indexOf(time), 1);
    }
    this.#apply();
    if (!time.isOver) return;
    this.#changed();
    this.#exchange.soon();
  }

  /** Nobody was there, as this node has found out: on the store's clock. */
  find(interval: BlindInterval): void {
    if (interval.toUs - interval.fromUs < this.#leastMs * 1000) return;
    this.counts.times += 1;
    this.#found.push(interval);
    if (this.#found.length > UNSENT_MAX) this.#found.shift();
    this.#apply();
    this.#changed();
    this.#exchange.soon();
  }

  /** Another node has something to tell. */
  exchange(): void {
    this.#exchange.soon();
  }

  close(): void {
    this.#exchange.close();
  }

  /** Two that are over become one, the time between them included. */
  #mergeOldest(): void {
    const [first, second, ...others] = this.#unsent as [BlindTime, BlindTime, ...BlindTime[]];
    this.counts.merged += 1;
    const toMs = Math.max(first.toMs, second.toMs);
    this.#unsent = [{ fromMs: Math.min(first.fromMs, second.fromMs), toMs, isOver: true }, ...others];
  }

  /** Tells the other nodes what they do not know, and hears what this one does not. What could not be told is told later. */
  async #tell(): Promise<void> {
    const sent = this.#unsent.filter(({ isOver }) => isOver);
    const known = new Set(this.#shared.map(nameOf));
    const found = [...this.#found];
    let added: BlindInterval[] = [];
    this.#shared = await this.#exchanged(() => {
      added = [...this.#onStoreClock(sent), ...found];
      return this.#store.blind(added);
    });
    for (const interval of added) known.add(nameOf(interval));
    this.#unsent = this.#unsent.filter((time) => !sent.includes(time));
    this.#found = this.#found.filter((interval) => !found.includes(interval));
    this.#apply();
    if (this.#shared.some((interval) => !known.has(nameOf(interval)))) this.#changed();
  }

  /** Of a store that was never heard there is nobody to be silent. */
  #onStoreClock(times: readonly BlindTime[]): BlindInterval[] {
    const clocks = this.#store.clocks();
    if (!clocks) return [];
    return times.map(({ fromMs, toMs }) => ({
      fromUs: storeUs(fromMs, clocks),
      toUs: storeUs(toMs, clocks),
    }));
  }

  #apply(): void {
    const intervals = [...this.#shared, ...this.#found, ...this.#onStoreClock(this.#unsent)];
    for (const { sight, detector } of [...this.#namespaces.all(), this.#namespaces.nodes]) {
      const settlingUs = 1000 * Math.max(SETTLING_MS_MAX, detector.settings.expectedIntervalMs);
      sight.intervals = intervals.map(({ fromUs, toUs }) => ({
        fromUs,
        toUs: toUs + Math.min(settlingUs, toUs - fromUs),
      }));
    }
  }
}

function nameOf({ fromUs, toUs }: BlindInterval): string {
  return `${fromUs}-${toUs}`;
}
