import type { Status } from '../../detector/status.js';
import type { LoggedChange, LoggedStatus, StatusCounts } from '../../store/shard-store.js';
import type { Assessment } from '../assessment.js';
import type { Namespace } from '../namespace.js';
import { type Change, changeFrom } from '../watching/changes.js';
import type { EventSink, StreamEvent } from '../watching/outbox.js';
import { Subscription } from '../watching/subscription.js';

/** Where the changes of a shard go. */
interface ChangeLog {
  readonly room: number;
  add(namespace: Namespace, change: LoggedChange): void;
}

/**
 * What the log says of users before their owner has seen them, for as long as it has not. `upToUs`: everything that happened by
 * then has been said, µs; undefined: nothing was ever said, and the log begins with what is true now.
 */
export interface LogBefore {
  readonly upToUs: number | undefined;
  readonly said: Map<string, LoggedStatus>;
}

/**
 * All users of a shard in one namespace, watched like any others: counts them, and says for the log what changes of each. The first
 * that it is told of a user is compared with what the log said last, whoever wrote that.
 */
export class ShardUsers implements EventSink {
  readonly subscription: Subscription;
  readonly #counts: Record<Exclude<Status, 'UNKNOWN'>, number> = { ONLINE: 0, SUSPECT: 0, OFFLINE: 0 };
  readonly #namespace: Namespace;
  readonly #log: ChangeLog;
  readonly #encode: (change: Change) => Buffer;
  readonly #gone: (userId: string) => void;
  readonly #before: LogBefore;
  /** Those whom the feed named after everybody was found: nobody had heard of them. */
  readonly #new = new Set<string>();
  /** Those who were said to be ONLINE for the first time, and when that was: kept until a report stands for it. */
  readonly #firstSeen = new Map<string, number>();

  /** `encode`: a change as readers of the log get it. `gone` hears of users who are forgotten. */
  constructor(
    namespace: Namespace,
    options: {
      readonly log: ChangeLog;
      readonly before: LogBefore;
      readonly encode: (change: Change) => Buffer;
      readonly gone: (userId: string) => void;
    },
  ) {
    this.#namespace = namespace;
    this.#log = options.log;
    this.#before = options.before;
    this.#encode = options.encode;
    this.#gone = options.gone;
    this.subscription = new Subscription(namespace, undefined, true);
    this.subscription.outbox.connect(this);
  }

  get counts(): StatusCounts {
    return this.#counts;
  }

  get room(): number {
    return this.#log.room;
  }

  /** Nobody had heard of this user before, who is to be watched now. */
  expectNew(userId: string): void {
    this.#new.add(userId);
  }

  /** Users of whom the log said something and who were not seen yet. */
  unseen(): string[] {
    return [...this.#before.said.keys()];
  }

  take(event: StreamEvent): void {
    if (!('change' in event)) return;
    const { change } = event;
    if (change.cause === 'SNAPSHOT') this.#begin(change.assessment);
    else this.#tell(change, change.previous);
  }

  /** A report says that all was told up to a moment, µs: of who was first seen by then nothing needs to be kept. */
  settle(upToUs: number): void {
    for (const [userId, atUs] of this.#firstSeen) {
      if (atUs > upToUs) continue;
      this.#firstSeen.delete(userId);
      this.#log.add(this.#namespace, { userId, kept: undefined, bytes: undefined });
    }
  }

  #begin(assessment: Assessment): void {
    const { userId, status } = assessment;
    const said = this.#before.said.get(userId);
    this.#before.said.delete(userId);
    const was = this.#statusBefore(assessment, said);
    if (was !== status) this.#tell(this.#changeSince(was, assessment, said), undefined);
    else {
      this.#count(status, 1);
      const isKept = said !== undefined && said.status === status;
      // As a rule there is nothing to note: who is ONLINE is not kept, and who is not is kept already.
      if (keptOf(assessment) ? !isKept : said) {
        this.#log.add(this.#namespace, { userId, kept: keptOf(assessment), bytes: undefined });
      }
    }
    if (status === 'UNKNOWN') this.#gone(userId);
  }

  /** The status that the log has told of a user, or would have. */
  #statusBefore({ userId, status, suspicion }: Assessment, said: LoggedStatus | undefined): Status {
    if (this.#new.delete(userId)) return 'UNKNOWN';
    if (said) return said.status;
    const { upToUs } = this.#before;
    // The first log of a shard does not tell of everybody.
    if (upToUs === undefined || !suspicion) return status;
    const isNew = suspicion.sessions.every(({ session }) => session.sinceUs > upToUs);
    return isNew ? 'UNKNOWN' : 'ONLINE';
  }

  #changeSince(status: Status, assessment: Assessment, said: LoggedStatus | undefined): Change {
    const { upToUs = 0 } = this.#before;
    const told = {
      status,
      version: 0,
      lastSeenUs: 0,
      leftUs: upToUs,
      hasLeft: said?.hasLeft ?? false,
      era: 0,
    };
    return changeFrom(told, assessment, undefined);
  }

  /** `counted`: the status that the user is counted under; undefined: none yet. */
  #tell(change: Change, counted: Status | undefined): void {
    const { userId, status } = change.assessment;
    if (counted) this.#count(counted, -1);
    this.#count(status, 1);
    const isFirst = change.previous === 'UNKNOWN' && status === 'ONLINE';
    if (isFirst) this.#firstSeen.set(userId, change.atUs);
    else this.#firstSeen.delete(userId);
    const kept = isFirst ? { status, hasLeft: false } : keptOf(change.assessment);
    this.#log.add(this.#namespace, { userId, kept, bytes: this.#encode(change) });
    if (status === 'UNKNOWN' && counted) this.#gone(userId);
  }

  #count(status: Status, by: number): void {
    if (status !== 'UNKNOWN') this.#counts[status] += by;
  }
}

/** What is kept of a user for the next owner. */
function keptOf({ status, suspicion }: Assessment): LoggedStatus | undefined {
  if (status === 'ONLINE' || status === 'UNKNOWN') return undefined;
  return { status, hasLeft: suspicion?.phi === undefined };
}
