import { Detector, type DetectorSettings } from '../detector/detector.js';
import type { Thresholds } from '../detector/status.js';
import type { StoreNamespace } from '../store/store.js';
import { InvalidRequestError } from './errors.js';

/** Settings of a namespace, validated. */
export interface NamespaceSettings {
  readonly detector: DetectorSettings;
  readonly retentionMs: number;
  readonly thresholds: Thresholds;
}

/** A class of clients with one detector configuration. Thresholds may change while it is in use. */
export class Namespace implements StoreNamespace {
  readonly name: string;
  readonly retentionMs: number;
  #detector: Detector;
  #thresholds: Thresholds;

  constructor(name: string, settings: NamespaceSettings) {
    this.name = name;
    this.retentionMs = settings.retentionMs;
    this.#thresholds = settings.thresholds;
    this.#detector = new Detector(settings.detector, settings.thresholds.suspect);
  }

  get detector(): Detector {
    return this.#detector;
  }

  get thresholds(): Thresholds {
    return this.#thresholds;
  }

  set thresholds(thresholds: Thresholds) {
    this.#thresholds = thresholds;
    this.#detector = new Detector(this.#detector.settings, thresholds.suspect);
  }
}

/** The name that a request with none means. */
export const DEFAULT_NAMESPACE = 'default';

export class Namespaces {
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
    return this.#byName.get(name);
  }

  all(): Iterable<Namespace> {
    return this.#byName.values();
  }
}
