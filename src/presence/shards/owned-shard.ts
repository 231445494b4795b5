import { isDeepStrictEqual } from 'node:util';
import type {
  LoggedStatus,
  ShardClaim,
  ShardReport,
  ShardStore,
  StatusCounts,
} from '../../store/shard-store.js';
import { storeUs } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import type { Presence } from '../presence.js';
import type { Change } from '../watching/changes.js';
import { LogWriter } from './log-writer.js';
import { type LogBefore, ShardUsers } from './shard-users.js';

/** A log that nobody wrote is tried again after so long, ms. */
const RETRY_DELAY_MS = 250;
/** What happened is told within this, ms. */
const TELLING_MS = 100;

/** That nothing has changed is reported only so often, ms. */
const UNCHANGED_INTERVAL_MS = 2_000;

/** A shard that this node owns: all its users are watched, counted, and their changes written to the logs. */
export class OwnedShard {
  readonly claim: ShardClaim;
  readonly log: LogWriter;
  readonly #presence: Presence;
  readonly #store: ShardStore;
  readonly #encode: (change: Change) => Buffer;
  readonly #users = new Map<Namespace, ShardUsers>();
  #upToUs: number;
  /** Up to when the owner before has told all, µs; 0: there was none. */
  readonly #toldBeforeUs: number;
  /** Up to when everybody was read, and how many changes had been given to be written when that was known. */
  #read: { readonly upToUs: number; readonly added: number } | undefined;
  /** Everybody who has a record was found, and is watched; and has been read once. */
  #isFound = false;
  #isCounted = false;
  #reported: { readonly report: ShardReport; readonly atMs: number } | undefined;
  readonly #hasRoom: (users: number) => boolean;
  /** Users were left out. */
  #isOverfull = false;

  /** `hasRoom`: whether this node may watch more. `lost`: another claim holds, here or on another node. */
  constructor(
    presence: Presence,
    options: {
      readonly store: ShardStore;
      readonly claim: ShardClaim;
      /** What the last owner said; undefined: there was none. */
      readonly last: ShardReport | undefined;
      readonly encode: (change: Change) => Buffer;
      readonly hasRoom: (users: number) => boolean;
      readonly lost: () => void;
    },
  ) {
    const { store, claim, last } = options;
    this.#hasRoom = options.hasRoom;
    this.#presence = presence;
    this.#store = store;
    this.claim = claim;
    this.#encode = options.encode;
    this.#toldBeforeUs = last?.upToUs ?? 0;
    this.#upToUs = this.#toldBeforeUs;
    this.log = new LogWriter(store, claim, {
      retry: (again) => presence.clock.after(RETRY_DELAY_MS, again),
      ended: options.lost,
      roomy: () => this.#resume(),
    });
  }

  /** Learns what the logs said last; before that nobody may be watched. Rejects as the store does. */
  async begin(): Promise<void> {
    const { namespaces } = this.#presence;
    const upToUs = this.#upToUs || undefined;
    const all = [...namespaces.all(), namespaces.nodes];
    const said = await Promise.all(all.map((namespace) => this.#saidOf(namespace)));
    all.forEach((namespace, i) => {
      this.#watch(namespace, { upToUs, said: said[i] as Map<string, LoggedStatus> });
    });
  }

  get users(): number {
    return this.#sum(({ subscription }) => subscription.size);
  }

  /** Whether everybody is counted; who came a moment ago is counted the next. */
  get isComplete(): boolean {
    if (!this.#isFound || this.#isOverfull) return false;
    this.#isCounted ||= this.#sum(({ subscription }) => subscription.withoutSnapshot) === 0;
    return this.#isCounted;
  }

  /** Whether it was reported that all are counted, and told up to a moment since this node owns the shard: others may go by it. */
  get isReported(): boolean {
    const { isComplete, upToUs } = this.#reported?.report ?? { isComplete: false, upToUs: 0 };
    return isComplete && upToUs > this.#toldBeforeUs;
  }

  /** Watches users who were found in the store, or named by the feed; those who are watched are left alone. */
  add(namespace: Namespace, userIds: readonly string[]): void {
    const { tracker } = this.#presence;
    const users = this.#users.get(namespace);
    if (!users) return;
    const more = userIds.filter((userId) => !tracker.isWatching(users.subscription, userId));
    if (more.length === 0) return;
    if (!this.#hasRoom(more.length)) {
      this.#isOverfull = true;
      return;
    }
    // Where all were found before, nobody had heard of these.
    if (this.#isFound) for (const userId of more) users.expectNew(userId);
    tracker.add(users.subscription, more);
  }

  /** Everybody who has a record was found. What the logs told of others they are told the end of. */
  found(): void {
    if (this.#isFound) return;
    this.#isFound = true;
    for (const users of this.#users.values()) {
      this.#presence.tracker.add(users.subscription, users.unseen());
    }
  }

  /** Users by status, of each namespace. */
  counts(): [namespace: string, counts: StatusCounts][] {
    return Array.from(this.#users, ([{ name }, { counts }]) => [name, { ...counts }]);
  }

  /** What is to be reported now; undefined: as much was said a moment ago. */
  dueReport(): ShardReport | undefined {
    const report = this.report();
    const last = this.#reported;
    const isOld = !last || this.#presence.clock.nowMs() >= last.atMs + UNCHANGED_INTERVAL_MS;
    if (isOld || report.isComplete !== last.report.isComplete) return report;
    // Until a first moment up to which this owner has told all nobody takes the counts for complete.
    if (last.report.upToUs <= this.#toldBeforeUs && report.upToUs > this.#toldBeforeUs) return report;
    return isDeepStrictEqual(report.counts, last.report.counts) ? undefined : report;
  }

  /** What can be reported now. */
  report(): ShardReport {
    const { isComplete } = this;
    if (isComplete && !this.#presence.tracker.degraded) this.#advance();
    const counts = Object.fromEntries(this.counts());
    return { node: this.#presence.nodeId, upToUs: this.#upToUs, isComplete, counts };
  }

  /** Whoever was to be read by a moment has been, and then all that came of it was written: up to there everything is in the log. */
  #advance(): void {
    const { store, tracker } = this.#presence;
    const clocks = store.clocks();
    const upToMs = tracker.readUpToMs - TELLING_MS;
    if (!clocks || upToMs === Number.NEGATIVE_INFINITY) return;
    // Of who waits for room nothing was given to be written.
    if (this.#sum(({ subscription }) => Number(subscription.isLagging)) > 0) return;
    this.#read ??= { upToUs: storeUs(upToMs, clocks), added: this.log.written + this.log.pending };
    if (this.log.written < this.#read.added) return;
    this.#upToUs = Math.max(this.#upToUs, this.#read.upToUs);
    this.#read = undefined;
  }

  /** The report stands. */
  reported(report: ShardReport): void {
    const { upToUs } = report;
    this.#reported = { report, atMs: this.#presence.clock.nowMs() };
    if (upToUs > 0) for (const users of this.#users.values()) users.settle(upToUs);
  }

  close(): void {
    this.log.close();
    for (const { subscription } of this.#users.values()) this.#presence.tracker.close(subscription);
    this.#users.clear();
  }

  async #saidOf({ name }: Namespace): Promise<Map<string, LoggedStatus>> {
    const said = new Map<string, LoggedStatus>();
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = await this.#store.logged(this.claim.shard, name, cursor);
      for (const { userId, was } of page.items) said.set(userId, was);
      cursor = page.next;
    }
    return said;
  }

  #watch(namespace: Namespace, before: LogBefore): void {
    const { tracker } = this.#presence;
    const users: ShardUsers = new ShardUsers(namespace, {
      log: this.log,
      before,
      encode: this.#encode,
      gone: (userId) => tracker.remove(users.subscription, [userId]),
    });
    this.#users.set(namespace, users);
    tracker.open(users.subscription);
  }

  #resume(): void {
    for (const { subscription } of this.#users.values()) this.#presence.tracker.resume(subscription);
  }

  #sum(figure: (users: ShardUsers) => number): number {
    let sum = 0;
    for (const users of this.#users.values()) sum += figure(users);
    return sum;
  }
}
