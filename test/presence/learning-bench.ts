import { differs } from '../../src/detector/fleet-counts.js';
import type { Intents } from '../../src/detector/intent.js';
import type { Thresholds } from '../../src/detector/status.js';
import { type Namespace, Namespaces } from '../../src/presence/namespace.js';
import { Presence } from '../../src/presence/presence.js';
import { Subscription } from '../../src/presence/watching/subscription.js';
import type { MemoryStore } from '../../src/store/memory/memory-store.js';
import { FaultyStore } from '../support/faulty-store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import type { ManualClock } from '../support/manual-clock.js';
import {
  doubtSettings,
  groupSettings,
  ingestSettings,
  learningSettings,
  namespaceSettings,
  trackerSettings,
} from '../support/settings.js';
import { Watch } from './watching/tracker-bench.js';

export const LEARNING_MS = learningSettings.intervalMs;

/** A node that learns, on a store that it may share with others: `default` is adaptive, `fixed` is not. */
export class LearningNode {
  readonly log = new MemoryLog();
  readonly store: FaultyStore;
  readonly presence: Presence;
  readonly namespace: Namespace;
  readonly #clock: ManualClock;
  #draws = 0;

  constructor(shared: MemoryStore, clock: ManualClock, intents: Partial<Intents> = {}) {
    this.#clock = clock;
    this.store = new FaultyStore(shared);
    const settings = namespaceSettings({ model: 'adaptive' });
    const namespaces = new Namespaces({
      default: { ...settings, intents: { ...settings.intents, ...intents } },
      fixed: namespaceSettings(),
    });
    this.namespace = namespaces.get('default');
    this.presence = new Presence({
      namespaces,
      store: this.store,
      clock,
      log: this.log,
      ingest: ingestSettings,
      groupStore: shared.groupStore,
      groups: groupSettings,
      tracker: trackerSettings,
      learning: learningSettings,
      doubt: doubtSettings,
    });
  }

  get learner() {
    const learner = this.presence.learning.learners.get('default');
    if (!learner) throw new Error('nothing is learned');
    return learner;
  }

  /**
   * Heartbeats of users who beat every second, `jitterMs` late on average: exponential, from a fixed sequence. They all
   * come at once, as after a pause in which nobody learned anything; so a user has only one such past.
   */
  async beats(
    n: number,
    { jitterMs, userId = 'alice' }: { readonly jitterMs: number; readonly userId?: string },
    namespace = this.namespace,
  ): Promise<void> {
    let receivedMs = this.#clock.nowMs();
    const heartbeats = Array.from({ length: n }, () => {
      this.#draws += 1;
      const heartbeat = received({ userId, receivedMs });
      // Weyl's sequence: even, and the same in every run.
      receivedMs -= 1_000 - jitterMs * Math.log(1 - ((this.#draws * 0.754877666) % 1));
      return heartbeat;
    }).reverse();
    const recorded = this.presence.ingest.record(namespace, heartbeats);
    await this.#clock.advance(ingestSettings.batchDelayMs);
    await recorded;
  }

  /** When a user becomes SUSPECT if the silence lasts, on the clock, as the detector predicts it. */
  async suspectMs(userId: string): Promise<number> {
    const [assessment] = await this.presence.reads.assessAll(this.namespace, [userId]);
    return this.#clock.nowMs() + (assessment?.suspectInMs ?? Number.NaN);
  }

  /** A subscription that keeps up. */
  watch(userId: string, thresholds?: Thresholds): Watch {
    const watch = new Watch(new Subscription(this.namespace, thresholds), this.#clock);
    this.presence.tracker.open(watch.subscription);
    this.presence.tracker.add(watch.subscription, [userId]);
    return watch;
  }

  judgesAs({ namespace }: LearningNode): boolean {
    return !differs(this.namespace.learned, namespace.learned);
  }
}
