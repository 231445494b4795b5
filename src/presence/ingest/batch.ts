import { type Arrival, ArrivalFlag, UNRECORDED_FLAGS } from '../../detector/arrival.js';
import { type ReceivedHeartbeat, UnreadableRecordError } from '../../store/store.js';
import type { Namespace } from '../namespace.js';
import type { Task } from './lane.js';

/** A heartbeat that was not recorded, by its position among those of its caller; others of them were. */
export interface Unrecorded {
  readonly position: number;
  readonly error: Error;
}

/** What one caller handed in at once; answered when the last of it is recorded or has failed. */
export interface Submission {
  readonly heartbeats: readonly ReceivedHeartbeat[];
  /** Those that are neither recorded nor failed. */
  remaining: number;
  error: Error | undefined;
  readonly unrecorded: Unrecorded[];
  readonly resolve: (unrecorded: readonly Unrecorded[]) => void;
  readonly reject: (error: Error) => void;
}

/** Where a heartbeat is that its caller handed in alone. */
export interface Place {
  readonly heartbeat: ReceivedHeartbeat;
  readonly index: number;
  readonly share: Share;
}

/** So many heartbeats in a row are of this caller. */
interface Share {
  submission: Submission;
  size: number;
}

/** Heartbeats of many callers that are recorded by one call of the store. */
export class Batch implements Task {
  readonly namespace: Namespace;
  readonly lane: number;
  readonly heartbeats: ReceivedHeartbeat[] = [];
  /** Whose heartbeats these are: so many in a row of each. What a caller hands in is added in one go. */
  readonly #shares: Share[] = [];

  /** `run` records it. */
  constructor(
    namespace: Namespace,
    lane: number,
    readonly run: () => Promise<void>,
  ) {
    this.namespace = namespace;
    this.lane = lane;
  }

  /** It is never empty when it is asked. */
  get oldestMs(): number {
    return (this.heartbeats[0] as ReceivedHeartbeat).receivedMs;
  }

  add(heartbeat: ReceivedHeartbeat, submission: Submission): void {
    this.heartbeats.push(heartbeat);
    const last = this.#shares.at(-1);
    if (last?.submission === submission) last.size += 1;
    else this.#shares.push({ submission, size: 1 });
  }

  /** Heartbeats whose callers handed in nothing else, in order. */
  *places(): Iterable<Place> {
    let index = 0;
    for (const share of this.#shares) {
      if (share.submission.heartbeats.length === 1) {
        yield { heartbeat: this.heartbeats[index] as ReceivedHeartbeat, index, share };
      }
      index += share.size;
    }
  }

  /** Puts a heartbeat of another caller in a place; returns whose it was. */
  replace({ index, share }: Place, heartbeat: ReceivedHeartbeat, submission: Submission): Submission {
    const before = share.submission;
    this.heartbeats[index] = heartbeat;
    share.submission = submission;
    return before;
  }

  /** Tells the callers: of every heartbeat what it was, or that all have failed. */
  settle(arrivals: readonly Arrival[], error: Error | undefined): void {
    for (let i = 0; i < arrivals.length; i++) {
      const { flags } = arrivals[i] as Arrival;
      if (flags & UNRECORDED_FLAGS) this.#markUnrecorded(i, this.#errorOf(flags));
    }
    for (const { submission, size } of this.#shares) {
      submission.error ??= error;
      submission.remaining -= size;
      if (submission.remaining > 0) continue;
      if (submission.error) submission.reject(submission.error);
      else submission.resolve(submission.unrecorded);
    }
  }

  #errorOf(flags: number): Error {
    return flags & ArrivalFlag.REFUSED ? this.namespace.refusal() : new UnreadableRecordError();
  }

  #markUnrecorded(index: number, error: Error): void {
    let end = 0;
    for (const { submission, size } of this.#shares) {
      end += size;
      if (index >= end) continue;
      const position = submission.heartbeats.indexOf(this.heartbeats[index] as ReceivedHeartbeat);
      submission.unrecorded.push({ position, error });
      return;
    }
  }
}
