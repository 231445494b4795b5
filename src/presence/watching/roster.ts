import { NONE } from './columns.js';
import type { Subscription } from './subscription.js';
import { TrackedUsers } from './tracked-users.js';
import { Watches } from './watches.js';

/** Who is watched in a namespace, and by whom: both tables, and the subscriptions' lists in them. */
export class Roster {
  readonly users = new TrackedUsers();
  readonly watches = new Watches();
  /** Users whom callers watch, whether the node itself does or not. */
  calledUsers = 0;

  /** Those of `userIds` that `subscription` does not watch, each once; and how many of these no caller watches. */
  unwatched(subscription: Subscription, userIds: readonly string[]): { userIds: string[]; uncalled: number } {
    const unwatched: string[] = [];
    let uncalled = 0;
    for (const userId of new Set(userIds)) {
      const user = this.users.find(userId);
      if (user !== NONE && this.watchOf(user, subscription) !== NONE) continue;
      if (user === NONE || !this.isCalled(user)) uncalled += 1;
      unwatched.push(userId);
    }
    return { userIds: unwatched, uncalled };
  }

  /** Users of whom somebody saw last that they are SUSPECT, at most so many. */
  suspects(usersMax: number): string[] {
    const { users, watches } = this;
    const userIds: string[] = [];
    for (let user = 1; user <= users.lastRow && userIds.length < usersMax; user++) {
      if (!users.isTracked(user)) continue;
      const first = users.firstWatch(user);
      let watch = first;
      while (watch !== NONE && watches.seen(watch) !== 'SUSPECT') watch = watches.ofUser.after(first, watch);
      if (watch !== NONE) userIds.push(users.idOf(user));
    }
    return userIds;
  }

  /** `subscription` begins to watch a user whom it does not watch yet; the snapshot is still to be told. Returns the watch. */
  add(subscription: Subscription, userId: string): number {
    const { users, watches } = this;
    const user = users.find(userId) || users.add(userId);
    if (!subscription.isOfNode && !this.isCalled(user)) this.calledUsers += 1;
    const watch = watches.add(user, subscription, users.isInFlight(user));
    users.setFirstWatch(user, watches.ofUser.append(users.firstWatch(user), watch));
    subscription.watches = watches.ofSubscription.append(subscription.watches, watch);
    subscription.untoldSnapshots = watches.untold.append(subscription.untoldSnapshots, watch);
    subscription.size += 1;
    subscription.withoutSnapshot += 1;
    return watch;
  }

  /** Ends a watch. Returns the user whom nobody watches any more by that, or NONE. */
  remove(watch: number): number {
    const { users, watches } = this;
    const user = watches.userOf(watch);
    const subscription = watches.subscriptionOf(watch);
    this.unlist(watch);
    if (!watches.hasSnapshot(watch)) subscription.withoutSnapshot -= 1;
    subscription.size -= 1;
    subscription.watches = watches.ofSubscription.remove(subscription.watches, watch);
    const others = watches.ofUser.remove(users.firstWatch(user), watch);
    users.setFirstWatch(user, others);
    watches.remove(watch);
    if (!subscription.isOfNode && !this.isCalled(user)) this.calledUsers -= 1;
    if (subscription.size === 0) watches.forget(subscription);
    if (others !== NONE) return NONE;
    users.remove(user);
    return user;
  }

  /** The subscription has something to be told of a user it had its snapshot of. */
  list(watch: number): void {
    const subscription = this.watches.subscriptionOf(watch);
    subscription.untoldChanges = this.watches.untold.append(subscription.untoldChanges, watch);
  }

  /** It has no longer; returns whether it had. */
  unlist(watch: number): boolean {
    const { untold } = this.watches;
    if (!untold.has(watch)) return false;
    const subscription = this.watches.subscriptionOf(watch);
    if (this.watches.hasSnapshot(watch)) {
      subscription.untoldChanges = untold.remove(subscription.untoldChanges, watch);
    } else subscription.untoldSnapshots = untold.remove(subscription.untoldSnapshots, watch);
    return true;
  }

  /** The watch of a user by a subscription, or NONE. Whichever has fewer decides how long it takes. */
  watchOf(user: number, subscription: Subscription): number {
    const { ofUser, ofSubscription } = this.watches;
    const firstOfUser = this.users.firstWatch(user);
    const firstOfSubscription = subscription.watches;
    let a = firstOfUser;
    let b = firstOfSubscription;
    while (a !== NONE && b !== NONE) {
      if (this.watches.subscriptionOf(a) === subscription) return a;
      if (this.watches.userOf(b) === user) return b;
      a = ofUser.after(firstOfUser, a);
      b = ofSubscription.after(firstOfSubscription, b);
    }
    return NONE;
  }

  /** Whether a caller watches a user who is tracked. The node itself has at most a few watches of one: O(1). */
  isCalled(user: number): boolean {
    const { ofUser } = this.watches;
    const first = this.users.firstWatch(user);
    let watch = first;
    while (watch !== NONE && this.watches.subscriptionOf(watch).isOfNode) watch = ofUser.after(first, watch);
    return watch !== NONE;
  }

  /**
   * The lowest threshold at which somebody who watches a tracked user will suspect them; undefined where one does already, saw
   * anything else than that they are ONLINE, or knows of a sign of life at `atUs` or later. O(watches of the user).
   */
  lowestSuspect(user: number, atUs: number): number | undefined {
    const { watches } = this;
    const first = this.users.firstWatch(user);
    let lowest = Number.POSITIVE_INFINITY;
    for (let watch = first; watch !== NONE; watch = watches.ofUser.after(first, watch)) {
      if (watches.seen(watch) !== 'ONLINE' || watches.lastSeenUs(watch) >= atUs) return undefined;
      lowest = Math.min(lowest, watches.subscriptionOf(watch).thresholds.suspect);
    }
    return lowest;
  }

  /** Whether everybody who watches a tracked user saw last that they are ONLINE. O(watches of the user). */
  isOnline(user: number): boolean {
    return this.lowestSuspect(user, Number.POSITIVE_INFINITY) !== undefined;
  }

  /** The answer about a user who is in flight has come, or failed to: the next one may be shown to all who watch. */
  land(user: number): void {
    const { users, watches } = this;
    if (!users.isInFlight(user)) return;
    if (users.isTracked(user)) {
      const first = users.firstWatch(user);
      for (let watch = first; watch !== NONE; watch = watches.ofUser.after(first, watch)) {
        watches.clearLate(watch);
      }
    }
    users.land(user);
  }
}
