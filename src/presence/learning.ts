import type { Clock } from '../clock.js';
import type { Arrival } from '../detector/arrival.js';
import { differs, FleetCounts } from '../detector/fleet-counts.js';
import { priorTables } from '../detector/prior.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { Namespace, Namespaces } from './namespace.js';

export interface LearningSettings {
  /** Time from one exchange with the other nodes to the next, ms. */
  readonly intervalMs: number;
}

/** A store that is not connected yet is asked again so soon, ms: before it is, no heartbeat can be recorded either. */
const NOT_READY_DELAY_MS = 100;

/** What a node has to do with the learning of one namespace. */
interface Learner {
  readonly namespace: Namespace;
  /** Counted and not yet sent. Its size is fixed: an outage of any length costs no more memory. */
  unsent: FleetCounts;
  /** Heartbeats of all nodes that the last answer stood for, decayed. */
  weight: number;
  tableChanges: number;
  failedCalls: number;
  /** The last call failed, and the log has said so. */
  isFailing: boolean;
}

/**
 * Learns what silences are usual in the namespaces whose model is `adaptive`. Counts what this node recorded, and at
 * every interval adds that to what all nodes counted; the sum makes the tables, so that all nodes judge alike. Nothing
 * is sent at the end: a few seconds of one node weigh little.
 */
export class Learning {
  /** For /metrics. */
  readonly learners: ReadonlyMap<string, Readonly<Learner>>;
  readonly #byNamespace: ReadonlyMap<Namespace, Learner>;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #settings: LearningSettings;
  readonly #changed: (namespace: Namespace) => void;
  #cancelNext = () => {};
  #closed = false;

  /** Begins at once: a node that starts asks what the others know. `changed` hears of a namespace that judges anew. */
  constructor(options: {
    readonly store: Store;
    readonly namespaces: Namespaces;
    readonly clock: Clock;
    readonly log: Log;
    readonly settings: LearningSettings;
    readonly changed: (namespace: Namespace) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#settings = options.settings;
    this.#changed = options.changed;
    const learners = [...options.namespaces.all()]
      .filter(({ isLearning }) => isLearning)
      .map((namespace): Learner => {
        return {
          namespace,
          unsent: new FleetCounts(),
          weight: 0,
          tableChanges: 0,
          failedCalls: 0,
          isFailing: false,
        };
      });
    this.learners = new Map(learners.map((learner) => [learner.namespace.name, learner]));
    this.#byNamespace = new Map(learners.map((learner) => [learner.namespace, learner]));
    if (learners.length > 0) void this.#exchange();
  }

  /** Counts what the store said of a batch of heartbeats. */
  add(namespace: Namespace, arrivals: readonly Arrival[]): void {
    const unsent = this.#byNamespace.get(namespace)?.unsent;
    if (!unsent) return;
    const { maxSilenceMs } = namespace.detector.settings;
    // Who was silent for longer was gone by every measure: that they came back says nothing of those who are there.
    for (const arrival of arrivals) if (arrival.silenceMs < maxSilenceMs) unsent.add(arrival);
  }

  close(): void {
    this.#closed = true;
    this.#cancelNext();
  }

  async #exchange(): Promise<void> {
    const isReady = this.#store.isReady();
    // Also with nothing to send: others may have learned.
    if (isReady) await Promise.all(Array.from(this.#byNamespace.values(), (learner) => this.#learn(learner)));
    if (this.#closed) return;
    const { intervalMs } = this.#settings;
    const delayMs = isReady ? intervalMs : Math.min(NOT_READY_DELAY_MS, intervalMs);
    this.#cancelNext = this.#clock.after(delayMs, () => void this.#exchange());
  }

  async #learn(learner: Learner): Promise<void> {
    const { namespace, unsent } = learner;
    learner.unsent = new FleetCounts();
    let sums: Float64Array;
    try {
      sums = await this.#store.learn(namespace, unsent.values);
    } catch (error) {
      learner.unsent.merge(unsent);
      learner.failedCalls += 1;
      if (!learner.isFailing) {
        const { message } = error as Error;
        this.#log.warn({ error: message }, 'what was learned is kept for later: the store did not take it');
      }
      learner.isFailing = true;
      return;
    }
    learner.isFailing = false;
    const counts = new FleetCounts(sums);
    learner.weight = counts.weight;
    const learned = counts.learned(priorTables);
    if (this.#closed || !differs(namespace.learned, learned)) return;
    learner.tableChanges += 1;
    namespace.learned = learned;
    this.#changed(namespace);
  }
}
