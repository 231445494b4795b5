import type { Status, Thresholds } from '../../../detector/status.js';
import { type Assessment, assess } from '../../assessment.js';
import { type Change, changeFrom, snapshotOf } from '../changes.js';
import { NONE, Rows } from '../columns.js';
import type { Roster } from '../roster.js';
import { Subscription } from '../subscription.js';
import type { LastTold } from './arrears.js';
import { Listener } from './listener.js';

/** What an audience needs of the namespace that it watches in. */
export interface AudienceHost {
  readonly roster: Roster;
  /** Has read whatever `subscription` is still to be told. */
  resume(subscription: Subscription): void;
  /** Ends the watch of somebody who is a member no more. */
  end(watch: number): void;
  /** Ends all watches of `subscription`. */
  endAll(subscription: Subscription): void;
}

/** Takes everything and says it to nobody: the audience is told by itself, with the member's seat. */
const endless = { room: Number.POSITIVE_INFINITY, take: () => {} };

/**
 * All who listen to a group by the same thresholds. Its members are watched by one subscription, so that each is judged
 * once and a change is made once for everybody. Each has a seat, a small number by which listeners know them.
 */
export class Audience {
  readonly groupId: string;
  readonly subscription: Subscription;
  /** When its members were asked for last, on the node's clock. */
  readMs = Number.NEGATIVE_INFINITY;
  /** Changes, snapshots included, times the listeners who were told. */
  delivered = 0;
  readonly #host: AudienceHost;
  readonly #listeners = new Set<Listener>();
  /** Those that are behind with some member. */
  readonly #behind = new Set<Listener>();
  readonly #seats = new Rows();
  /** By seat: the watch of the member, and the pass in which they were found in the group last. */
  readonly #watches: number[] = [];
  readonly #foundIn: number[] = [];
  #pass = 0;
  /** Of the group when its members were read; undefined when that was never done, or they changed meanwhile. */
  #version: number | undefined;
  #isListed = false;

  constructor(first: Subscription, groupId: string, host: AudienceHost) {
    this.groupId = groupId;
    this.#host = host;
    this.subscription = new Subscription(first.namespace, first.own, false, this);
    this.subscription.outbox.connect(endless);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get isOpen(): boolean {
    return this.#listeners.size > 0;
  }

  hasListener({ listeners }: Subscription): boolean {
    return listeners.get(this.groupId)?.audience === this;
  }

  hasThresholds(own: Thresholds | undefined): boolean {
    const { own: ours } = this.subscription;
    return ours?.suspect === own?.suspect && ours?.offline === own?.offline;
  }

  /** `subscription` listens from now on; its snapshots follow. */
  join(subscription: Subscription): void {
    const listener = new Listener(subscription, this);
    subscription.listeners.set(this.groupId, listener);
    this.#listeners.add(listener);
    // Keeps what follows from being told before the last.
    listener.await();
    for (let seat = 1; seat <= this.#seats.last; seat++) {
      if (this.#watches[seat] !== NONE) this.#admitTo(listener, seat);
    }
    if (this.#isListed) listener.awaitNoLonger();
  }

  /** One that listens does so no more. */
  leave(subscription: Subscription): void {
    const listener = subscription.listeners.get(this.groupId) as Listener;
    this.#listeners.delete(listener);
    this.#behind.delete(listener);
    subscription.listeners.delete(this.groupId);
    listener.leave();
  }

  /** The watches of members whom a listener is to be told of next, at most so many. */
  next(listener: Listener, watchesMax: number): number[] {
    return listener.next(watchesMax).map((seat) => this.#watches[seat] as number);
  }

  /** A listener that knew nothing of a member was told in another way. */
  inform({ listeners }: Subscription, watch: number, told: Status): void {
    const { watches } = this.#host.roster;
    const listener = listeners.get(this.groupId);
    const seat = watches.seat(watch);
    if (listener?.knows(seat) === false) listener.inform(seat, told, watches.told(watch).status);
  }

  /** Whoever was told of a member in this showing in another way is behind with what was told there. */
  reconcile(watch: number, showing: number): void {
    const { watches } = this.#host.roster;
    for (const listener of this.#behind) {
      const told = listener.subscription.toldIn(showing);
      if (told !== undefined) listener.inform(watches.seat(watch), told, watches.told(watch).status);
      if (!listener.isBehind) this.#behind.delete(listener);
    }
  }

  /** A member was told of to the subscription: so is everybody. */
  change(watch: number, change: Change, showing: number): void {
    const seat = this.#host.roster.watches.seat(watch);
    const at = { seats: this.#seats.last + 1, showing };
    for (const listener of this.#listeners) {
      if (listener.change(seat, change, at)) this.delivered += 1;
      else this.#behind.add(listener);
    }
  }

  /** Whether somebody is behind with a member, and could be told now. */
  isAwaited(watch: number): boolean {
    if (this.#behind.size === 0) return false;
    const seat = this.#host.roster.watches.seat(watch);
    for (const listener of this.#behind) if (listener.mayCatchUp(seat)) return true;
    return false;
  }

  /** Tells those who are behind what the subscription knows of a member. Returns who they were. */
  catchUp(watch: number, assessment: Assessment, showing: number): Subscription[] {
    const { watches } = this.#host.roster;
    const seat = watches.seat(watch);
    const { status, version } = watches.told(watch);
    const changes = new Map<LastTold, Change>();
    const changeSince = (lastTold: LastTold) => {
      const change = changes.get(lastTold) ?? changeAfter(lastTold, assessment, version);
      changes.set(lastTold, change);
      // Versions increase for them, too.
      watches.raiseVersion(watch, change.version);
      return change;
    };
    const told: Subscription[] = [];
    for (const listener of this.#behind) {
      if (!listener.mayCatchUp(seat)) continue;
      if (listener.catchUp(seat, status, { changeSince, showing })) this.delivered += 1;
      if (!listener.isBehind) this.#behind.delete(listener);
      told.push(listener.subscription);
    }
    return told;
  }

  /** Members are about to be listed, in a group of this version. False: that is known. */
  beginListing(version: number): boolean {
    if (version === this.#version) return false;
    this.#pass += 1;
    return true;
  }

  /** These are members: those who were none are watched from now on. */
  list(userIds: readonly string[]): void {
    const { roster } = this.#host;
    for (const userId of userIds) {
      const user = roster.users.find(userId);
      const known = user === NONE ? NONE : roster.watchOf(user, this.subscription);
      const seat = known === NONE ? this.#admit(userId) : roster.watches.seat(known);
      this.#foundIn[seat] = this.#pass;
    }
    this.#host.resume(this.subscription);
  }

  /** All members were listed; whoever was not is none any more. `version` is undefined where they changed meanwhile. */
  endListing(version: number | undefined, nowUs: number): void {
    this.#version = version;
    // Whoever is told may close, and the last to close ends all.
    for (let seat = 1; seat <= this.#seats.last && this.isOpen; seat++) {
      if (this.#watches[seat] !== NONE && this.#foundIn[seat] !== this.#pass) this.#dismiss(seat, nowUs);
    }
    if (!this.#isListed) {
      this.#isListed = true;
      for (const listener of this.#listeners) listener.awaitNoLonger();
    }
    // Whoever waited for the last snapshot by this has changes to be told.
    for (const { subscription } of this.#listeners) this.#host.resume(subscription);
  }

  /** The group cannot be watched: ends all who listen. */
  fail(error: Error): void {
    for (const { subscription } of this.#listeners) subscription.outbox.fail(error);
  }

  /** The seat of a new member. */
  #admit(userId: string): number {
    const { roster } = this.#host;
    const watch = roster.add(this.subscription, userId);
    const seat = this.#seats.take();
    this.#watches[seat] = watch;
    roster.watches.setSeat(watch, seat);
    for (const listener of this.#listeners) this.#admitTo(listener, seat);
    return seat;
  }

  #admitTo(listener: Listener, seat: number): void {
    listener.admit(seat, this.#seats.last + 1);
    this.#behind.add(listener);
  }

  #dismiss(seat: number, nowUs: number): void {
    const { users, watches } = this.#host.roster;
    const watch = this.#watches[seat] as number;
    const userId = users.idOf(watches.userOf(watch));
    const { status, version } = watches.hasSnapshot(watch)
      ? watches.told(watch)
      : ({ status: 'UNKNOWN', version: 0 } as const);
    const removals = new Map<Status, Change>();
    const informed: [Listener, Change][] = [];
    for (const listener of this.#listeners) {
      const previous = listener.dismiss(seat, status);
      if (!listener.isBehind) this.#behind.delete(listener);
      if (previous === undefined) continue;
      const known = { subscription: listener.subscription, userId, told: previous };
      if (handOver(this.#host.roster, known, watch)) continue;
      const change = removals.get(previous) ?? this.#removal(userId, { previous, version, nowUs });
      removals.set(previous, change);
      informed.push([listener, change]);
    }
    this.#watches[seat] = NONE;
    this.#seats.giveBack(seat);
    this.#host.end(watch);
    // Last: whoever is told may close.
    for (const [listener, change] of informed) listener.removed(change);
  }

  #removal(
    userId: string,
    { previous, version, nowUs }: { previous: Status; version: number; nowUs: number },
  ): Change {
    const { namespace, thresholds } = this.subscription;
    const nothing = { nowUs, record: undefined };
    const assessment = assess(namespace, userId, nothing, { thresholds, degraded: false });
    const after = Math.max(version + 1, Math.floor(nowUs));
    return { previous, cause: 'REMOVED', assessment, threshold: undefined, atUs: nowUs, version: after };
  }
}

/**
 * What somebody who was told `lastTold` is told now. Of what they were told by then only the status is kept, so the cause is
 * as of all that happened since.
 */
function changeAfter(lastTold: LastTold, assessment: Assessment, version: number): Change {
  if (lastTold === 'nothing') return snapshotOf(assessment);
  const told = { status: lastTold, version: version - 1, lastSeenUs: 0, leftUs: 0, hasLeft: false, era: 0 };
  return changeFrom(told, assessment, undefined);
}

/**
 * Whether a subscription that was told of a user watches them, by their id or as a member of a group, in another way than by
 * `besides`; what it was told is known there from now on.
 */
export function handOver(
  { users, watches }: Roster,
  known: { readonly subscription: Subscription; readonly userId: string; readonly told: Status },
  besides = NONE,
): boolean {
  const { subscription, userId, told } = known;
  const user = users.find(userId);
  const first = user === NONE ? NONE : users.firstWatch(user);
  let isWatched = false;
  for (let watch = first; watch !== NONE; watch = watches.ofUser.after(first, watch)) {
    if (watch === besides) continue;
    const by = watches.subscriptionOf(watch);
    if (by.audience?.hasListener(subscription)) by.audience.inform(subscription, watch, told);
    else if (by !== subscription) continue;
    isWatched = true;
  }
  return isWatched;
}
