import { Detector, type DetectorSettings } from '../detector/detector.js';
import type { Learned } from '../detector/fleet-counts.js';
import {
  deriveThresholds,
  type Fleet,
  fleetOf,
  type Intents,
  type Meaning,
  meaningOf,
} from '../detector/intent.js';
import { priorTables } from '../detector/prior.js';
import { Sight } from '../detector/sight.js';
import { type Thresholds, WATCHABLE_PHI_MIN } from '../detector/status.js';
import type { StoreNamespace } from '../store/store.js';
import { NOTHING_TUNED, type TuningDocument } from '../store/tuning-store.js';
import { Calibration } from './calibration.js';
import { MassSilence, type MassSilenceSettings } from './doubt/mass-silence.js';
import { InvalidRequestError, LimitReachedError } from './errors.js';
import { Mistakes } from './mistakes.js';
import { DryRun } from './tuning/dry-run.js';

/** Settings of a namespace, validated. */
export interface NamespaceSettings {
  readonly detector: DetectorSettings;
  readonly retentionMs: number;
  readonly halfLifeMs: number;
  /** Users of whom something may be known, about. */
  readonly usersMax: number;
  readonly intents: Intents;
  readonly massSilence: MassSilenceSettings;
}

/** What the thresholds of a namespace mean for its fleet. */
export interface Meanings {
  readonly suspect: Meaning;
  readonly offline: Meaning;
}

/** What is known of a fleet of which nothing was learned. */
const nothing: Learned = { tables: priorTables, typical: undefined };

/** A namespace's intents and what was learned of its fleet, put together. Changes as a whole. */
interface Judgement {
  readonly detector: Detector;
  readonly fleet: Fleet;
  readonly thresholds: Thresholds;
}

/**
 * A class of clients with one detector configuration. What its thresholds are for may change while it is in use, and
 * so does what was learned of its fleet; thresholds and detector follow.
 */
export class Namespace implements StoreNamespace {
  readonly name: string;
  readonly retentionMs: number;
  readonly halfLifeMs: number;
  readonly usersMax: number;
  /** Users of whom something is known, as all owners of shards counted last. */
  knownUsers = 0;
  /** Of what this node recorded. */
  readonly calibration = new Calibration();
  readonly mistakes = new Mistakes();
  /** When its silence could not have been heard. */
  readonly sight = new Sight();
  /** Whose silence is doubted because many are silent. */
  readonly massSilence: MassSilence;
  readonly #settings: DetectorSettings;
  #configured: Intents;
  #tuning = NOTHING_TUNED;
  #dryRun: DryRun | undefined;
  #learned = nothing;
  #judgement: Judgement;

  constructor(name: string, settings: NamespaceSettings) {
    this.name = name;
    this.retentionMs = settings.retentionMs;
    this.halfLifeMs = settings.halfLifeMs;
    this.usersMax = settings.usersMax;
    this.#settings = settings.detector;
    this.#configured = settings.intents;
    this.massSilence = new MassSilence({
      namespace: name,
      settings: settings.massSilence,
      expectedIntervalMs: settings.detector.expectedIntervalMs,
      maxSilenceMs: settings.detector.maxSilenceMs,
      sight: this.sight,
    });
    this.#judgement = this.#judge();
  }

  /** Whoever is known goes on; nobody is added. */
  get isFull(): boolean {
    return this.knownUsers >= this.usersMax;
  }

  /** Why a heartbeat of somebody who is not known is refused. */
  refusal(): LimitReachedError {
    return new LimitReachedError(`users of namespace "${this.name}" (users_max)`, this.usersMax);
  }

  get detector(): Detector {
    return this.#judgement.detector;
  }

  /** Derived from the intents. Another object only when they are others, so that a subscriber can tell. */
  get thresholds(): Thresholds {
    return this.#judgement.thresholds;
  }

  get meanings(): Meanings {
    const { fleet, thresholds } = this.#judgement;
    return { suspect: meaningOf(thresholds.suspect, fleet), offline: meaningOf(thresholds.offline, fleet) };
  }

  /** What the thresholds are for: what was set at run time wins over what was configured. */
  get intents(): Intents {
    return this.#tuning.set ?? this.#configured;
  }

  get configured(): Intents {
    return this.#configured;
  }

  set configured(intents: Intents) {
    this.#configured = intents;
    this.#judgement = this.#judge(this.#judgement.thresholds);
  }

  /** What was said of it at run time. */
  get tuning(): TuningDocument {
    return this.#tuning;
  }

  set tuning(tuning: TuningDocument) {
    this.#tuning = tuning;
    const { dryRun } = tuning;
    if (dryRun?.id !== this.#dryRun?.plan.id) this.#dryRun = dryRun && new DryRun(dryRun);
    else if (dryRun && this.#dryRun) this.#dryRun.plan = dryRun;
    this.#judgement = this.#judge(this.#judgement.thresholds);
  }

  /** Thresholds that are, or were last, counted beside its own. */
  get dryRun(): DryRun | undefined {
    return this.#dryRun;
  }

  get fleet(): Fleet {
    return this.#judgement.fleet;
  }

  /** Whether its detector learns from the fleet. */
  get isLearning(): boolean {
    return this.#settings.model === 'adaptive';
  }

  /** What its detector judges by now. */
  get learned(): Learned {
    return this.#learned;
  }

  set learned(learned: Learned) {
    this.#learned = learned;
    this.#judgement = this.#judge(this.#judgement.thresholds);
  }

  #judge(before?: Thresholds): Judgement {
    const { tables, typical } = this.#learned;
    // The threshold it is given does not enter what is asked of it here.
    const survey = new Detector(this.#settings, WATCHABLE_PHI_MIN, tables);
    const fleet = fleetOf(survey, typical);
    const derived = deriveThresholds(this.intents, fleet);
    const isSame = before?.suspect === derived.suspect && before.offline === derived.offline;
    const thresholds = isSame ? before : derived;
    const detector = new Detector(this.#settings, thresholds.suspect, tables, this.sight);
    return { detector, fleet, thresholds };
  }
}

/** The name that a request with none means. */
export const DEFAULT_NAMESPACE = 'default';

/**
 * The namespace of phid's own nodes: each is a user of it, and beats every NODE_INTERVAL_MS. No other can have its name, which
 * holds a dot. Whether a node is there must be known soon, and to be wrong about it costs little: its shards change hands.
 */
const NODES_NAMESPACE = 'phid.nodes';
export const NODE_INTERVAL_MS = 500;
const nodesSettings: NamespaceSettings = {
  detector: {
    model: 'adaptive',
    logistic: false,
    window: 100,
    minSamples: 10,
    expectedIntervalMs: NODE_INTERVAL_MS,
    acceptablePauseMs: 0,
    minStdDevMs: 0,
    maxSilenceMs: 4 * NODE_INTERVAL_MS,
  },
  retentionMs: 600_000,
  halfLifeMs: 86_400_000,
  usersMax: Number.POSITIVE_INFINITY,
  intents: { suspect: { phi: 3 }, offline: { phi: 5 } },
  // Half of the nodes may well have gone at once.
  massSilence: { share: 1, usersMin: 1_000, holdMs: 0, releasePerSecond: 1 },
};

export class Namespaces {
  /** Of phid's own nodes: may be asked about and watched; takes no heartbeats of clients, and is in no list. */
  readonly nodes = new Namespace(NODES_NAMESPACE, nodesSettings);
  readonly #byName: ReadonlyMap<string, Namespace>;

  constructor(settings: Readonly<Record<string, NamespaceSettings>>) {
    this.#byName = new Map(Object.entries(settings).map(([name, s]) => [name, new Namespace(name, s)]));
  }

  /** The namespace of a request; empty means `default`. Throws InvalidRequestError when it is not configured. */
  get(name: string): Namespace {
    const namespace = this.#byName.get(name || DEFAULT_NAMESPACE);
    if (namespace) return namespace;
    const known = [...this.#byName.keys()].join(', ');
    throw new InvalidRequestError(
      'namespace',
      `${JSON.stringify(name)} is not configured (configured: ${known})`,
    );
  }

  /** As get, for names that come from the store; undefined where another node knows more than this one. */
  find(name: string): Namespace | undefined {
    return name === NODES_NAMESPACE ? this.nodes : this.#byName.get(name);
  }

  /** As get, for questions: also that of phid's own nodes. */
  readable(name: string): Namespace {
    return name === NODES_NAMESPACE ? this.nodes : this.get(name);
  }

  /** Those that are configured, in their order. */
  all(): Iterable<Namespace> {
    return this.#byName.values();
  }
}
