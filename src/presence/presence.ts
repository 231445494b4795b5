import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Reading, Store } from '../store/store.js';
import { type Assessment, assess } from './assessment.js';
import { Ingest, type IngestSettings } from './ingest.js';
import type { Namespace, NamespaceSettings, Namespaces } from './namespace.js';
import { Tracker, type TrackerSettings } from './tracker.js';

/** The use cases of a node: record heartbeats, answer questions, watch. What gRPC serves and tests drive. */
export class Presence {
  readonly namespaces: Namespaces;
  readonly ingest: Ingest;
  readonly tracker: Tracker;
  readonly store: Store;
  readonly clock: Clock;

  constructor(options: {
    readonly namespaces: Namespaces;
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly ingest: IngestSettings;
    readonly tracker: TrackerSettings;
  }) {
    const { namespaces, store, clock, log } = options;
    this.namespaces = namespaces;
    this.store = store;
    this.clock = clock;
    this.ingest = new Ingest({ store, clock, settings: options.ingest });
    this.tracker = new Tracker({ store, namespaces, clock, log, settings: options.tracker });
  }

  /** What this node says of users now, by the namespace's thresholds, in the order asked for. One read. */
  async assess(namespace: Namespace, userIds: readonly string[]): Promise<Assessment[]> {
    const readings = await this.store.read(namespace, userIds);
    const judge = { thresholds: namespace.thresholds, degraded: false };
    return userIds.map((userId, i) => assess(namespace, userId, readings[i] as Reading, judge));
  }

  /** Takes over the thresholds of `next` and judges the watched again; returns the names that changed. */
  reloadThresholds(next: Readonly<Record<string, NamespaceSettings>>): string[] {
    const changed: string[] = [];
    for (const namespace of this.namespaces.all()) {
      const thresholds = next[namespace.name]?.thresholds;
      const { suspect, offline } = namespace.thresholds;
      if (!thresholds || (thresholds.suspect === suspect && thresholds.offline === offline)) continue;
      namespace.thresholds = thresholds;
      this.tracker.reread(namespace);
      changed.push(namespace.name);
    }
    return changed;
  }

  /** Records what was received and lets go of the store. */
  async close(): Promise<void> {
    this.tracker.shutdown();
    await this.ingest.drain();
    await this.store.close();
  }
}
