import type { GroupChange, GroupStore } from '../store/group-store.js';
import type { Assessment } from './assessment.js';
import { LimitReachedError } from './errors.js';
import type { Namespace } from './namespace.js';
import type { Reads } from './reads.js';

export interface GroupSettings {
  /** Members that a group may have. */
  readonly membersMax: number;
}

/** What is said of some of a group's members. */
export interface MembersAssessed {
  /** In the order of their ids' bytes. */
  readonly assessments: readonly Assessment[];
  /** The member after whom the next ones come; '' when there are no more. */
  readonly next: string;
  /** Of the whole group. */
  readonly size: number;
}

/** Groups as callers maintain and list them; who watches them is the tracker's. */
export class Groups {
  /** Plain counts for /metrics. */
  readonly counts = { refused: 0 };
  readonly #store: GroupStore;
  readonly #reads: Reads;
  readonly #settings: GroupSettings;

  constructor(options: {
    readonly store: GroupStore;
    readonly reads: Reads;
    readonly settings: GroupSettings;
  }) {
    this.#store = options.store;
    this.#reads = options.reads;
    this.#settings = options.settings;
  }

  /** Adds all of `userIds`; throws LimitReachedError, and adds nobody, where the group has no room for them. */
  async add({ name }: Namespace, groupId: string, userIds: readonly string[]): Promise<GroupChange> {
    const { membersMax } = this.#settings;
    const change = await this.#store.add({ namespace: name, groupId }, userIds, membersMax);
    if (!change.isRefused) return change;
    this.counts.refused += 1;
    throw new LimitReachedError('members of a group', membersMax);
  }

  async remove({ name }: Namespace, groupId: string, userIds: readonly string[]): Promise<GroupChange> {
    return this.#store.remove({ namespace: name, groupId }, userIds);
  }

  /** What is to be said now of the members that come after `after`, at most so many. */
  async list(
    namespace: Namespace,
    groupId: string,
    { after, usersMax }: { readonly after: string; readonly usersMax: number },
  ): Promise<MembersAssessed> {
    const { userIds, size } = await this.#store.page({ namespace: namespace.name, groupId }, after, usersMax);
    const assessments = await this.#reads.assessAll(namespace, userIds);
    return { assessments, next: (userIds.length === usersMax && userIds.at(-1)) || '', size };
  }
}
