import type { Change } from '../../src/presence/watching/changes.js';
import type { EventSink, StreamEvent } from '../../src/presence/watching/outbox.js';
import { Subscription } from '../../src/presence/watching/subscription.js';
import type { Auditor } from './auditor.js';
import type { EventQueue } from './event-queue.js';
import type { Node } from './node.js';
import { EVERYBODY, type WatcherPlan } from './scenario.js';

/** How long it does without the user whom it stops to watch, ms. */
const WITHOUT_MS = 5_000;

/** One subscriber on one node, and what it was told. */
export class Watcher implements EventSink {
  readonly index: number;
  readonly plan: WatcherPlan;
  readonly node: Node;
  subscription: Subscription;
  /** The last change of each user. */
  readonly told = new Map<string, Change>();
  room: number;
  isOpen = false;
  /** Since when nothing that it is to be told waits for it; Infinity while something may. */
  clearSinceMs = Number.POSITIVE_INFINITY;
  #isSynced = false;
  #isInPlan = false;
  readonly #sink: (() => EventSink) | undefined;
  readonly #queue: EventQueue;
  readonly #auditor: Auditor;

  constructor(
    index: number,
    plan: WatcherPlan,
    world: {
      readonly node: Node;
      readonly queue: EventQueue;
      readonly auditor: Auditor;
      /** A part that a test replaces by a broken one. */
      readonly sink?: ((sink: EventSink) => EventSink) | undefined;
    },
  ) {
    const { node, queue, auditor, sink } = world;
    this.index = index;
    this.plan = plan;
    this.node = node;
    this.#queue = queue;
    this.#auditor = auditor;
    this.room = plan.reads?.room ?? Number.POSITIVE_INFINITY;
    this.#sink = sink && (() => sink(this));
    this.subscription = this.#subscribe();
    const { gate } = node;
    queue.at(plan.openMs, () => this.#begin());
    if (plan.closeMs !== undefined) queue.at(plan.closeMs, () => this.#end());
    if (plan.removesMs !== undefined) {
      // Whoever maintains a group does so by way of any node.
      const way = plan.isOfGroup ? undefined : { gate };
      queue.at(plan.removesMs, () => this.#remove(), way);
      queue.at(plan.removesMs + WITHOUT_MS, () => this.#takeBack(), way);
    }
  }

  take(event: StreamEvent): void {
    this.room -= 1;
    if ('change' in event) this.#hear(event.change);
    else if ('synced' in event) {
      this.#isSynced = true;
      this.clearSinceMs = this.#queue.nowMs;
    } else this.#auditor.noticed(this, event.notice);
    if (this.room <= 0) this.clearSinceMs = Number.POSITIVE_INFINITY;
  }

  #hear(change: Change): void {
    const { cause, assessment } = change;
    const { userId } = assessment;
    const before = this.told.get(userId);
    this.told.set(userId, change);
    if (cause === 'REMOVED') this.told.delete(userId);
    else if (!this.plan.isOfGroup || cause !== 'SNAPSHOT') this.#auditor.told(this, change, before);
    // Who went and came again before it was read of is told by a snapshot.
    else this.#auditor.told(this, change, undefined);
  }

  /** From now on it keeps up. */
  hurry(): void {
    if (this.isOpen && this.plan.reads) this.#takeUp(Number.POSITIVE_INFINITY);
  }

  /** Its stream broke off: the node has crashed. */
  breakOff(): void {
    this.isOpen = false;
    this.told.clear();
  }

  /** Opens another stream, to the process that took the place of one that crashed. */
  reopen(): void {
    this.subscription = this.#subscribe();
    if (this.#isInPlan) this.#open();
  }

  #subscribe(): Subscription {
    const subscription = new Subscription(this.node.namespace, this.plan.thresholds);
    subscription.outbox.connect(this.#sink?.() ?? this);
    return subscription;
  }

  #begin(): void {
    this.#isInPlan = true;
    this.#queue.at(this.plan.openMs, () => this.#open(), { gate: this.node.gate });
  }

  #end(): void {
    this.#isInPlan = false;
    this.#queue.at(this.#queue.nowMs, () => this.#close(), { gate: this.node.gate });
  }

  #open(): void {
    if (this.isOpen || !this.#isInPlan) return;
    this.isOpen = true;
    this.room = this.plan.reads?.room ?? Number.POSITIVE_INFINITY;
    this.node.presence.tracker.open(this.subscription);
    this.#add(this.plan.userIds);
    const { reads } = this.plan;
    if (reads)
      this.#queue.at(this.#queue.nowMs + reads.everyMs, () => this.#read(), { gate: this.node.gate });
  }

  #close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.node.presence.tracker.close(this.subscription);
  }

  #add(userIds: readonly string[]): void {
    if (!this.isOpen) return;
    this.#isSynced = false;
    this.clearSinceMs = Number.POSITIVE_INFINITY;
    if (this.plan.isOfGroup) this.node.presence.tracker.add(this.subscription, [], [EVERYBODY]);
    else this.node.presence.tracker.add(this.subscription, userIds);
  }

  #remove(): void {
    const [userId] = this.plan.userIds;
    if (!this.isOpen || userId === undefined) return;
    const { presence, namespace } = this.node;
    if (this.plan.isOfGroup) {
      void presence.groups.remove(namespace, EVERYBODY, [userId]);
      return;
    }
    this.told.delete(userId);
    presence.tracker.remove(this.subscription, [userId]);
  }

  #takeBack(): void {
    const userIds = this.plan.userIds.slice(0, 1);
    const { presence, namespace } = this.node;
    if (this.plan.isOfGroup) void presence.groups.add(namespace, EVERYBODY, userIds);
    else this.#add(userIds);
  }

  #read(): void {
    const { reads } = this.plan;
    if (!this.isOpen || !reads || this.room === Number.POSITIVE_INFINITY) return;
    this.#takeUp(reads.room);
    this.#queue.at(this.#queue.nowMs + reads.everyMs, () => this.#read(), { gate: this.node.gate });
  }

  #takeUp(room: number): void {
    const hadNone = this.room <= 0;
    this.room = room;
    if (!hadNone) return;
    if (this.#isSynced) this.clearSinceMs = this.#queue.nowMs;
    this.node.presence.tracker.resume(this.subscription);
  }
}
