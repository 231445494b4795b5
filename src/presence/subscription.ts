import type { Learned } from '../detector/fleet-counts.js';
import type { Status, Thresholds } from '../detector/status.js';
import { crossingUs } from '../detector/user.js';
import type { Reading } from '../store/store.js';
import { type Assessment, assess } from './assessment.js';
import type { Namespace } from './namespace.js';
import { type Cause, type Change, Outbox } from './outbox.js';

/** What the subscriber was told of a user. */
interface Told {
  readonly status: Status;
  readonly version: number;
  /** The last sign of life and the last leave that this was judged by, µs; 0: none. */
  readonly lastSeenUs: number;
  readonly leftUs: number;
  /** There was no φ: every session had left. */
  readonly left: boolean;
  /** What it was read against. */
  readonly thresholds: Thresholds;
  readonly learned: Learned;
}

const RANK: Readonly<Record<Status, number>> = { ONLINE: 0, SUSPECT: 1, OFFLINE: 2, UNKNOWN: 3 };

/**
 * One subscriber: which users, read against which thresholds, and what it has been told. It is shown readings and
 * turns differences into changes; it never asks for anything itself.
 */
export class Subscription {
  readonly namespace: Namespace;
  readonly outbox = new Outbox();
  readonly #own: Thresholds | undefined;
  /** Undefined until the user's snapshot. */
  readonly #told = new Map<string, Told | undefined>();
  #withoutSnapshot = 0;

  /** `own` thresholds, or undefined for the namespace's, whatever they are at the time. */
  constructor(namespace: Namespace, own: Thresholds | undefined) {
    this.namespace = namespace;
    this.#own = own;
  }

  get thresholds(): Thresholds {
    return this.#own ?? this.namespace.thresholds;
  }

  get users(): Iterable<string> {
    return this.#told.keys();
  }

  get size(): number {
    return this.#told.size;
  }

  has(userId: string): boolean {
    return this.#told.has(userId);
  }

  /** Begins to watch users that it does not watch yet. With no user to wait for, `synced` follows at once. */
  add(userIds: readonly string[]): void {
    for (const userId of userIds) this.#told.set(userId, undefined);
    this.#withoutSnapshot += userIds.length;
    if (this.#withoutSnapshot === 0) this.outbox.synced();
  }

  remove(userId: string): void {
    if (this.#told.get(userId) === undefined && this.#told.has(userId)) this.#snapshotArrived();
    this.#told.delete(userId);
    this.outbox.drop(userId);
  }

  /** Shows it a reading of a user it watches. Returns the instant (µs) of the next crossing, if one is ahead. */
  observe(userId: string, reading: Reading, degraded: boolean): number | undefined {
    if (!this.#told.has(userId)) return undefined;
    const told = this.#told.get(userId);
    const { thresholds } = this;
    const assessment = assess(this.namespace, userId, reading, {
      thresholds,
      previous: told?.status,
      degraded,
    });
    const change = told ? this.#changeFrom(told, assessment) : snapshotOf(assessment);
    const version = change?.version ?? (told as Told).version;
    const { status, suspicion } = assessment;
    const { lastSeenUs = 0, leftUs = 0 } = suspicion ?? {};
    const left = suspicion !== undefined && suspicion.phi === undefined;
    const { learned } = this.namespace;
    this.#told.set(userId, { status, version, lastSeenUs, leftUs, left, thresholds, learned });
    if (change && !told) {
      this.outbox.snapshot(change);
      this.#snapshotArrived();
    } else if (change) this.outbox.change(change, this.#withoutSnapshot > 0);
    return this.#nextCrossingUs(assessment);
  }

  #snapshotArrived(): void {
    this.#withoutSnapshot -= 1;
    if (this.#withoutSnapshot === 0) this.outbox.synced();
  }

  #changeFrom(told: Told, assessment: Assessment): Change | undefined {
    if (told.status === assessment.status) return undefined;
    const cause = this.#causeOf(told, assessment);
    // Who returns from a leave has crossed nothing: there was no φ.
    const threshold = told.left ? undefined : this.#thresholdCrossed(cause, told.status, assessment.status);
    const atUs = this.#instantOf(cause, assessment, threshold);
    return {
      previous: told.status,
      cause,
      assessment,
      threshold,
      atUs,
      // The instant itself, so that two nodes number the same change alike; a late record must not count backwards.
      version: Math.max(told.version + 1, Math.floor(atUs)),
    };
  }

  #causeOf(told: Told, { status, suspicion }: Assessment): Cause {
    if (!suspicion) return 'FORGOTTEN';
    if (told.status === 'UNKNOWN') return 'FIRST_SEEN';
    // Facts against facts, not against the time of a reading: a leave may come in the very µs of one.
    if (suspicion.leftUs > told.leftUs && RANK[status] > RANK[told.status]) {
      // Of what the leave left behind, had all that matters crossed by then? If not, it is the silence since.
      const crossing = crossingUs(suspicion, this.#thresholdOf(status), this.namespace.detector);
      if (crossing === undefined || crossing <= suspicion.leftUs) return 'LEAVE';
    }
    const heardSince = suspicion.lastSeenUs > told.lastSeenUs;
    const readsAlike = told.thresholds === this.thresholds && told.learned === this.namespace.learned;
    if (!readsAlike && !heardSince) return 'THRESHOLDS';
    return RANK[status] < RANK[told.status] ? 'HEARTBEAT' : 'SUSPICION';
  }

  #thresholdCrossed(cause: Cause, previous: Status, status: Status): number | undefined {
    if (cause !== 'SUSPICION' && cause !== 'HEARTBEAT' && cause !== 'THRESHOLDS') return undefined;
    // Up: the highest that was reached. Down: the lowest that φ is under again.
    if (RANK[status] > RANK[previous]) return this.#thresholdOf(status);
    return status === 'ONLINE' ? this.thresholds.suspect : this.thresholds.offline;
  }

  #thresholdOf(status: Status): number {
    return status === 'OFFLINE' ? this.thresholds.offline : this.thresholds.suspect;
  }

  #instantOf(cause: Cause, { suspicion, nowUs }: Assessment, threshold: number | undefined): number {
    if (!suspicion) return nowUs;
    if (cause === 'HEARTBEAT' || cause === 'FIRST_SEEN') return suspicion.lastSeenUs;
    if (cause === 'LEAVE') return suspicion.leftUs;
    if (cause !== 'SUSPICION' || threshold === undefined) return nowUs;
    return Math.min(nowUs, crossingUs(suspicion, threshold, this.namespace.detector) ?? nowUs);
  }

  #nextCrossingUs({ status, suspicion, nowUs, suspectInMs, offlineInMs }: Assessment): number | undefined {
    if (!suspicion || suspicion.phi === undefined) return undefined;
    if (status === 'OFFLINE') return undefined;
    // The store's clock counts whole µs, and a date in µs is exact to 1/4: a crossing can be seen at the next whole one.
    return nowUs + Math.floor((status === 'ONLINE' ? suspectInMs : offlineInMs) * 1000) + 1;
  }
}

function snapshotOf(assessment: Assessment): Change {
  const { nowUs } = assessment;
  return {
    previous: 'UNKNOWN',
    cause: 'SNAPSHOT',
    assessment,
    threshold: undefined,
    atUs: nowUs,
    version: nowUs,
  };
}
