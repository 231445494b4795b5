import { LimitReachedError } from '../errors.js';
import type { Namespace } from '../namespace.js';
import type { NoticeKind } from './outbox.js';
import type { Subscription } from './subscription.js';

/** What callers may have of this node. What the node watches for itself is in none of these. */
export interface WatchLimits {
  /** Users that one subscription may watch. */
  readonly subscriptionUsersMax: number;
  /** Groups that one subscription may watch. */
  readonly subscriptionGroupsMax: number;
  /** Users that this node watches for all its callers together. */
  readonly trackedUsersMax: number;
  readonly subscriptionsMax: number;
}

/** The open subscriptions of a node, and the limits that hold for those of callers. */
export class Subscriptions {
  /** Times that a limit was reached. */
  refused = 0;
  readonly #limits: WatchLimits;
  readonly #open = new Set<Subscription>();
  /** How many of them are the node's own. */
  #ofNode = 0;

  constructor(limits: WatchLimits) {
    this.#limits = limits;
  }

  /** Those of callers. */
  get size(): number {
    return this.#open.size - this.#ofNode;
  }

  /** Of these, those that have something to be told and no room for it. O(subscriptions). */
  get lagging(): number {
    let lagging = 0;
    for (const { isLagging, isOfNode } of this.#open) if (!isOfNode && isLagging) lagging += 1;
    return lagging;
  }

  /** Throws LimitReachedError. */
  add(subscription: Subscription): void {
    const { subscriptionsMax } = this.#limits;
    if (!subscription.isOfNode && this.size >= subscriptionsMax) {
      this.#refuse('watch streams on this node', subscriptionsMax);
    }
    this.#open.add(subscription);
    if (subscription.isOfNode) this.#ofNode += 1;
  }

  /** Says whether it was open. */
  delete(subscription: Subscription): boolean {
    if (!this.#open.delete(subscription)) return false;
    if (subscription.isOfNode) this.#ofNode -= 1;
    return true;
  }

  /** Tells all of them, or those of a namespace. */
  notice(kind: Exclude<NoticeKind, 'LAGGED'>, message: string, of?: Namespace): void {
    for (const { namespace, outbox } of this.#open) {
      if (of === undefined || namespace === of) outbox.notice(kind, message);
    }
  }

  /** Throws LimitReachedError where one subscription may not watch so many. */
  checkStream(users: number, groups: number): void {
    const { subscriptionUsersMax, subscriptionGroupsMax } = this.#limits;
    if (users > subscriptionUsersMax) this.#refuse('users watched by one stream', subscriptionUsersMax);
    if (groups > subscriptionGroupsMax) this.#refuse('groups watched by one stream', subscriptionGroupsMax);
  }

  /** Throws LimitReachedError where callers may not watch so many users together. */
  checkNode(users: number): void {
    const { trackedUsersMax } = this.#limits;
    if (users > trackedUsersMax) this.#refuse('users watched on this node', trackedUsersMax);
  }

  #refuse(what: string, limit: number): never {
    this.refused += 1;
    throw new LimitReachedError(what, limit);
  }
}
