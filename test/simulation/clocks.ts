import type { Clock } from '../../src/clock.js';
import type { Random } from '../../src/fleet/random.js';
import type { EventQueue, Gate } from './event-queue.js';

const EPOCH_US = 1_700_000_000_000_000;

/** setTimeout is late by up to so much on a machine with nothing else to do, ms. */
const TIMER_LATE_MS_MAX = 1;
/** A timer must not fire before its time because a date in ms was rounded. */
const ROUNDING_MS = 1e-6;

/** An instant on the store's clock, µs. */
export function storeUs(trueMs: number): number {
  return EPOCH_US + Math.round(trueMs * 1000);
}

/** The instant at which the store's clock showed that. */
export function trueMs(us: number): number {
  return (us - EPOCH_US) / 1000;
}

/** The store's clock is right. */
export class StoreClock implements Clock {
  readonly #queue: EventQueue;

  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  nowMs(): number {
    return this.#queue.nowMs;
  }

  epochUs(): number {
    return storeUs(this.#queue.nowMs);
  }

  after(delayMs: number, fire: () => void): () => void {
    return this.#queue.at(this.#queue.nowMs + delayMs, fire, { isTimer: true });
  }
}

/** How a node's clock differs from the store's. */
export interface Skew {
  readonly offsetMs: number;
  /** By how much it goes too fast, in millionths. */
  readonly driftPpm: number;
}

/** A node's clock: an origin and a speed of its own. Its timers wait while the node's event loop stands still. */
export class NodeClock implements Clock {
  readonly #queue: EventQueue;
  readonly #gate: Gate;
  readonly #random: Random;
  readonly #offsetMs: number;
  readonly #speed: number;

  constructor(options: {
    readonly queue: EventQueue;
    readonly gate: Gate;
    readonly random: Random;
    readonly skew: Skew;
  }) {
    this.#queue = options.queue;
    this.#gate = options.gate;
    this.#random = options.random;
    this.#offsetMs = options.skew.offsetMs;
    this.#speed = 1 + options.skew.driftPpm / 1e6;
  }

  nowMs(): number {
    return this.#offsetMs + this.#speed * this.#queue.nowMs;
  }

  epochUs(): number {
    return EPOCH_US + Math.round(this.nowMs() * 1000);
  }

  after(delayMs: number, fire: () => void): () => void {
    const waitMs = delayMs / this.#speed + ROUNDING_MS + this.#random.uniform(0, TIMER_LATE_MS_MAX);
    return this.#queue.at(this.#queue.nowMs + waitMs, fire, { gate: this.#gate, isTimer: true });
  }
}
