import { byPartition } from '../store/by-partition.js';
import type { Reading, Store } from '../store/store.js';
import { type Assessment, assess } from './assessment.js';
import type { Doubt } from './doubt/doubt.js';
import { type Inspection, inspect } from './inspection/inspection.js';
import type { Namespace } from './namespace.js';

/** Users in one read, at most. */
const READ_USERS_MAX = 1_000;

/** Users of one namespace and partition that are asked for, and who asks. */
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
  readonly #store: Pick<Store, 'partitions' | 'partitionOf'>;
  /** Of each namespace by partition: one that is away must not cost the others their answer. */
  readonly #open = new Map<Namespace, (Read | undefined)[]>();

  /** `store`: the one that `observer` reads. */
  constructor(observer: Pick<Doubt, 'read'>, store: Pick<Store, 'partitions' | 'partitionOf'>) {
    this.#observer = observer;
    this.#store = store;
  }

  /** What is to be said of `userIds` now, by the namespace's thresholds, in the order asked for. One read a partition. */
  async assessAll(namespace: Namespace, userIds: readonly string[]): Promise<Assessment[]> {
    const assessments = new Array<Assessment>(userIds.length);
    await Promise.all(
      byPartition(this.#store, userIds).map(async (part) => {
        const judged = await this.#judge(namespace, part.userIds);
        judged.assessments.forEach((assessment, i) => {
          assessments[part.at(i)] = assessment;
        });
      }),
    );
    return assessments;
  }

  /** As assessAll, for one user, in one read with the others that are asked for in this turn of the event loop. */
  assess(namespace: Namespace, userId: string): Promise<Assessment> {
    return new Promise((resolve, reject) => this.#ask(namespace, userId, { resolve, reject }));
  }

  /** As assess, with the reasons; of who is invisible as they are where `isUnseenTold`, otherwise as others see them. */
  async inspect(namespace: Namespace, userId: string, isUnseenTold: boolean): Promise<Inspection> {
    const [assessment, reading] = await new Promise<[Assessment, Reading]>((resolve, reject) => {
      this.#ask(namespace, userId, { resolve: (...judged) => resolve(judged), reject });
    });
    const { nowUs, record, unseen } = reading;
    if (!isUnseenTold || !unseen) return inspect(assessment, record, false);
    return inspect(assess(namespace, userId, { nowUs, record: unseen }, assessment), unseen, true);
  }

  #ask(namespace: Namespace, userId: string, caller: Caller): void {
    const open = this.#openOf(namespace);
    const partition = this.#store.partitionOf(userId);
    const read = open[partition] ?? this.#begin(namespace, open, partition);
    read.userIds.push(userId);
    read.callers.push(caller);
    if (read.userIds.length < READ_USERS_MAX) return;
    open[partition] = undefined;
    this.#send(namespace, read);
  }

  #openOf(namespace: Namespace): (Read | undefined)[] {
    let open = this.#open.get(namespace);
    if (!open) {
      open = new Array<Read | undefined>(this.#store.partitions).fill(undefined);
      this.#open.set(namespace, open);
    }
    return open;
  }

  #begin(namespace: Namespace, open: (Read | undefined)[], partition: number): Read {
    const read: Read = { userIds: [], callers: [] };
    open[partition] = read;
    setImmediate(() => {
      if (open[partition] !== read) return;
      open[partition] = undefined;
      this.#send(namespace, read);
    });
    return read;
  }

  #send(namespace: Namespace, { userIds, callers }: Read): void {
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
