/** A set of users of a namespace that callers maintain. One that nobody made is empty. */
export interface GroupName {
  readonly namespace: string;
  readonly groupId: string;
}

/** A group after a change. */
export interface GroupChange {
  /** Its members. */
  readonly size: number;
  /** Increases with every change of the group: µs of the store's clock, or one more than the last. */
  readonly version: number;
  /** There was no room for all that were to be added: none was. */
  readonly isRefused: boolean;
}

/** Some of a group's members, and the group they were found in. */
export interface GroupPage {
  /** In the order of their bytes. */
  readonly userIds: readonly string[];
  readonly size: number;
  /** 0: the group is empty. */
  readonly version: number;
}

/**
 * Who belongs to groups. A part of what a store is, apart from Store because those who keep and judge heartbeats do not need
 * it. A group lives until it is emptied. Followers of the store hear of every change (StoreListener.groupChanged). Rejects as
 * Store does. A change names at most 1,000 users: Lua puts them on its stack. Both implementations pass
 * test/store/group-contract.ts.
 */
export interface GroupStore {
  /** Adds users, unless the group had more than `membersMax` then. Who is a member is left alone. */
  add(group: GroupName, userIds: readonly string[], membersMax: number): Promise<GroupChange>;
  /** Removes users; who is no member is left alone. */
  remove(group: GroupName, userIds: readonly string[]): Promise<GroupChange>;
  /** The first `usersMax` members that come after `after` in the order of bytes; '' is before all. */
  page(group: GroupName, after: string, usersMax: number): Promise<GroupPage>;
}
