import type { Clock } from '../clock.js';
import { lastSignUs } from '../detector/user.js';
import type { Log } from '../log.js';
import type { Reading, Store } from '../store/store.js';
import { LimitReachedError } from './errors.js';
import type { Namespace, Namespaces } from './namespace.js';
import type { Subscription } from './subscription.js';
import { type Timed, TimerQueue } from './timers.js';

export interface TrackerSettings {
  /** Users that one subscription may watch. */
  readonly subscriptionUsersMax: number;
  /** Users that this node watches for all its subscriptions together. */
  readonly trackedUsersMax: number;
  readonly subscriptionsMax: number;
}

/** A user whom somebody watches: one timer, however many watch. */
interface TrackedUser extends Timed {
  readonly namespace: Namespace;
  readonly userId: string;
  readonly subscriptions: Subscription[];
}

/** Users read in one call of the store. */
const READ_BATCH_MAX = 1_000;
/** After a failed read the node waits this long, ms. */
const RETRY_DELAY_MS = 250;

/**
 * Watches users for subscriptions. Each watched user has one timer, armed at the next instant at which one of the
 * subscribers' thresholds would be crossed if the silence lasts. When it fires, or the store says that something
 * happened, the user is read again and shown to the subscribers. Between two such moments crossings only move later
 * (docs/ARCHITECTURE.md), so a timer can be too early, and then reads once for nothing; it is never late.
 */
export class Tracker {
  /** Plain counts for /metrics. */
  readonly counts = {
    reads: 0,
    usersRead: 0,
    readFailures: 0,
    resyncs: 0,
    timersFired: 0,
    refused: 0,
    coalesced: 0,
  };
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #settings: TrackerSettings;
  readonly #namespaces: Namespaces;
  readonly #users = new Map<Namespace, Map<string, TrackedUser>>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #timers: TimerQueue<TrackedUser>;
  /** Users to be read again, each once however often it was asked for. */
  readonly #unread = new Map<Namespace, Set<TrackedUser>>();
  readonly #unfollow: () => void;
  #tracked = 0;
  #isReading = false;
  #degraded = false;
  /** The feed broke and has not asked to read everything again yet. */
  #feedLost = false;
  #closed = false;

  constructor(options: {
    readonly store: Store;
    readonly namespaces: Namespaces;
    readonly clock: Clock;
    readonly log: Log;
    readonly settings: TrackerSettings;
  }) {
    this.#store = options.store;
    this.#namespaces = options.namespaces;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#settings = options.settings;
    this.#timers = new TimerQueue(options.clock, (due) => {
      this.counts.timersFired += due.length;
      for (const user of due) this.#readAgain(user);
    });
    this.#unfollow = this.#store.follow({
      changed: (namespace, userId) => this.#changed(namespace, userId),
      lost: (error) => {
        this.#feedLost = true;
        this.#degrade(error);
      },
      resync: () => this.#resync(),
    });
  }

  get trackedUsers(): number {
    return this.#tracked;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Whether changes may be missed at this moment: the store's feed broke, or a read failed. */
  get degraded(): boolean {
    return this.#degraded;
  }

  /** Begins to show `subscription` the users in it, and those added later. */
  open(subscription: Subscription): void {
    if (this.#subscriptions.size >= this.#settings.subscriptionsMax) {
      this.counts.refused += 1;
      throw new LimitReachedError('watch streams on this node', this.#settings.subscriptionsMax);
    }
    this.#subscriptions.add(subscription);
    subscription.outbox.onCoalesced = () => {
      this.counts.coalesced += 1;
    };
    if (this.#degraded) subscription.outbox.notice('DEGRADED', DEGRADED_MESSAGE);
  }

  /** Adds users to an open subscription; those it has already are left alone. Their snapshots follow, then `synced`. */
  add(subscription: Subscription, userIds: readonly string[]): void {
    const { subscriptionUsersMax, trackedUsersMax } = this.#settings;
    const added = [...new Set(userIds)].filter((userId) => !subscription.has(userId));
    if (subscription.size + added.length > subscriptionUsersMax) {
      this.counts.refused += 1;
      throw new LimitReachedError('users watched by one stream', subscriptionUsersMax);
    }
    const users = this.#usersOf(subscription.namespace);
    const untracked = added.filter((userId) => !users.has(userId)).length;
    if (this.#tracked + untracked > trackedUsersMax) {
      this.counts.refused += 1;
      throw new LimitReachedError('users watched on this node', trackedUsersMax);
    }
    subscription.add(added);
    for (const userId of added) {
      let user = users.get(userId);
      if (!user) {
        user = { namespace: subscription.namespace, userId, subscriptions: [], dueMs: 0, heapIndex: -1 };
        users.set(userId, user);
        this.#tracked += 1;
      }
      user.subscriptions.push(subscription);
      this.#readAgain(user);
    }
  }

  remove(subscription: Subscription, userIds: Iterable<string>): void {
    const users = this.#usersOf(subscription.namespace);
    for (const userId of userIds) {
      const user = users.get(userId);
      const index = user?.subscriptions.indexOf(subscription) ?? -1;
      if (!user || index === -1) continue;
      user.subscriptions.splice(index, 1);
      subscription.remove(userId);
      if (user.subscriptions.length > 0) continue;
      users.delete(userId);
      this.#tracked -= 1;
      this.#timers.cancel(user);
      this.#unread.get(user.namespace)?.delete(user);
    }
  }

  close(subscription: Subscription): void {
    if (!this.#subscriptions.delete(subscription)) return;
    this.remove(subscription, [...subscription.users]);
  }

  /** Judges everybody of a namespace again: its thresholds have changed, or what was learned of its fleet. */
  reread(namespace: Namespace): void {
    for (const user of this.#usersOf(namespace).values()) this.#readAgain(user);
  }

  shutdown(): void {
    this.#closed = true;
    this.#unfollow();
    this.#timers.close();
    this.#unread.clear();
  }

  #usersOf(namespace: Namespace): Map<string, TrackedUser> {
    let users = this.#users.get(namespace);
    if (!users) {
      users = new Map();
      this.#users.set(namespace, users);
    }
    return users;
  }

  #changed(namespaceName: string, userId: string): void {
    const namespace = this.#namespaces.find(namespaceName);
    const user = namespace && this.#users.get(namespace)?.get(userId);
    if (user) this.#readAgain(user);
  }

  #degrade(error: Error): void {
    if (this.#degraded || this.#closed) return;
    this.#degraded = true;
    this.#log.warn({ error: error.message }, 'status changes may be late: the store cannot be followed');
    for (const { outbox } of this.#subscriptions) outbox.notice('DEGRADED', DEGRADED_MESSAGE);
  }

  #resync(): void {
    this.counts.resyncs += 1;
    this.#feedLost = false;
    for (const users of this.#users.values()) for (const user of users.values()) this.#readAgain(user);
    if (!this.#isReading) this.#recover();
  }

  /** Everything that had to be read was. */
  #recover(): void {
    if (!this.#degraded || this.#feedLost || this.#closed) return;
    this.#degraded = false;
    this.#log.info({}, 'status changes are on time again: every watched user was read');
    for (const { outbox } of this.#subscriptions)
      outbox.notice('RECOVERED', 'every watched user was read again');
  }

  #readAgain(user: TrackedUser): void {
    this.#unreadOf(user.namespace).add(user);
    if (this.#isReading || this.#closed) return;
    this.#isReading = true;
    // A turn later, so that whatever becomes due in this one is read together.
    queueMicrotask(() => void this.#readAll());
  }

  async #readAll(): Promise<void> {
    try {
      for (let next = this.#takeBatch(); next && !this.#closed; next = this.#takeBatch()) {
        const [namespace, batch] = next;
        try {
          await this.#readBatch(namespace, batch);
        } catch (error) {
          this.counts.readFailures += 1;
          for (const user of batch) if (user.subscriptions.length > 0) this.#unreadOf(namespace).add(user);
          this.#degrade(error as Error);
          await new Promise<void>((resolve) => this.#clock.after(RETRY_DELAY_MS, resolve));
        }
      }
    } finally {
      this.#isReading = false;
    }
    // Last: whoever is told may add users, which starts the next round.
    this.#recover();
  }

  #unreadOf(namespace: Namespace): Set<TrackedUser> {
    let unread = this.#unread.get(namespace);
    if (!unread) {
      unread = new Set();
      this.#unread.set(namespace, unread);
    }
    return unread;
  }

  #takeBatch(): [Namespace, TrackedUser[]] | undefined {
    for (const [namespace, unread] of this.#unread) {
      const batch: TrackedUser[] = [];
      for (const user of unread) {
        if (batch.length === READ_BATCH_MAX) break;
        batch.push(user);
        unread.delete(user);
      }
      if (unread.size === 0) this.#unread.delete(namespace);
      if (batch.length > 0) return [namespace, batch];
    }
    return undefined;
  }

  async #readBatch(namespace: Namespace, batch: readonly TrackedUser[]): Promise<void> {
    this.counts.reads += 1;
    this.counts.usersRead += batch.length;
    // Whoever comes while the answer is on its way gets one of their own: this one may be older than what they know.
    // Copies also because whoever is told may close, and must not take the next one's turn.
    const watching = batch.map((user) => [...user.subscriptions]);
    const readings = await this.#store.read(
      namespace,
      batch.map((user) => user.userId),
    );
    if (this.#closed) return;
    const readMs = this.#clock.nowMs();
    for (const [i, user] of batch.entries()) {
      this.#show(user, readings[i] as Reading, { readMs, watching: watching[i] as Subscription[] });
    }
  }

  /** Shows a reading to those who watched the user when it was asked for; arms the timer for the next crossing. */
  #show(
    user: TrackedUser,
    reading: Reading,
    { readMs, watching }: { readMs: number; watching: readonly Subscription[] },
  ): void {
    let nextUs = Number.POSITIVE_INFINITY;
    for (const subscription of watching) {
      if (!user.subscriptions.includes(subscription)) continue;
      const crossing = subscription.observe(user.userId, reading, this.#degraded);
      if (crossing !== undefined && crossing < nextUs) nextUs = crossing;
    }
    if (user.subscriptions.length === 0) return;
    if (nextUs === Number.POSITIVE_INFINITY) nextUs = this.#forgottenUs(user, reading);
    if (nextUs === Number.POSITIVE_INFINITY) this.#timers.cancel(user);
    else this.#timers.arm(user, readMs + Math.max(MIN_DELAY_MS, (nextUs - reading.nowUs) / 1000));
  }

  /** When to look whether the record of a user with nothing left to cross has expired. */
  #forgottenUs({ namespace }: TrackedUser, { record }: Reading): number {
    return record ? lastSignUs(record) + namespace.retentionMs * 1000 : Number.POSITIVE_INFINITY;
  }
}

/** A crossing that rounding leaves a hair ahead must not spin, ms. */
const MIN_DELAY_MS = 0.5;

const DEGRADED_MESSAGE = 'the store cannot be read: statuses are as of before, changes will follow late';
