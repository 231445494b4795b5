import type { Status, Thresholds } from '../../detector/status.js';
import type { Reading } from '../../store/store.js';
import { type Assessment, assess } from '../assessment.js';
import { withhold } from '../doubt/withhold.js';
import type { Namespace } from '../namespace.js';
import { ChangeCounts } from './change-counts.js';
import { type Change, changeFrom, snapshotOf } from './changes.js';
import { NONE } from './columns.js';
import type { Eras } from './eras.js';
import { Judgement } from './judgement.js';
import type { Roster } from './roster.js';
import type { Subscription } from './subscription.js';
import type { Told } from './watches.js';

/** A reading of a user, and when and in what state the node got it. */
interface Shown {
  readonly userId: string;
  readonly reading: Reading;
  /** When this node heard the user last, of what it recorded since they were read before, µs; 0: it did not. */
  readonly heardUs: number;
  /** When the answer arrived, on the node's clock and on the store's, µs. */
  readonly readMs: number;
  readonly nowUs: number;
  readonly degraded: boolean;
}

/**
 * Shows readings to those who watch a user, and tells each what changed for it: the snapshot first, then every other
 * status. A subscriber whose sink has no room is told later, of another reading; its watch is listed until then.
 */
export class Notifier {
  /** Subscriptions that were told, or no longer need to be, what they had waited for; the caller clears it. */
  readonly served = new Set<Subscription>();
  /** Changes that became part of a later one, of all subscribers. */
  merged = 0;
  /** Those that were told. */
  readonly counts = new ChangeCounts();
  /** Of the reading shown last. */
  readonly judgement = new Judgement();
  readonly #namespace: Namespace;
  readonly #roster: Roster;
  readonly #eras: Eras;
  /**
   * The watches of a user, copied: whoever is told may close, and must not take the next one's turn. Never emptied, or
   * it would be made anew for every reading.
   */
  readonly #turns: number[] = [];
  /** Numbers the readings that were shown. */
  #showing = 0;

  constructor(namespace: Namespace, roster: Roster, eras: Eras) {
    this.#namespace = namespace;
    this.#roster = roster;
    this.#eras = eras;
  }

  /** Shows a reading to all who watch `user`. Returns the next crossing for any of them, µs; Infinity: there is none. */
  show(user: number, shown: Shown): number {
    const { users, watches } = this.#roster;
    this.#showing += 1;
    this.judgement.read(shown.reading, this.#namespace.detector);
    const first = users.firstWatch(user);
    let watching = 0;
    for (let watch = first; watch !== NONE; watch = watches.ofUser.after(first, watch)) {
      this.#turns[watching++] = watch;
    }
    let nextUs = Number.POSITIVE_INFINITY;
    let audiences = 0;
    for (let turn = 0; turn < watching; turn++) {
      const watch = this.#turns[turn] as number;
      // Whoever comes while the answer is on its way gets one of their own: this one may be older than what they know.
      if (watches.userOf(watch) !== user || watches.isLate(watch)) continue;
      if (watches.subscriptionOf(watch).audience) audiences += 1;
      nextUs = Math.min(nextUs, this.#observe(watch, shown));
      if (watches.userOf(watch) === user) this.#catchUp(watch, shown);
    }
    if (watching > 1 && audiences > 0) this.#reconcileAll(user, watching);
    return nextUs;
  }

  #observe(watch: number, shown: Shown): number {
    const { watches } = this.#roster;
    const subscription = watches.subscriptionOf(watch);
    const { thresholds } = subscription;
    const seen = watches.seen(watch);
    const standsUntilUs = this.#standsUntilUs(watch, seen, shown);
    if (this.judgement.nowUs < standsUntilUs) {
      this.#leaveAsTold(watch);
      return standsUntilUs;
    }
    const { status, untilUs } = this.#tellable(watch, thresholds, shown.userId);
    if (seen === undefined) {
      if (subscription.outbox.room <= 0) return Number.POSITIVE_INFINITY;
      this.#tell(watch, seen, shown);
    } else if (status !== seen || watches.untold.has(watch)) this.#change(watch, { status, seen, shown });
    else watches.confirm(watch, this.judgement, this.#eras.current);
    return untilUs > this.judgement.nowUs ? untilUs : this.judgement.nextCrossingUs(status, thresholds);
  }

  /** Nearly always what is judged. */
  #tellable(watch: number, thresholds: Thresholds, userId: string) {
    const { judgement } = this;
    const { watches } = this.#roster;
    const status = judgement.status(thresholds, watches.seen(watch));
    if ((status !== 'SUSPECT' && status !== 'OFFLINE') || judgement.hasLeft) {
      return { status, untilUs: Number.NEGATIVE_INFINITY };
    }
    const told = watches.hasSnapshot(watch) ? watches.told(watch).status : undefined;
    const crossing = (phi: number) => judgement.lastCrossing(phi);
    return withhold(this.#namespace, { userId, status, told, thresholds, nowUs: judgement.nowUs, crossing });
  }

  /** What was told stands: whatever else was seen, and not told yet, is not to be told any more. */
  #leaveAsTold(watch: number): void {
    const { watches } = this.#roster;
    if (!watches.untold.has(watch)) return;
    watches.setSeen(watch, watches.told(watch).status);
    this.#serve(watch);
  }

  /**
   * A record that is gone before its retention is over was not forgotten: the store has lost it, and a live session comes
   * back with its next heartbeat; unless the user is invisible. Until when what was told stands then, µs: for who seemed there, as long as a session may be
   * silent at all.
   */
  #standsUntilUs(watch: number, seen: Status | undefined, shown: Shown): number {
    const isTold = this.judgement.isKnown || shown.reading.unseen !== undefined;
    if (isTold || seen === undefined || seen === 'UNKNOWN') return Number.NEGATIVE_INFINITY;
    const { watches } = this.#roster;
    const { retentionMs, detector } = this.#namespace;
    const { lastSeenUs, leftUs } = this.#told(watch, shown);
    const forgottenUs = Math.max(lastSeenUs, leftUs) + retentionMs * 1000;
    if (seen === 'OFFLINE' || this.judgement.nowUs >= forgottenUs) return forgottenUs;
    watches.lose(watch, this.judgement.nowUs);
    return detector.sight.instantUs(watches.told(watch).lastSeenUs, detector.settings.maxSilenceMs);
  }

  /** The status is another than the one seen last, or than the one told. */
  #change(watch: number, { status, seen, shown }: { status: Status; seen: Status; shown: Shown }): void {
    const { watches } = this.#roster;
    const subscription = watches.subscriptionOf(watch);
    const isUntold = watches.untold.has(watch);
    if (isUntold && status !== seen) {
      this.merged += 1;
      subscription.outbox.merged();
    }
    if (status === watches.told(watch).status) {
      watches.setSeen(watch, status);
      watches.confirm(watch, this.judgement, this.#eras.current);
      this.#serve(watch);
    } else if (subscription.isSyncing || subscription.outbox.room <= 0) {
      watches.setSeen(watch, status);
      if (!isUntold) this.#roster.list(watch);
    } else this.#tell(watch, seen, shown);
  }

  #tell(watch: number, seen: Status | undefined, shown: Shown): void {
    const { userId, reading, nowUs, degraded } = shown;
    const { watches } = this.#roster;
    const subscription = watches.subscriptionOf(watch);
    const told = seen === undefined ? undefined : watches.told(watch).status;
    const judge = { thresholds: subscription.thresholds, previous: seen, told, degraded };
    const assessment = assess(this.#namespace, userId, reading, judge);
    const isSnapshot = seen === undefined;
    const change = isSnapshot ? snapshotOf(assessment) : this.#changeOf(watch, assessment, shown);
    const { hasOwnThresholds, isOfNode } = subscription;
    const hasWaited = watches.untold.has(watch);
    if (!isOfNode) this.counts.add(change, { nowUs, hasOwnThresholds, hasWaited });
    this.#serve(watch);
    watches.tell(watch, assessment.status, change.version);
    watches.confirm(watch, this.judgement, this.#eras.current);
    if (isSnapshot) subscription.withoutSnapshot -= 1;
    // Last: whoever is told may close, or add users.
    if (subscription.audience) subscription.audience.change(watch, change, this.#showing);
    else subscription.tell(change, this.#showing);
    if (isSnapshot && subscription.withoutSnapshot === 0) subscription.outbox.synced();
  }

  /** Those of an audience who had no room before, or have come since, are told what the others were. */
  #catchUp(watch: number, { userId, reading, degraded }: Shown): void {
    const { watches } = this.#roster;
    const { audience, thresholds } = watches.subscriptionOf(watch);
    if (!audience?.isAwaited(watch) || !watches.hasSnapshot(watch)) return;
    const { status } = watches.told(watch);
    const judge = { thresholds, previous: status, told: status, degraded };
    // What was told may stand although the record is gone.
    const assessment = { ...assess(this.#namespace, userId, reading, judge), status };
    for (const subscription of audience.catchUp(watch, assessment, this.#showing)) {
      this.served.add(subscription);
    }
  }

  /**
   * Who watches a user in several ways, by id and as a member of groups, and was told in one, was told in all: by the others they
   * may have had no room. Versions increase for them, too.
   */
  #reconcileAll(user: number, watching: number): void {
    const { watches } = this.#roster;
    const shared: number[] = [];
    let version = 0;
    for (const watch of this.#turns.slice(0, watching)) {
      if (watches.userOf(watch) !== user || !watches.hasSnapshot(watch)) continue;
      const { audience, listeners } = watches.subscriptionOf(watch);
      if (!audience && listeners.size === 0) continue;
      version = Math.max(version, watches.told(watch).version);
      shared.push(watch);
    }
    for (const watch of shared) {
      watches.raiseVersion(watch, version);
      const { audience } = watches.subscriptionOf(watch);
      if (audience) audience.reconcile(watch, this.#showing);
      else this.#reconcile(watch);
    }
  }

  /** As reconcileAll, of a watch by id. */
  #reconcile(watch: number): void {
    const { watches } = this.#roster;
    const status = watches.subscriptionOf(watch).toldIn(this.#showing);
    const { status: told, version } = watches.told(watch);
    if (status === undefined || status === told) return;
    watches.tell(watch, status, version);
    this.#serve(watch);
  }

  /** What was told, as of the last time that this node heard the user. */
  #told(watch: number, { heardUs }: Shown): Told {
    const told = this.#roster.watches.told(watch);
    return heardUs > told.lastSeenUs ? { ...told, lastSeenUs: heardUs } : told;
  }

  #changeOf(watch: number, assessment: Assessment, shown: Shown): Change {
    const told = this.#told(watch, shown);
    const { hasOwnThresholds } = this.#roster.watches.subscriptionOf(watch);
    const judgedAnewUs = this.#eras.judgesAlike(told.era, hasOwnThresholds)
      ? undefined
      : assessment.nowUs - (shown.readMs - this.#eras.sinceMs) * 1000;
    return changeFrom(told, assessment, judgedAnewUs);
  }

  /** It waits no longer. */
  #serve(watch: number): void {
    const subscription = this.#roster.watches.subscriptionOf(watch);
    if (this.#roster.unlist(watch)) this.served.add(subscription);
  }
}
