import type { Random } from '../../src/fleet/random.js';
import type { StoreListener } from '../../src/store/store.js';
import type { EventQueue, Gate } from './event-queue.js';
import type { Faults } from './fault.js';
import type { SharedStore } from './shared-store.js';
import { wayMs } from './way.js';

/**
 * What a node hears of changes in the store: each a little later, in order. It breaks as a connection does: changes are
 * missed, the node is told `lost`, and `resync` when it hears again.
 */
export class RemoteFeed {
  readonly #node: number;
  readonly #queue: EventQueue;
  readonly #gate: Gate;
  readonly #faults: Faults;
  readonly #random: Random;
  readonly #listeners = new Set<StoreListener>();
  readonly #unfollow: () => void;
  /** Reasons why it is broken. */
  #broken = 0;
  #arrivalMs = 0;
  /** The node will be told that it is broken. */
  #tellLost: (() => void) | undefined;
  #cancelLost = () => {};

  constructor(options: {
    readonly node: number;
    readonly queue: EventQueue;
    readonly gate: Gate;
    readonly faults: Faults;
    readonly shared: SharedStore;
    readonly random: Random;
  }) {
    this.#node = options.node;
    this.#queue = options.queue;
    this.#gate = options.gate;
    this.#faults = options.faults;
    this.#random = options.random;
    this.#unfollow = options.shared.follow({
      changed: (namespace, userId, onlyLate) => {
        if (this.#broken === 0) this.#send((listener) => listener.changed(namespace, userId, onlyLate));
      },
      groupChanged: (namespace, groupId) => {
        if (this.#broken === 0) this.#send((listener) => listener.groupChanged?.(namespace, groupId));
      },
      doubted: () => {
        if (this.#broken === 0) this.#send((listener) => listener.doubted());
      },
    });
  }

  follow(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From now on changes are missed; the node finds out after a while. */
  breaks(error: Error, afterMs = 0): void {
    this.#broken += 1;
    if (this.#broken > 1) return;
    this.#tellLost = () => {
      this.#tellLost = undefined;
      for (const listener of this.#listeners) listener.lost(error);
    };
    this.#cancelLost = this.#queue.at(this.#queue.nowMs + afterMs, () => this.#tellLost?.(), {
      gate: this.#gate,
    });
  }

  mends(): void {
    this.#broken -= 1;
    if (this.#broken > 0) return;
    const tellLost = this.#tellLost;
    this.#cancelLost();
    this.#tellLost = undefined;
    this.#send((listener) => {
      tellLost?.();
      listener.resync();
    });
  }

  close(): void {
    this.#unfollow();
    this.#listeners.clear();
  }

  #send(tell: (listener: StoreListener) => void): void {
    const { nowMs } = this.#queue;
    const slow = this.#faults.active('slow feed', this.#node, nowMs);
    const partition = this.#faults.active('partition', this.#node, nowMs);
    const sentMs = partition?.isQuiet ? partition.toMs : nowMs;
    const delayMs = wayMs(this.#random) + (slow ? this.#random.uniform(0, slow.delayMs) : 0);
    this.#arrivalMs = Math.max(sentMs + delayMs, this.#arrivalMs);
    const deliver = () => {
      for (const listener of this.#listeners) tell(listener);
    };
    this.#queue.at(this.#arrivalMs, deliver, { gate: this.#gate });
  }
}
