import type { Status } from '../../../detector/status.js';
import { LimitReachedError } from '../../errors.js';
import type { Change } from '../changes.js';
import type { Subscription } from '../subscription.js';
import { Arrears, type LastTold } from './arrears.js';
import type { Audience } from './audience.js';

/** Members who left the group and of whom a listener that does not read is still to be told. */
export const REMOVALS_MAX = 1_000;

/** A subscription in the audience of a group: what it is still to be told of the members. */
export class Listener {
  readonly subscription: Subscription;
  readonly audience: Audience;
  readonly #arrears = new Arrears();
  /** Members whom it was told of, and who are members no more. */
  readonly #removals = new Map<string, Change>();
  /** How many snapshots it waits for; the list of the members is one, until it was read. 0: it has had all. */
  #awaited = 0;

  constructor(subscription: Subscription, audience: Audience) {
    this.subscription = subscription;
    this.audience = audience;
  }

  /** Some member is to be told of. */
  get isBehind(): boolean {
    return this.#arrears.size > 0;
  }

  /** It was synced and has changes to be told. */
  get isLagging(): boolean {
    return this.#awaited === 0 && (this.#arrears.size > 0 || this.#removals.size > 0);
  }

  /** Whether it is behind with a member and may be told. */
  mayCatchUp(seat: number): boolean {
    const told = this.#arrears.lastTold(seat);
    if (told === undefined || this.subscription.outbox.room <= 0) return false;
    return told === 'nothing' || !this.subscription.isSyncing;
  }

  /** A snapshot more belongs to what it asked for; of the list of members at first. */
  await(): void {
    this.#awaited += 1;
    this.subscription.withoutSnapshot += 1;
  }

  /** It has had it. */
  awaitNoLonger(): void {
    this.#awaited -= 1;
    this.subscription.withoutSnapshot -= 1;
    if (this.subscription.withoutSnapshot === 0) this.subscription.outbox.synced();
  }

  /** Somebody is a member: of those who were when it came it gets snapshots before anything else. */
  admit(seat: number, seats: number): void {
    if (this.#awaited > 0) this.await();
    this.#arrears.add(seat, 'nothing', seats);
  }

  /** Whoever is a member again is told of by a snapshot. */
  cancelRemoval(userId: string): void {
    this.#removals.delete(userId);
  }

  /** A member has changed. False: it has to be told later. */
  change(seat: number, change: Change, { seats, showing }: { seats: number; showing: number }): boolean {
    const told = this.#arrears.lastTold(seat);
    if (told !== undefined) {
      if (told !== 'nothing') this.subscription.outbox.merged();
      return false;
    }
    if (this.subscription.isSyncing || this.subscription.outbox.room <= 0) {
      this.#arrears.add(seat, change.previous, seats);
      return false;
    }
    this.subscription.tell(change, showing);
    return true;
  }

  /** Tells what a member is now. False: it was nothing to be told. */
  catchUp(
    seat: number,
    status: Status,
    { changeSince, showing }: { changeSince: (lastTold: LastTold) => Change; showing: number },
  ): boolean {
    const told = this.#arrears.lastTold(seat) as LastTold;
    this.#arrears.settle(seat);
    // Otherwise what it missed was undone.
    if (told !== status) this.subscription.tell(changeSince(told), showing);
    if (told === 'nothing' && this.#awaited > 0) this.awaitNoLonger();
    return told !== status;
  }

  /** Somebody is a member no more, of whom `status` was told to whoever is not behind. What it knew, if it knew anything. */
  dismiss(seat: number, status: Status): Status | undefined {
    const told = this.#arrears.lastTold(seat) ?? status;
    this.#arrears.settle(seat);
    if (told !== 'nothing') return told;
    if (this.#awaited > 0) this.awaitNoLonger();
    return undefined;
  }

  /** Tells that a member whom it knew is none any more. */
  removed(change: Change): void {
    const { outbox, isSyncing } = this.subscription;
    if (!isSyncing && outbox.room > 0) outbox.change(change);
    else if (this.#removals.size < REMOVALS_MAX) this.#removals.set(change.assessment.userId, change);
    else outbox.fail(new LimitReachedError('members removed that a stream was not told of', REMOVALS_MAX));
  }

  /** Tells of removals as far as there is room. Returns the seats of which to tell next, at most so many. */
  resume(seatsMax: number): number[] {
    const { outbox, isSyncing } = this.subscription;
    if (!isSyncing) {
      for (const [userId, change] of this.#removals) {
        if (outbox.room <= 0) break;
        this.#removals.delete(userId);
        outbox.change(change);
      }
    }
    return this.#arrears.first(Math.min(seatsMax, outbox.room), isSyncing);
  }

  /** It listens no more: nothing is to be waited for. */
  leave(): void {
    while (this.#awaited > 0) this.awaitNoLonger();
  }
}
