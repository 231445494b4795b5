import type { Status } from '../../../detector/status.js';
import { LimitReachedError } from '../../errors.js';
import type { Change } from '../changes.js';
import type { Subscription } from '../subscription.js';
import { Arrears, type LastTold } from './arrears.js';
import type { Audience } from './audience.js';

/** Members who left groups and of whom a stream that does not read is still to be told. */
export const REMOVALS_MAX = 1_000;

/** A subscription in the audience of a group: what it is still to be told of the members. */
export class Listener {
  readonly subscription: Subscription;
  readonly audience: Audience;
  readonly #arrears = new Arrears();
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
    return this.#awaited === 0 && this.isBehind;
  }

  /** Whether it was told of a member. */
  knows(seat: number): boolean {
    return this.#arrears.lastTold(seat) !== 'nothing';
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

  /** It was told in another way of a member of whom others were told `status`: no snapshot is needed. */
  inform(seat: number, told: Status, status: Status): void {
    const before = this.#arrears.lastTold(seat);
    if (before === undefined) return;
    if (told === status) this.#arrears.settle(seat);
    else this.#arrears.replace(seat, told);
    if (before === 'nothing' && this.#awaited > 0) this.awaitNoLonger();
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
    const { outbox, removals, isSyncing } = this.subscription;
    const { userId } = change.assessment;
    // An earlier one says no more than this.
    removals.delete(userId);
    if (!isSyncing && outbox.room > 0) outbox.change(change);
    else if (removals.size < REMOVALS_MAX) removals.set(userId, change);
    else outbox.fail(new LimitReachedError('members removed that a stream was not told of', REMOVALS_MAX));
  }

  /** The seats of members to be told of next, at most so many; before it is synced, of those it knows nothing of. */
  next(seatsMax: number): number[] {
    return this.#arrears.first(seatsMax, this.subscription.isSyncing);
  }

  /** It listens no more: nothing is to be waited for. */
  leave(): void {
    while (this.#awaited > 0) this.awaitNoLonger();
  }
}
