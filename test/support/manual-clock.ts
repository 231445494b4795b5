import type { Clock } from '../../src/clock.js';

/** A clock that stands still until it is advanced; timers fire in order of their time while it is. */
export class ManualClock implements Clock {
  #nowMs = 1_000;
  readonly #timers = new Set<{ dueMs: number; fire: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  epochUs(): number {
    return 1_700_000_000_000_000 + Math.round(this.#nowMs * 1000);
  }

  after(delayMs: number, fire: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Time passes and nothing fires, as while the event loop stands still; the next advance fires it late. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  /** Moves on, firing what becomes due at its own time, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      let next: { dueMs: number; fire: () => void } | undefined;
      for (const timer of this.#timers) if (!next || timer.dueMs < next.dueMs) next = timer;
      if (!next || next.dueMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fire();
      await settle();
    }
    this.#nowMs = endMs;
  }
}

/** Lets everything happen that only waits for promises. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
