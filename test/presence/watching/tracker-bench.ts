import type { DetectorSettings } from '../../../src/detector/detector.js';
import type { Status, Thresholds } from '../../../src/detector/status.js';
import { type Namespace, Namespaces } from '../../../src/presence/namespace.js';
import { Presence } from '../../../src/presence/presence.js';
import type { Change } from '../../../src/presence/watching/changes.js';
import { isQuieting } from '../../../src/presence/watching/hearing.js';
import type { EventSink, StreamEvent } from '../../../src/presence/watching/outbox.js';
import { ArrivalMessage } from '../../../src/presence/watching/relayed-arrivals.js';
import { Subscription } from '../../../src/presence/watching/subscription.js';
import type { WatchLimits } from '../../../src/presence/watching/subscriptions.js';
import type { GroupStore } from '../../../src/store/group-store.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import type { ReceivedHeartbeat } from '../../../src/store/store.js';
import { FaultyStore } from '../../support/faulty-store.js';
import { received } from '../../support/heartbeat.js';
import { MemoryLog } from '../../support/log.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import {
  doubtSettings,
  groupSettings,
  ingestSettings,
  learningSettings,
  namespaceSettings,
  trackerSettings,
} from '../../support/settings.js';
import { lineOf } from './changes.js';

/** Far enough from any deadline that no test waits for it by accident, and longer than max_silence. */
const RETENTION_MS = 600_000;

/** A node's tracker over the embedded store, on a clock that the test turns. */
export class TrackerBench {
  readonly clock: ManualClock;
  readonly log = new MemoryLog();
  readonly memory: MemoryStore;
  readonly store: FaultyStore;
  readonly presence: Presence;
  readonly namespace: Namespace;

  constructor(
    overrides: {
      readonly detector?: Partial<DetectorSettings>;
      readonly tracker?: Partial<WatchLimits>;
      readonly retentionMs?: number;
      /** Groups as the node finds them. */
      readonly groups?: (inner: GroupStore) => GroupStore;
      /** Another node on the same store. */
      readonly peer?: TrackerBench;
      /** Of the store; the first character of a user's id says which. */
      readonly partitions?: number;
    } = {},
  ) {
    const { detector, retentionMs = RETENTION_MS, tracker, peer, partitions = 1 } = overrides;
    const { groups = (inner) => inner } = overrides;
    this.clock = peer?.clock ?? new ManualClock();
    this.memory = peer?.memory ?? new MemoryStore(this.clock);
    this.store = new FaultyStore(this.memory, partitions, partitions);
    const settings = { ...namespaceSettings(detector), retentionMs };
    const namespaces = new Namespaces({ default: settings, other: settings });
    this.namespace = namespaces.get('default');
    this.presence = new Presence({
      namespaces,
      store: this.store,
      clock: this.clock,
      log: this.log,
      ingest: ingestSettings,
      groupStore: groups(this.memory.groupStore),
      groups: groupSettings,
      tracker: { ...trackerSettings, ...tracker },
      learning: learningSettings,
      doubt: doubtSettings,
    });
  }

  get tracker() {
    return this.presence.tracker;
  }

  /** System timers that watching needs, beside the five by which a node doubts itself and the one by which it learns. */
  get watchTimers(): number {
    return this.clock.timers - 6;
  }

  /** A heartbeat that arrives at another node and is recorded now; that one says so after so long. */
  async beat(
    userId = 'alice',
    overrides: Partial<ReceivedHeartbeat> = {},
    relayedMs = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const heartbeat = received({ userId, receivedMs: this.clock.nowMs(), ...overrides });
    const { arrivals } = await this.memory.record(this.namespace, 0, [heartbeat]);
    const [arrival] = arrivals;
    if (relayedMs < Number.POSITIVE_INFINITY && arrival && isQuieting(arrival)) {
      const message = new ArrivalMessage(this.namespace, 1_000);
      message.add(userId, arrival);
      this.clock.after(relayedMs, () => this.tracker.relayed(message.take()));
    }
    await settle();
  }

  /** The same at this node. */
  async beatHere(userId = 'alice', overrides: Partial<ReceivedHeartbeat> = {}): Promise<void> {
    const heartbeat = received({ userId, receivedMs: this.clock.nowMs(), ...overrides });
    const { arrivals } = await this.memory.record(this.namespace, 0, [heartbeat]);
    this.tracker.heard(this.namespace, [heartbeat], arrivals);
    await settle();
  }

  /** Ten heartbeats of each, one a second, the last of them now: mean 1,000 ms, deviation 100 ms. */
  async beats(userIds: readonly string[] = ['alice'], sessionId = 'phone'): Promise<void> {
    for (let i = 0; i < 10; i++) {
      if (i > 0) await this.clock.advance(1_000);
      const receivedMs = this.clock.nowMs();
      const heartbeats = userIds.map((userId) => received({ userId, sessionId, receivedMs }));
      await this.memory.record(this.namespace, 0, heartbeats);
    }
    await settle();
  }

  async leave(userId = 'alice', sessionId = ''): Promise<void> {
    await this.memory.leave(this.namespace, { userId, sessionId, receivedMs: this.clock.nowMs() });
    await settle();
  }

  /** A subscription that keeps up, and has its snapshots. */
  async watch(userIds: readonly string[] = ['alice'], thresholds?: Thresholds): Promise<Watch> {
    const watch = this.open(thresholds);
    this.tracker.add(watch.subscription, userIds);
    await settle();
    return watch;
  }

  open(thresholds?: Thresholds, namespace = 'default'): Watch {
    const subscription = new Subscription(this.presence.namespaces.get(namespace), thresholds);
    const watch = new Watch(subscription, this.clock, () => this.tracker.close(subscription));
    this.tracker.open(watch.subscription);
    return watch;
  }

  /** When a session's φ will reach `phi` if it stays silent, on the clock, as the detector predicts it. */
  async crossingMs(phi: number, userId = 'alice', sessionId = 'phone'): Promise<number> {
    const [reading] = await this.memory.read(this.namespace, [userId]);
    const session = reading?.record?.sessions.find((s) => s.sessionId === sessionId);
    if (!reading || !session) throw new Error(`nothing is known of ${userId}/${sessionId}`);
    const { detector } = this.namespace;
    const silentMs = (reading.nowUs - session.lastUs) / 1000;
    return this.clock.nowMs() - silentMs + detector.deadlineMs(phi, detector.estimate(session));
  }

  /** What the tracker does for `work`. */
  async costOf(
    work: () => Promise<void>,
  ): Promise<{ reads: number; usersRead: number; timersFired: number }> {
    const before = { ...this.tracker.counts };
    await work();
    const { reads, usersRead, timersFired } = this.tracker.counts;
    return {
      reads: reads - before.reads,
      usersRead: usersRead - before.usersRead,
      timersFired: timersFired - before.timersFired,
    };
  }

  advanceTo(atMs: number): Promise<void> {
    return this.clock.advance(atMs - this.clock.nowMs());
  }
}

/** What a subscriber has been told, and when. It reads at once, unless a test gives it little room. */
export class Watch implements EventSink {
  readonly seen: { readonly atMs: number; readonly event: StreamEvent }[] = [];
  /** Called for every event, after it was noted. */
  onEvent: (event: StreamEvent) => void = () => {};
  room = Number.POSITIVE_INFINITY;
  /** What ended it; as a stream that ends it is closed. */
  error: Error | undefined;
  readonly onFail: () => void;
  readonly #clock: ManualClock;

  constructor(
    readonly subscription: Subscription,
    clock: ManualClock,
    onFail: () => void = () => {},
  ) {
    this.onFail = onFail;
    this.#clock = clock;
    subscription.outbox.connect(this);
  }

  take(event: StreamEvent): void {
    this.room -= 1;
    this.seen.push({ atMs: this.#clock.nowMs(), event });
    this.onEvent(event);
  }

  fail(error: Error): void {
    this.error = error;
    this.onFail();
  }

  get lines(): string[] {
    return this.seen.map(({ event }) => lineOf(event));
  }

  get changes(): (Change & { readonly seenMs: number })[] {
    return this.seen.flatMap(({ atMs, event }) =>
      'change' in event ? [{ ...event.change, seenMs: atMs }] : [],
    );
  }

  /** What was told since this was asked last. */
  takeLines(): string[] {
    const { lines } = this;
    this.seen.length = 0;
    return lines;
  }

  statusOf(userId = 'alice'): Status | undefined {
    return this.changes.findLast(({ assessment }) => assessment.userId === userId)?.assessment.status;
  }
}

/** alice and bob, who beat, and somebody who watches both and has seen that they are online. */
export async function watchedPair(): Promise<{ bench: TrackerBench; watch: Watch }> {
  const bench = new TrackerBench();
  await bench.beats(['alice', 'bob']);
  const watch = await bench.watch(['alice', 'bob']);
  watch.takeLines();
  return { bench, watch };
}
