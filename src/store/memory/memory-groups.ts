import type { Clock } from '../../clock.js';
import type { GroupChange, GroupName, GroupPage, GroupStore } from '../group-store.js';

interface Group {
  version: number;
  readonly members: Set<string>;
  /** The members by their bytes, as the store in Redis has them; undefined since the last change. */
  sorted: readonly string[] | undefined;
}

/** Groups in this process. */
export class MemoryGroups implements GroupStore {
  readonly #clock: Clock;
  readonly #changed: (group: GroupName) => void;
  readonly #groups = new Map<string, Group>();
  /** Of the last change of any group, so that one that is emptied and made again goes on from there. */
  #version = 0;

  constructor(clock: Clock, changed: (group: GroupName) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  async add(name: GroupName, userIds: readonly string[], membersMax: number): Promise<GroupChange> {
    const group = this.#groupOf(name);
    const added = new Set(userIds.filter((userId) => !group.members.has(userId)));
    const { version, members } = group;
    if (added.size > 0 && members.size + added.size > membersMax) {
      return { size: members.size, version, isRefused: true };
    }
    for (const userId of added) members.add(userId);
    return this.#settle(name, group, added.size);
  }

  async remove(name: GroupName, userIds: readonly string[]): Promise<GroupChange> {
    const group = this.#groupOf(name);
    let removed = 0;
    for (const userId of userIds) if (group.members.delete(userId)) removed += 1;
    return this.#settle(name, group, removed);
  }

  async page(name: GroupName, after: string, usersMax: number): Promise<GroupPage> {
    const group = this.#groupOf(name);
    group.sorted ??= sortedByBytes(group.members);
    const first = indexAfter(group.sorted, after);
    const userIds = group.sorted.slice(first, first + usersMax);
    return { userIds, size: group.members.size, version: group.version };
  }

  clear(): void {
    this.#groups.clear();
  }

  #groupOf(name: GroupName): Group {
    return this.#groups.get(keyOf(name)) ?? { version: 0, members: new Set(), sorted: undefined };
  }

  /** Keeps the group as it is now, and says so where any member came or went. */
  #settle(name: GroupName, group: Group, changes: number): GroupChange {
    const { size } = group.members;
    if (changes > 0) {
      this.#version = Math.max(this.#version + 1, Math.floor(this.#clock.epochUs()));
      group.version = this.#version;
      group.sorted = undefined;
      if (size > 0) this.#groups.set(keyOf(name), group);
      else this.#groups.delete(keyOf(name));
      this.#changed(name);
    }
    return { size, version: group.version, isRefused: false };
  }
}

/** A namespace holds no colon. */
const keyOf = ({ namespace, groupId }: GroupName) => `${namespace}:${groupId}`;

/** Strings of JavaScript are in the order of their UTF-16 units, which is another one beyond the basic plane. */
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function sortedByBytes(ids: Iterable<string>): string[] {
  return [...ids].sort(byBytes);
}

/** Where the ids after `after` begin. */
function indexAfter(sorted: readonly string[], after: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byBytes(sorted[middle] as string, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
