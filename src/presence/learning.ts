import type { Clock } from '../clock.js';
import type { Arrival } from '../detector/arrival.js';
import { differs } from '../detector/fleet-counts.js';
import { priorTables } from '../detector/prior.js';
import type { QualityCounts } from '../detector/quality-counts.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import { LearnedCounts } from './learned-counts.js';
import { LiveSessions } from './live-sessions.js';
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
  unsent: LearnedCounts;
  /** What all nodes counted, by the last answer. */
  quality: QualityCounts;
  readonly live: LiveSessions;
  /** Heartbeats of all nodes that the last answer stood for, decayed. */
  weight: number;
  tableChanges: number;
  failedCalls: number;
  /** The last call failed, and the log has said so. */
  isFailing: boolean;
}

/**
 * Learns what silences are usual, and what thresholds cost. Counts what this node recorded, and at every interval adds
 * that to what all nodes counted; the sum makes the tables of the model `adaptive`, so that all nodes judge alike, and
 * says the quality of service of every namespace. Nothing is sent at the end: a few seconds of one node weigh little.
 */
export class Learning {
  /** Those that make tables, for /metrics. */
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
    const learners = Array.from(options.namespaces.all(), (namespace): Learner => {
      return {
        namespace,
        unsent: new LearnedCounts(),
        quality: new LearnedCounts().quality,
        live: new LiveSessions(namespace.halfLifeMs),
        weight: 0,
        tableChanges: 0,
        failedCalls: 0,
        isFailing: false,
      };
    });
    const isLearning = learners.filter(({ namespace }) => namespace.isLearning);
    this.learners = new Map(isLearning.map((learner) => [learner.namespace.name, learner]));
    this.#byNamespace = new Map(learners.map((learner) => [learner.namespace, learner]));
    void this.#exchange();
  }

  /** Counts what the store said of a batch of heartbeats. */
  add(namespace: Namespace, arrivals: readonly Arrival[]): void {
    const { fleet, quality } = (this.#byNamespace.get(namespace) as Learner).unsent;
    const { detector, thresholds, isLearning } = namespace;
    const { maxSilenceMs } = detector.settings;
    for (const arrival of arrivals) {
      // Who was silent for longer was gone by every measure: that they came back says nothing of those who are there.
      if (isLearning && arrival.silenceMs < maxSilenceMs) fleet.add(arrival);
      quality.add(arrival, detector, thresholds);
    }
  }

  /** The quality of service of a namespace as all nodes counted it, and how many sessions there are. */
  quality(namespace: Namespace): { readonly counts: QualityCounts; readonly sessions: number } {
    const { quality, live } = this.#byNamespace.get(namespace) as Learner;
    return { counts: quality, sessions: live.sessions };
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
    learner.unsent = new LearnedCounts();
    let sums: Float64Array;
    try {
      sums = await this.#store.learn(namespace, unsent.values);
    } catch (error) {
      learner.unsent.merge(unsent);
      learner.failedCalls += 1;
      if (!learner.isFailing) {
        const { message } = error as Error;
        this.#log.warn(
          { namespace: namespace.name, error: message },
          'what was learned is kept for later: the store did not take it',
        );
      }
      learner.isFailing = true;
      return;
    }
    learner.isFailing = false;
    const { fleet, quality } = new LearnedCounts(sums);
    learner.quality = quality;
    learner.live.observe(quality.silenceMs, this.#clock.nowMs());
    if (!namespace.isLearning) return;
    learner.weight = fleet.weight;
    const learned = fleet.learned(priorTables);
    if (this.#closed || !differs(namespace.learned, learned)) return;
    learner.tableChanges += 1;
    namespace.learned = learned;
    this.#changed(namespace);
  }
}
