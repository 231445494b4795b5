import type { Status } from '../detector/status.js';
import type { Assessment } from './assessment.js';

export type Cause =
  | 'SNAPSHOT'
  | 'FIRST_SEEN'
  | 'HEARTBEAT'
  | 'SUSPICION'
  | 'LEAVE'
  | 'FORGOTTEN'
  | 'THRESHOLDS';

export interface Change {
  readonly previous: Status;
  readonly cause: Cause;
  /** The assessment that the change was seen in; its status is the new one. */
  readonly assessment: Assessment;
  /** The threshold that φ crossed; absent when the cause is another. */
  readonly threshold: number | undefined;
  /** When it happened on the store's clock, µs: the crossing, the heartbeat, the leave. */
  readonly atUs: number;
  /** Increases with every change of a user. */
  readonly version: number;
}

export type NoticeKind = 'LAGGED' | 'DEGRADED' | 'RECOVERED';

export type StreamEvent =
  | { readonly change: Change }
  | { readonly synced: true }
  | { readonly notice: NoticeKind; readonly message: string; readonly coalesced: number };

const SYNCED = Symbol('synced');
const NOTICE = Symbol('notice');

/**
 * What a stream has still to send. A reader that keeps up gets every change; one that does not gets the latest of each
 * user and is told how many were merged. So it never holds more than one change for a watched user, one `synced` and
 * one notice, however slow the reader.
 */
export class Outbox {
  readonly #waiting = new Map<string | symbol, StreamEvent>();
  /** Changes seen before the snapshot was complete: they follow `synced`. */
  readonly #held = new Map<string, Change>();
  /** Where `take` is: a new iterator for each would walk over everything taken before. */
  #cursor = this.#waiting.entries();
  #coalesced = 0;

  /** Called when something was put into it. */
  onEvent: () => void = () => {};
  /** Called for every change that was merged into a later one. */
  onCoalesced: () => void = () => {};

  get size(): number {
    return this.#waiting.size + this.#held.size;
  }

  /** A user's first state, or the first since it was added. */
  snapshot(change: Change): void {
    this.#waiting.set(change.assessment.userId, { change });
    this.onEvent();
  }

  /** A change of a user whose snapshot was put before; `hold` until the next `synced`. */
  change(change: Change, hold: boolean): void {
    const { userId } = change.assessment;
    const waiting = this.#waiting.get(userId);
    if (waiting && 'change' in waiting) {
      this.#merge(this.#waiting, waiting.change, change, (merged) => ({ change: merged }));
    } else if (this.#held.has(userId)) {
      this.#merge(this.#held, this.#held.get(userId) as Change, change, (merged) => merged);
    } else if (hold) this.#held.set(userId, change);
    else this.#waiting.set(userId, { change });
    this.onEvent();
  }

  synced(): void {
    this.#waiting.delete(SYNCED);
    this.#waiting.set(SYNCED, { synced: true });
    for (const [userId, change] of this.#held) this.#waiting.set(userId, { change });
    this.#held.clear();
    this.onEvent();
  }

  notice(notice: 'DEGRADED' | 'RECOVERED', message: string): void {
    this.#waiting.delete(NOTICE);
    this.#waiting.set(NOTICE, { notice, message, coalesced: 0 });
    this.onEvent();
  }

  /** Forgets what waits for a user who is no longer watched. */
  drop(userId: string): void {
    this.#waiting.delete(userId);
    this.#held.delete(userId);
  }

  /** The next event to send; undefined when there is none. */
  take(): StreamEvent | undefined {
    if (this.#coalesced > 0) {
      const coalesced = this.#coalesced;
      this.#coalesced = 0;
      return {
        notice: 'LAGGED',
        message: `${coalesced} changes were merged: this stream reads too slowly`,
        coalesced,
      };
    }
    let next = this.#cursor.next();
    if (next.done) {
      this.#cursor = this.#waiting.entries();
      next = this.#cursor.next();
      if (next.done) return undefined;
    }
    this.#waiting.delete(next.value[0]);
    return next.value[1];
  }

  /** Two unsent changes become one, from what the reader knows to what is true; none when that is the same. */
  #merge<V>(
    into: Map<string | symbol, V>,
    unsent: Change,
    change: Change,
    wrap: (merged: Change) => V,
  ): void {
    const { userId, status } = change.assessment;
    this.#coalesced += 1;
    this.onCoalesced();
    if (unsent.cause === 'SNAPSHOT') {
      into.set(
        userId,
        wrap({ ...change, previous: unsent.previous, cause: 'SNAPSHOT', threshold: undefined }),
      );
    } else if (unsent.previous === status) into.delete(userId);
    else into.set(userId, wrap({ ...change, previous: unsent.previous }));
  }
}
