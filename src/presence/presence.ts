import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Arrival } from '../detector/arrival.js';
import { sameIntents } from '../detector/intent.js';
import type { Log } from '../log.js';
import type { GroupStore } from '../store/group-store.js';
import type { ReceivedHeartbeat, Store, StoreListener } from '../store/store.js';
import { Doubt, type DoubtSettings } from './doubt/doubt.js';
import { type GroupSettings, Groups } from './groups.js';
import { Ingest, type IngestSettings } from './ingest/ingest.js';
import { Learning, type LearningSettings } from './learning.js';
import type { Namespace, NamespaceSettings, Namespaces } from './namespace.js';
import { Reads } from './reads.js';
import { meaningsText } from './threshold-text.js';
import type { WatchLimits } from './watching/subscriptions.js';
import { Tracker } from './watching/tracker.js';

/** Who hears what the store tells its followers, and what this node has recorded. */
interface Follower extends Partial<Omit<StoreListener, 'lost' | 'relayed'>> {
  recorded?(
    namespace: Namespace,
    heartbeats: readonly ReceivedHeartbeat[],
    arrivals: readonly Arrival[],
  ): void;
}

/** The use cases of a node: record heartbeats, answer questions, watch. What gRPC serves and tests drive. */
export class Presence {
  readonly namespaces: Namespaces;
  readonly ingest: Ingest;
  readonly reads: Reads;
  readonly groups: Groups;
  readonly tracker: Tracker;
  readonly learning: Learning;
  readonly doubt: Doubt;
  readonly store: Store;
  readonly clock: Clock;
  readonly nodeId: string;
  readonly #log: Log;
  readonly #followers = new Set<Follower>();
  readonly #unfollow: () => void;
  /** What the log said last of a namespace's thresholds. */
  readonly #said = new Map<Namespace, string>();

  constructor(options: {
    readonly namespaces: Namespaces;
    readonly store: Store;
    readonly groupStore: GroupStore;
    readonly clock: Clock;
    readonly log: Log;
    readonly ingest: IngestSettings;
    readonly groups: GroupSettings;
    readonly tracker: WatchLimits;
    readonly learning: LearningSettings;
    readonly doubt: DoubtSettings;
    /** The same for a node that takes the place of this one; by default no other has it. */
    readonly nodeId?: string;
  }) {
    const { namespaces, store, clock, log } = options;
    this.namespaces = namespaces;
    this.store = store;
    this.clock = clock;
    this.nodeId = options.nodeId ?? randomUUID();
    this.#log = log;
    this.doubt = new Doubt({
      clock,
      log,
      store,
      namespaces,
      settings: options.doubt,
      nodeId: this.nodeId,
      listener: {
        recordingLost: (error) => this.tracker.recordingLost(error),
        recordingRecovered: () => this.tracker.recordingRecovered(),
        sightChanged: () => this.tracker.readSuspected(),
        held: (namespace, hold, news) => this.tracker.held(namespace, hold, news),
      },
      oldestPendingMs: () => this.ingest.oldestPendingMs,
    });
    this.ingest = new Ingest({
      store,
      clock,
      settings: options.ingest,
      outage: this.doubt.recording,
      recorded: (namespace, heartbeats, arrivals) => {
        const { massSilence, calibration, mistakes, detector, thresholds } = namespace;
        massSilence.hear(heartbeats, arrivals);
        this.tracker.heard(namespace, heartbeats, arrivals);
        for (const follower of this.#followers) follower.recorded?.(namespace, heartbeats, arrivals);
        const usual = massSilence.usual(arrivals);
        for (const arrival of usual) {
          calibration.add(arrival, detector);
          mistakes.add(arrival, detector, thresholds);
        }
        this.learning.add(namespace, usual);
        if (namespace.dryRun) for (const arrival of usual) namespace.dryRun.add(arrival, namespace);
      },
      left: (namespace, departure) => namespace.massSilence.leave(departure),
    });
    this.reads = new Reads(this.doubt, store);
    const { groupStore, groups } = options;
    this.groups = new Groups({ store: groupStore, reads: this.reads, settings: groups });
    this.tracker = new Tracker({
      store,
      groups: groupStore,
      doubt: this.doubt,
      namespaces,
      clock,
      log,
      settings: options.tracker,
    });
    this.learning = new Learning({
      store,
      namespaces,
      clock,
      log,
      settings: options.learning,
      changed: (namespace) => this.judgeAnew(namespace),
    });
    const listener: StoreListener = {
      changed: (namespace, userId, onlyLate) => {
        this.tracker.changed(namespace, userId, onlyLate);
        for (const follower of this.#followers) follower.changed?.(namespace, userId, onlyLate);
      },
      groupChanged: (namespace, groupId) => this.tracker.groupChanged(namespace, groupId),
      doubted: () => {
        this.doubt.exchange();
        for (const follower of this.#followers) follower.doubted?.();
      },
      logged: (namespace, shard) => {
        for (const follower of this.#followers) follower.logged?.(namespace, shard);
      },
      relayed: (message) => this.tracker.relayed(message),
      lost: (error) => this.tracker.feedLost(error),
      resync: () => {
        this.tracker.feedResumed();
        for (const follower of this.#followers) follower.resync?.();
      },
    };
    this.#unfollow = store.follow(listener, this.nodeId);
  }

  /** `follower` hears what the store tells its followers, after those who watch. Returns how to stop. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Says in the log what the thresholds of every namespace mean; from then on, whenever that changes. */
  sayThresholds(): void {
    for (const namespace of this.namespaces.all()) {
      this.#said.set(namespace, '');
      this.#say(namespace);
    }
  }

  /**
   * Takes over what thresholds are for from `next` and judges the watched again; returns the names that changed. What was
   * set at run time stays in force.
   */
  reloadThresholds(next: Readonly<Record<string, NamespaceSettings>>): string[] {
    const changed: string[] = [];
    for (const namespace of this.namespaces.all()) {
      const intents = next[namespace.name]?.intents;
      if (!intents || sameIntents(intents, namespace.configured)) continue;
      namespace.configured = intents;
      changed.push(namespace.name);
      this.judgeAnew(namespace);
    }
    return changed;
  }

  /** Records what was received and lets go of the store. */
  async close(): Promise<void> {
    this.#unfollow();
    this.tracker.shutdown();
    this.learning.close();
    this.ingest.giveUp();
    await this.ingest.drain();
    this.doubt.close();
    await this.store.close();
  }

  /** The namespace judges by something else than before: everybody who is watched in it is judged by that. */
  judgeAnew(namespace: Namespace): void {
    this.tracker.reread(namespace);
    if (this.#said.has(namespace)) this.#say(namespace);
  }

  /** Unless it was said: tables change more often than what they come to. */
  #say(namespace: Namespace): void {
    const { name, meanings } = namespace;
    const text = meaningsText(meanings);
    if (this.#said.get(namespace) === text) return;
    this.#said.set(namespace, text);
    this.#log.info({ namespace: name, thresholds: meanings }, `thresholds of ${name}: ${text}`);
  }
}
