import type { Thresholds } from '../../detector/status.js';
import type { Namespace } from '../namespace.js';
import { NONE } from './columns.js';
import { Outbox } from './outbox.js';

/** One subscriber: which thresholds it reads φ against, and where what it is told goes. Tracker.open makes it watch. */
export class Subscription {
  readonly namespace: Namespace;
  readonly outbox = new Outbox();
  /** The node's own: no caller's limits hold for it. */
  readonly isOfNode: boolean;
  readonly #own: Thresholds | undefined;
  /** The rest is the Roster's: users watched, and of these those that are still to have their snapshot. */
  size = 0;
  withoutSnapshot = 0;
  /** Its number in Watches, while it watches anybody. */
  number = NONE;
  /** Its lists there: all its users; those to be told of first, and those of whom something changed since. */
  watches = NONE;
  untoldSnapshots = NONE;
  untoldChanges = NONE;

  /** `own` thresholds, or undefined for the namespace's, whatever they are at the time. */
  constructor(namespace: Namespace, own: Thresholds | undefined, isOfNode = false) {
    this.namespace = namespace;
    this.isOfNode = isOfNode;
    this.#own = own;
  }

  get thresholds(): Thresholds {
    return this.#own ?? this.namespace.thresholds;
  }

  get hasOwnThresholds(): boolean {
    return this.#own !== undefined;
  }
}
