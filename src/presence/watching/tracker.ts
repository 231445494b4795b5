import type { Clock } from '../../clock.js';
import type { Arrival } from '../../detector/arrival.js';
import type { Log } from '../../log.js';
import type { GroupStore } from '../../store/group-store.js';
import type { Hold, ReceivedHeartbeat, Store } from '../../store/store.js';
import type { Doubt } from '../doubt/doubt.js';
import type { HoldNews } from '../doubt/mass-silence.js';
import type { Namespace, Namespaces } from '../namespace.js';
import { MemberReader } from './groups/member-reader.js';
import { Reader } from './reader.js';
import { readArrivals } from './relayed-arrivals.js';
import type { Subscription } from './subscription.js';
import { Subscriptions, type WatchLimits } from './subscriptions.js';
import { type Batch, WatchedNamespace } from './watched-namespace.js';

const DEGRADED_MESSAGE = 'the store is away: statuses are as of before, changes will follow late';

/**
 * Watches users for subscriptions. Each watched user has one timer, armed at the next instant at which one of the
 * subscribers' thresholds would be crossed if the silence lasts. When it fires, or the store says that something
 * happened, the user is read again and shown to the subscribers. Between two such moments crossings only move later
 * (docs/ARCHITECTURE.md), so a timer can be too early, and then reads once for nothing; it is never late.
 */
export class Tracker {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #namespaces: Namespaces;
  readonly #watched = new Map<Namespace, WatchedNamespace>();
  /** The same, and whose turn to be read is next. */
  readonly #turns: WatchedNamespace[] = [];
  #turn = 0;
  readonly #subscriptions: Subscriptions;
  readonly #reader: Reader;
  readonly #members: MemberReader;
  readonly #doubt: Doubt;
  readonly #store: Store;
  #resyncs = 0;
  #degraded = false;
  /** The feed broke and has not asked to read everything again yet. */
  #feedLost = false;
  #closed = false;

  constructor(options: {
    readonly store: Store;
    readonly groups: GroupStore;
    readonly doubt: Doubt;
    readonly namespaces: Namespaces;
    readonly clock: Clock;
    readonly log: Log;
    readonly settings: WatchLimits;
  }) {
    const { store, clock, doubt } = options;
    this.#doubt = doubt;
    this.#store = store;
    this.#namespaces = options.namespaces;
    this.#clock = clock;
    this.#log = options.log;
    this.#subscriptions = new Subscriptions(options.settings);
    const client = {
      next: () => this.#nextBatch(),
      failed: (error: Error) => this.#degrade(error),
      done: () => this.#recover(),
    };
    this.#reader = new Reader({
      observer: doubt,
      store,
      clock,
      client,
      degraded: () => this.#degraded,
    });
    this.#members = new MemberReader({
      store: options.groups,
      clock,
      client: {
        checkRoom: ({ subscription }, userIds) => {
          const { uncalled } = this.#watchedOf(subscription.namespace).unwatched(subscription, userIds);
          this.#subscriptions.checkNode(this.calledUsers + uncalled);
        },
        nowUs: () => store.clocks()?.nowUs ?? 0,
        failed: (error) => this.#degrade(error),
        done: () => this.#recover(),
      },
    });
  }

  /** Plain counts for /metrics. */
  get counts() {
    const timersFired = this.#sum((watched) => watched.timersFired);
    const coalesced = this.#sum(({ merged }) => merged);
    const { reads: groupReads, failures: groupReadFailures } = this.#members.counts;
    const ofReads = { ...this.#reader.counts, groupReads, groupReadFailures };
    const { refused } = this.#subscriptions;
    return { resyncs: this.#resyncs, refused, ...ofReads, timersFired, coalesced };
  }

  /** Namespaces of which somebody was ever watched. */
  get watched(): Iterable<WatchedNamespace> {
    return this.#watched.values();
  }

  /** Of the watched groups: audiences, who listens to them, and what they were told. */
  get groups() {
    return {
      audiences: this.#sum(({ groups }) => groups.counts.audiences),
      listeners: this.#sum(({ groups }) => groups.counts.listeners),
      delivered: this.#sum(({ groups }) => groups.counts.delivered),
    };
  }

  /** Users whom somebody watches, the node itself included. */
  get trackedUsers(): number {
    return this.#sum(({ trackedUsers }) => trackedUsers);
  }

  /** Of these, those whom callers watch. */
  get calledUsers(): number {
    return this.#sum(({ calledUsers }) => calledUsers);
  }

  /** Those of callers. */
  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Of these, those that have something to be told and no room for it. O(subscriptions). */
  get laggingSubscriptions(): number {
    return this.#subscriptions.lagging;
  }

  get timers(): number {
    return this.#sum(({ timers }) => timers);
  }

  /** Users that wait to be read; each counts once or, in the background too, twice. */
  get waitingUsers(): number {
    return this.#sum(({ waiting }) => waiting);
  }

  /** Everybody who was to be read by then has been, on the node's clock, ms; to be asked again and again. */
  get readUpToMs(): number {
    let upToMs = this.#clock.nowMs();
    for (const watched of this.#watched.values()) upToMs = Math.min(upToMs, watched.readUpToMs);
    return upToMs;
  }

  /** Whether changes may be missed at this moment: the store's feed broke, or a read failed. */
  get degraded(): boolean {
    return this.#degraded;
  }

  /** Begins to show `subscription` the users in it, and those added later. */
  open(subscription: Subscription): void {
    this.#subscriptions.add(subscription);
    if (this.#degraded) subscription.outbox.notice('DEGRADED', DEGRADED_MESSAGE);
  }

  /** Adds users and groups to an open subscription; those it has are left alone. Their snapshots follow, then `synced`. */
  add(subscription: Subscription, userIds: readonly string[], groupIds: readonly string[] = []): void {
    const watched = this.#watchedOf(subscription.namespace);
    const { userIds: added, uncalled } = watched.unwatched(subscription, userIds);
    const addedGroups = [...new Set(groupIds)].filter((groupId) => !subscription.listeners.has(groupId));
    if (!subscription.isOfNode) {
      const { size, listeners } = subscription;
      this.#subscriptions.checkStream(size + added.length, listeners.size + addedGroups.length);
      this.#subscriptions.checkNode(this.calledUsers + uncalled);
    }
    watched.add(subscription, added, addedGroups);
  }

  isWatching(subscription: Subscription, userId: string): boolean {
    return this.#watchedOf(subscription.namespace).isWatching(subscription, userId);
  }

  remove(subscription: Subscription, userIds: readonly string[], groupIds: readonly string[] = []): void {
    this.#watchedOf(subscription.namespace).remove(subscription, userIds, groupIds);
  }

  /** The subscription's sink, which had no room, has some. */
  resume(subscription: Subscription): void {
    subscription.outbox.flush();
    this.#watchedOf(subscription.namespace).resume(subscription);
  }

  close(subscription: Subscription): void {
    if (!this.#subscriptions.delete(subscription)) return;
    subscription.outbox.disconnect();
    this.#watchedOf(subscription.namespace).removeAll(subscription);
  }

  /** Watched users of whom somebody saw last that they are SUSPECT, at most so many. */
  suspects(namespace: Namespace, usersMax: number): string[] {
    return this.#watched.get(namespace)?.suspects(usersMax) ?? [];
  }

  /** This node has recorded heartbeats; `arrivals` says what the store made of each. */
  heard(namespace: Namespace, heartbeats: readonly ReceivedHeartbeat[], arrivals: readonly Arrival[]): void {
    const clocks = this.#store.clocks();
    if (clocks) this.#watched.get(namespace)?.heard(heartbeats, arrivals, clocks);
  }

  /** Another node has recorded heartbeats of users of this one's shards, and says so (shards/relay.ts). */
  relayed(message: Buffer): void {
    const received = readArrivals(message);
    const clocks = this.#store.clocks();
    if (received && clocks) this.#find(received.namespace)?.heardElsewhere(received, clocks);
  }

  /** Judges everybody of a namespace again: its thresholds have changed, or what was learned of its fleet. */
  reread(namespace: Namespace): void {
    this.#watched.get(namespace)?.judgeAnew();
  }

  /** Heartbeats cannot be recorded: whoever is silent may only be unheard. */
  recordingLost(error: Error): void {
    this.#degrade(error);
  }

  /** They are again. */
  recordingRecovered(): void {
    this.readAll();
  }

  /** Everybody is read again, so that whatever was said in doubt, or before something was known, is made good. */
  readAll(): void {
    this.#resyncs += 1;
    for (const watched of this.#watched.values()) watched.resync();
    this.#recover();
  }

  /** Silence counts less than before: who was told to be there needs no reading, all their crossings have moved later. */
  readSuspected(): void {
    for (const watched of this.#watched.values()) watched.readSuspected();
    this.#recover();
  }

  /** Statuses of users of an origin are withheld, or are no longer. */
  held(namespace: Namespace, hold: Hold, news: HoldNews): void {
    // Who was to be let go at another time has a timer for that.
    if (news !== 'begun') this.#watched.get(namespace)?.resync();
    if (hold.cause !== 'silence' || news === 'changed' || this.#closed) return;
    const origin = hold.origin === '' ? 'no origin' : `origin ${JSON.stringify(hold.origin)}`;
    const [kind, message] =
      news === 'begun'
        ? ([
            'MASS_SILENCE',
            `many users of ${origin} fell silent at once: their OFFLINE is withheld`,
          ] as const)
        : (['MASS_SILENCE_OVER', `users of ${origin} are judged by their silence again`] as const);
    this.#subscriptions.notice(kind, message, namespace);
  }

  shutdown(): void {
    this.#closed = true;
    this.#reader.close();
    this.#members.close();
    for (const watched of this.#watched.values()) watched.close();
  }

  /** The feed names a user: a crossing of theirs may have moved earlier, or have been undone. */
  changed(namespaceName: string, userId: string, onlyLate: boolean): void {
    this.#find(namespaceName)?.changed(userId, onlyLate);
  }

  /** The feed names a group: its members have changed. */
  groupChanged(namespaceName: string, groupId: string): void {
    this.#find(namespaceName)?.groups.changed(groupId);
  }

  /** The feed broke: changes may be missed. */
  feedLost(error: Error): void {
    this.#feedLost = true;
    this.#degrade(error);
  }

  /** It can be followed again, from now on. */
  feedResumed(): void {
    this.#feedLost = false;
    for (const { groups } of this.#watched.values()) groups.resync();
    this.readAll();
  }

  #sum(figure: (watched: WatchedNamespace) => number): number {
    let sum = 0;
    for (const watched of this.#watched.values()) sum += figure(watched);
    return sum;
  }

  #watchedOf(namespace: Namespace): WatchedNamespace {
    let watched = this.#watched.get(namespace);
    if (!watched) {
      watched = new WatchedNamespace(namespace, this.#clock, {
        wanted: () => this.#reader.wake(),
        membersWanted: (audience) => this.#members.want(audience),
      });
      this.#watched.set(namespace, watched);
      this.#turns.push(watched);
    }
    return watched;
  }

  /** Of one namespace after the other. */
  #nextBatch(): Batch | undefined {
    for (const _ of this.#turns) {
      const watched = this.#turns[this.#turn] as WatchedNamespace;
      this.#turn = (this.#turn + 1) % this.#turns.length;
      const batch = watched.takeBatch();
      if (batch) return batch;
    }
    return undefined;
  }

  #find(namespaceName: string): WatchedNamespace | undefined {
    const namespace = this.#namespaces.find(namespaceName);
    return namespace && this.#watched.get(namespace);
  }

  #degrade(error: Error): void {
    if (this.#degraded || this.#closed) return;
    this.#degraded = true;
    this.#log.warn(
      { error: error.message },
      'status changes may be late: the store cannot be followed, or does not record',
    );
    this.#subscriptions.notice('DEGRADED', DEGRADED_MESSAGE);
  }

  /** Everything that had to be read was. */
  #recover(): void {
    if (!this.#degraded || this.#feedLost || this.#doubt.recording.isOpen || this.#closed) return;
    if (this.#reader.isReading || !this.#members.isDone) return;
    this.#degraded = false;
    this.#log.info({}, 'status changes are on time again: every watched user was read');
    this.#subscriptions.notice('RECOVERED', 'every watched user was read again');
  }
}
