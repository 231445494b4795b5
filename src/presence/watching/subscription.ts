import type { Status, Thresholds } from '../../detector/status.js';
import type { Namespace } from '../namespace.js';
import type { Change } from './changes.js';
import { NONE } from './columns.js';
import type { Audience } from './groups/audience.js';
import type { Listener } from './groups/listener.js';
import { Outbox } from './outbox.js';

/** One subscriber: which thresholds it reads φ against, and where what it is told goes. Tracker.open makes it watch. */
export class Subscription {
  readonly namespace: Namespace;
  readonly outbox = new Outbox();
  /** The node's own: no caller's limits hold for it. */
  readonly isOfNode: boolean;
  /** Thresholds of its own; undefined: the namespace's, whatever they are at the time. */
  readonly own: Thresholds | undefined;
  /** Whose members these are; undefined where what is told goes to one stream. */
  readonly audience: Audience | undefined;
  /** Its places in the audiences of groups, by the groups' ids. */
  readonly listeners = new Map<string, Listener>();
  /** Members whom it was told of, and who left its groups while it had no room. */
  readonly removals = new Map<string, Change>();
  /** The rest is the Roster's: users watched, and of these those that are still to have their snapshot. */
  size = 0;
  withoutSnapshot = 0;
  /** Its number in Watches, while it watches anybody. */
  number = NONE;
  /** Its lists there: all its users; those to be told of first, and those of whom something changed since. */
  watches = NONE;
  untoldSnapshots = NONE;
  untoldChanges = NONE;

  /** In which showing of a reading it was told something last, and what. */
  #showing = 0;
  #status: Status | undefined;

  constructor(namespace: Namespace, own: Thresholds | undefined, isOfNode = false, audience?: Audience) {
    this.namespace = namespace;
    this.isOfNode = isOfNode;
    this.own = own;
    this.audience = audience;
  }

  get thresholds(): Thresholds {
    return this.own ?? this.namespace.thresholds;
  }

  get hasOwnThresholds(): boolean {
    return this.own !== undefined;
  }

  /** Changes wait until all who were asked for have had their snapshot. Those of an audience each see to that. */
  get isSyncing(): boolean {
    return this.withoutSnapshot > 0 && this.audience === undefined;
  }

  /** It has changes to be told, and no room for them. */
  get isLagging(): boolean {
    if (this.untoldChanges !== NONE || this.removals.size > 0) return true;
    for (const listener of this.listeners.values()) if (listener.isLagging) return true;
    return false;
  }

  /** What it was told in this showing of a reading; undefined: nothing. */
  toldIn(showing: number): Status | undefined {
    return this.#showing === showing ? this.#status : undefined;
  }

  /** Tells a change, unless as much was told in the same showing of a reading: who is watched in several ways changes once. */
  tell(change: Change, showing: number): void {
    const { status } = change.assessment;
    if (this.toldIn(showing) === status) return;
    this.#showing = showing;
    this.#status = status;
    this.outbox.change(change);
  }
}
