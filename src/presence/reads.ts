import type { Reading } from '../store/store.js';
import { type Assessment, assess } from './assessment.js';
import type { Doubt } from './doubt/doubt.js';
import { type Inspection, inspect } from './inspection/inspection.js';
import type { Namespace } from './namespace.js';

/** Users in one read, at most. */
const READ_USERS_MAX = 1_000;

/** Users of one namespace that are asked for, and who asks. */
interface Read {
  readonly userIds: string[];
  readonly callers: Caller[];
}

interface Caller {
  readonly resolve: (assessment: Assessment, reading: Reading) => void;
  readonly reject: (error: Error) => void;
}

/** What was read of users, and what is to be said of them; in the order asked for. */
interface Judged {
  readonly assessments: Assessment[];
  readonly readings: readonly Reading[];
}

/**
 * Questions about users, answered from the store. Those about one user each that come in one turn of the event loop
 * are asked as one: rpcs arrive many at a time, in what is read from the sockets, and a call of the store costs far
 * more than a user in it. No timer is waited for: the read goes as soon as this turn's sockets have been read.
 */
export class Reads {
  /** Calls of the store, and users in them. */
  readonly counts = { calls: 0, users: 0 };
  readonly #observer: Pick<Doubt, 'read'>;
  readonly #open = new Map<Namespace, Read>();

  constructor(observer: Pick<Doubt, 'read'>) {
    this.#observer = observer;
  }

  /** What is to be said of `userIds` now, by the namespace's thresholds, in the order asked for. One read. */
  async assessAll(namespace: Namespace, userIds: readonly string[]): Promise<Assessment[]> {
    return (await this.#judge(namespace, userIds)).assessments;
  }

  /** As assessAll, for one user, in one read with the others that are asked for in this turn of the event loop. */
  assess(namespace: Namespace, userId: string): Promise<Assessment> {
    return new Promise((resolve, reject) => this.#ask(namespace, userId, { resolve, reject }));
  }

  /** As assess, with the reasons. */
  async inspect(namespace: Namespace, userId: string): Promise<Inspection> {
    const [assessment, { record }] = await new Promise<[Assessment, Reading]>((resolve, reject) => {
      this.#ask(namespace, userId, { resolve: (...judged) => resolve(judged), reject });
    });
    return inspect(assessment, record);
  }

  #ask(namespace: Namespace, userId: string, caller: Caller): void {
    const read = this.#open.get(namespace) ?? this.#begin(namespace);
    read.userIds.push(userId);
    read.callers.push(caller);
    if (read.userIds.length >= READ_USERS_MAX) this.#send(namespace, read);
  }

  #begin(namespace: Namespace): Read {
    const read: Read = { userIds: [], callers: [] };
    this.#open.set(namespace, read);
    setImmediate(() => {
      if (this.#open.get(namespace) === read) this.#send(namespace, read);
    });
    return read;
  }

  #send(namespace: Namespace, { userIds, callers }: Read): void {
    this.#open.delete(namespace);
    this.#judge(namespace, userIds).then(
      ({ assessments, readings }) => {
        for (const [i, { resolve }] of callers.entries()) {
          resolve(assessments[i] as Assessment, readings[i] as Reading);
        }
      },
      (error: Error) => {
        for (const { reject } of callers) reject(error);
      },
    );
  }

  async #judge(namespace: Namespace, userIds: readonly string[]): Promise<Judged> {
    this.counts.calls += 1;
    this.counts.users += userIds.length;
    const { readings, isDegraded: degraded, hasLostData } = await this.#observer.read(namespace, userIds);
    const judge = { thresholds: namespace.thresholds, degraded, hasLostData };
    const assessments = userIds.map((userId, i) => assess(namespace, userId, readings[i] as Reading, judge));
    return { assessments, readings };
  }
}
