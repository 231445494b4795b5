import type { Clock } from '../../clock.js';
import type { Arrival } from '../../detector/arrival.js';
import type { Status } from '../../detector/status.js';
import type { Clocks, Reading, ReceivedHeartbeat } from '../../store/store.js';
import type { Observation } from '../doubt/doubt.js';
import type { Namespace } from '../namespace.js';
import type { ChangeCounts } from './change-counts.js';
import { NONE } from './columns.js';
import { CrossingTimers } from './crossing-timers.js';
import { Eras } from './eras.js';
import type { Audience } from './groups/audience.js';
import { WatchedGroups } from './groups/watched-groups.js';
import { Hearing } from './hearing.js';
import { nextReading } from './next-reading.js';
import { Notifier } from './notifier.js';
import { ReadQueue } from './read-queue.js';
import type { ReceivedArrivals } from './relayed-arrivals.js';
import { Roster } from './roster.js';
import type { Subscription } from './subscription.js';
import { SWEEP_USERS, Sweep } from './sweep.js';
import { untoldUsers } from './untold-users.js';

/** Users of one namespace that the store is asked for in one call. */
export interface Batch {
  readonly watched: WatchedNamespace;
  readonly rows: readonly number[];
  readonly userIds: readonly string[];
}

/**
 * After something was learned, whoever is due within so many expected intervals is not read for it before: who beats is
 * due within two, and would be read once more than needed.
 */
const LEARNED_HORIZON_INTERVALS = 2;

/**
 * The watched users of one namespace: who watches them, when each is to be read again, and what follows from a reading.
 * Each user has one timer, armed at the next instant at which a threshold of somebody who watches would be crossed.
 */
export class WatchedNamespace {
  readonly namespace: Namespace;
  readonly #clock: Clock;
  readonly #roster = new Roster();
  readonly #eras: Eras;
  readonly #notifier: Notifier;
  readonly #timers: CrossingTimers;
  readonly #hearing: Hearing;
  readonly #queue: ReadQueue;
  readonly #sweep: Sweep;
  readonly groups: WatchedGroups;

  /** `wanted` hears that there is a batch to be taken; `membersWanted`, of whose members to be listed. */
  constructor(
    namespace: Namespace,
    clock: Clock,
    { wanted, membersWanted }: { wanted: () => void; membersWanted: (audience: Audience) => void },
  ) {
    this.namespace = namespace;
    this.#clock = clock;
    this.#queue = new ReadQueue(this.#roster.users, clock, wanted);
    this.#eras = new Eras(namespace);
    this.#notifier = new Notifier(namespace, this.#roster, this.#eras);
    this.#timers = new CrossingTimers(clock, {
      isStale: (user) => this.#isStale(user),
      due: (user) => this.#readSoon(user),
    });
    this.#hearing = new Hearing(namespace, this.#roster, this.#timers);
    this.#sweep = new Sweep(clock, {
      lastRow: () => this.#roster.users.lastRow,
      take: (user) => this.#readStale(user),
    });
    const host = {
      roster: this.#roster,
      resume: (subscription: Subscription) => this.resume(subscription),
      end: (watch: number) => {
        this.#end(watch);
        this.changes.byCause.REMOVED += 1;
      },
      endAll: (subscription: Subscription) => this.#endAll(subscription),
    };
    this.groups = new WatchedGroups(host, membersWanted);
  }

  get trackedUsers(): number {
    return this.#roster.users.size;
  }

  /** Of these, those whom callers watch. */
  get calledUsers(): number {
    return this.#roster.calledUsers;
  }

  get timers(): number {
    return this.#timers.size;
  }

  get timersFired(): number {
    return this.#timers.fired;
  }

  /** Users waiting to be read. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Everybody who was to be read by then has been, on the node's clock, ms. */
  get readUpToMs(): number {
    return this.#queue.readUpToMs;
  }

  /** For /metrics: what subscribers were told; and their watches by the status that they were told last. */
  get changes(): ChangeCounts {
    return this.#notifier.counts;
  }

  get watchesByStatus(): Readonly<Record<Status, number>> {
    return this.#roster.watches.byStatus;
  }

  /** Changes that were merged because a stream read too slowly. */
  get merged(): number {
    return this.#notifier.merged;
  }

  /** Users of whom somebody saw last that they are SUSPECT, at most so many. O(watches). */
  suspects(usersMax: number): string[] {
    return this.#roster.suspects(usersMax);
  }

  /** Those of `userIds` that `subscription` does not watch, each once; and how many of these no caller watches. */
  unwatched(subscription: Subscription, userIds: readonly string[]) {
    return this.#roster.unwatched(subscription, userIds);
  }

  isWatching(subscription: Subscription, userId: string): boolean {
    const user = this.#roster.users.find(userId);
    return user !== NONE && this.#roster.watchOf(user, subscription) !== NONE;
  }

  /** Begins to watch users and groups that `subscription` does not watch yet; with no snapshot to wait for, `synced` follows. */
  add(subscription: Subscription, userIds: readonly string[], groupIds: readonly string[] = []): void {
    // One more, or the first group without members would be taken for all.
    subscription.withoutSnapshot += 1;
    const { room } = subscription.outbox;
    for (const userId of userIds) {
      const watch = this.#roster.add(subscription, userId);
      // Whoever finds no room is read when others were told.
      if (subscription.withoutSnapshot - 1 <= room)
        this.#queue.background(this.#roster.watches.userOf(watch));
    }
    for (const groupId of groupIds) this.groups.join(subscription, groupId);
    subscription.withoutSnapshot -= 1;
    if (subscription.withoutSnapshot === 0) subscription.outbox.synced();
    if (groupIds.length > 0) this.resume(subscription);
    else this.#wakeFor(subscription);
  }

  remove(subscription: Subscription, userIds: readonly string[], groupIds: readonly string[] = []): void {
    const wasSynced = subscription.withoutSnapshot === 0;
    subscription.withoutSnapshot += 1;
    for (const groupId of groupIds) this.groups.leave(subscription, groupId);
    for (const userId of userIds) {
      const user = this.#roster.users.find(userId);
      const watch = user === NONE ? NONE : this.#roster.watchOf(user, subscription);
      if (watch !== NONE) this.#end(watch);
    }
    subscription.withoutSnapshot -= 1;
    if (!wasSynced && subscription.withoutSnapshot === 0) subscription.outbox.synced();
    this.resume(subscription);
  }

  removeAll(subscription: Subscription): void {
    for (const groupId of subscription.listeners.keys()) this.groups.leave(subscription, groupId);
    this.#endAll(subscription);
  }

  /** Has read what `subscription` is still to be told. */
  resume(subscription: Subscription): void {
    this.groups.tellRemovals(subscription);
    const isSyncing = subscription.withoutSnapshot > 0;
    for (const user of untoldUsers(this.#roster, subscription)) {
      if (isSyncing) this.#queue.background(user);
      else this.#queue.due(user);
    }
    this.#wakeFor(subscription);
  }

  /** The store says that something happened to a user, watched or not: a LATE heartbeat is news to who suspects them. */
  changed(userId: string, onlyLate: boolean): void {
    const { users } = this.#roster;
    const user = users.find(userId);
    if (user === NONE) return;
    if (!onlyLate || users.isInFlight(user) || !this.#roster.isOnline(user)) this.#readSoon(user);
  }

  /** This node has recorded heartbeats. What moves a crossing earlier, or ends a suspicion, the store says. */
  heard(heartbeats: readonly ReceivedHeartbeat[], arrivals: readonly Arrival[], clocks: Clocks): void {
    if (this.trackedUsers > 0) this.#hearing.hear(heartbeats, arrivals, clocks);
  }

  /** Another one has, and says so. */
  heardElsewhere(arrivals: ReceivedArrivals, clocks: Clocks): void {
    this.#hearing.hearRelayed(arrivals, clocks);
  }

  /** Something may have happened to anybody. */
  resync(): void {
    this.#readWhere(() => true);
  }

  /** Whoever was not told to be there may be, by a silence that counts less. O(watches). */
  readSuspected(): void {
    this.#readWhere((user) => !this.#roster.isOnline(user));
  }

  /**
   * The namespace judges by something else from now on: everybody is read again, bit by bit. What was learned moves
   * crossings little: where more are watched than can be read at once, whoever is due soon anyway is left to the timer,
   * or a young fleet would be read three times as often as it beats. Timers fire early enough for that, as a rule. Where
   * a crossing moved by more, or thresholds are others, it may be told later than it is by now, but no later than it was
   * before, nor than the sweep comes by.
   */
  judgeAnew(): void {
    this.#eras.look(this.#clock.nowMs());
    this.#sweep.begin();
  }

  /** The next users to be read; undefined when there are none. */
  takeBatch(): Batch | undefined {
    const { rows, userIds } = this.#queue.take();
    return rows.length > 0 ? { watched: this, rows, userIds } : undefined;
  }

  /** The batch was read: shows everybody who watched when it was asked for, and arms the timers. */
  show({ rows, userIds }: Batch, { readings, lagMs, nowUs, isDegraded }: Observation): void {
    const readMs = this.#clock.nowMs();
    this.#eras.look(readMs);
    for (let i = 0; i < rows.length; i++) {
      const user = rows[i] as number;
      const reading = readings[i] as Reading;
      if (this.#roster.users.isTracked(user)) {
        const heardMs = this.#timers.heardMs(user);
        const heardUs = heardMs > 0 ? nowUs + (heardMs - readMs) * 1000 : 0;
        const userId = userIds[i] as string;
        // Field by field: an object made of another one costs more than the rest of all this.
        const shown = { userId, reading, heardUs, readMs, lagMs, nowUs, degraded: isDegraded };
        const nextUs = this.#notifier.show(user, shown);
        if (this.#roster.users.isTracked(user)) {
          const { locationUs } = this.#notifier.judgement;
          const next = nextReading(this.namespace, shown, { crossingUs: nextUs, locationUs });
          if (next) this.#timers.arm(user, next);
          else this.#timers.cancel(user);
        }
      }
      this.#roster.land(user);
    }
    this.#queue.shown();
    const { served } = this.#notifier;
    // Also to clear an empty set makes a new one.
    if (served.size === 0) return;
    for (const subscription of served) this.resume(subscription);
    served.clear();
  }

  /** The batch could not be read. */
  putBack({ rows }: Batch): void {
    for (const user of rows) this.#roster.land(user);
    this.#queue.putBack(rows.filter((user) => this.#roster.users.isTracked(user)));
  }

  close(): void {
    this.#queue.close();
    this.#sweep.close();
    this.#timers.close();
  }

  #wakeFor({ isOfNode }: Subscription): void {
    if (isOfNode) this.#queue.wakeAtLeisure();
    else this.#queue.wake();
  }

  #readWhere(isToBeRead: (user: number) => boolean): void {
    const { users } = this.#roster;
    for (let user = 1; user <= users.lastRow; user++) {
      if (users.isTracked(user) && (users.isInFlight(user) || isToBeRead(user))) this.#queue.background(user);
    }
    this.#queue.wake();
  }

  #readSoon(user: number): void {
    if (this.#roster.isCalled(user)) {
      this.#queue.due(user);
      this.#queue.wake();
    } else {
      this.#queue.background(user);
      this.#queue.wakeAtLeisure();
    }
  }

  /** The era in which a user was judged last. */
  #eraOf(user: number): number {
    return this.#roster.watches.era(this.#roster.users.firstWatch(user));
  }

  #isStale(user: number): boolean {
    return this.#eraOf(user) < this.#eras.current;
  }

  /** Has a user read who was judged in another era; says whether. */
  #readStale(user: number): boolean {
    const { users } = this.#roster;
    if (!users.isTracked(user) || !this.#isStale(user)) return false;
    if (users.size > SWEEP_USERS && this.#eras.hasThresholdsOf(this.#eraOf(user))) {
      const { expectedIntervalMs } = this.namespace.detector.settings;
      const horizonMs = LEARNED_HORIZON_INTERVALS * expectedIntervalMs;
      if (this.#timers.dueMs(user) <= this.#clock.nowMs() + horizonMs) return false;
    }
    this.#queue.background(user);
    this.#queue.wake();
    return true;
  }

  #endAll(subscription: Subscription): void {
    while (subscription.watches !== NONE) this.#end(subscription.watches);
  }

  #end(watch: number): void {
    const user = this.#roster.remove(watch);
    if (user !== NONE) this.#timers.cancel(user);
  }
}
