import { LimitReachedError } from '../errors.js';

/** Part of the room that streams leave to calls that cannot be held back. */
const UNARY_SHARE = 0.1;

/** A stream that has a message and no room for it. */
interface Waiting {
  readonly size: number;
  readonly admitted: () => void;
}

/**
 * Room for what was received and is not yet recorded. Who can be held back is: a stream waits before the room is
 * full, and streams are admitted in the order in which they asked, so that each gets its turn. Everybody else is
 * refused when it is full.
 */
export class Admission {
  /** `refused`: heartbeats and leaves without room. `replaced`: those whose place a newer one took. `held`: times that a stream had to wait. */
  readonly counts = { refused: 0, replaced: 0, held: 0 };
  readonly #limit: number;
  readonly #streamLimit: number;
  readonly #waiting = new Set<Waiting>();
  readonly #idle: (() => void)[] = [];
  #pending = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#streamLimit = limit - Math.floor(limit * UNARY_SHARE);
  }

  /** What was taken and not given back. */
  get pending(): number {
    return this.#pending;
  }

  /** Streams that wait; each holds one message. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether there is room for nothing more. */
  get isFull(): boolean {
    return this.#pending >= this.#limit;
  }

  /** Takes room for all of `size`; throws LimitReachedError, and takes none, when there is not enough. */
  take(size: number): void {
    if (this.#pending + size > this.#limit) {
      this.counts.refused += size;
      throw new LimitReachedError('heartbeats waiting to be recorded', this.#limit);
    }
    this.#pending += size;
  }

  release(size: number): void {
    this.#pending -= size;
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.size)) break;
      this.#waiting.delete(waiting);
      waiting.admitted();
    }
    if (this.#pending === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Whether a stream may take room for `size` now, without overtaking one that waits. */
  hasRoom(size: number): boolean {
    return this.#waiting.size === 0 && this.#fits(size);
  }

  /** Calls `admitted` once, when a stream may take room for `size`: then or never. Returns how to give up. */
  whenRoom(size: number, admitted: () => void): () => void {
    const waiting = { size, admitted };
    this.#waiting.add(waiting);
    this.counts.held += 1;
    return () => this.#giveUp(waiting);
  }

  /** Resolves when all that was taken has been given back. */
  whenIdle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #giveUp(waiting: Waiting): void {
    // It may have been the first, and too large for the room there is.
    if (this.#waiting.delete(waiting)) this.release(0);
  }

  /** One message is let in whatever its size when nothing else is: it would wait for ever. */
  #fits(size: number): boolean {
    return this.#pending === 0 || this.#pending + size <= this.#streamLimit;
  }
}
