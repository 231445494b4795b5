import { isUtf8 } from 'node:buffer';
import type { GroupChange, GroupName, GroupPage, GroupStore } from '../group-store.js';
import { groupKey, memberOf, shardOf, streamKey } from './keys.js';
import { type Call, Script } from './scripts.js';
import type { Unreadable } from './unreadable.js';
import { STREAM_LENGTH } from './writes.js';

const changeScript = new Script('group-change', 'group');
const pageScript = new Script('group-page', 'group');
export const GROUP_SCRIPTS = [changeScript, pageScript];

/** Groups in Redis, each one sorted set in the shard of its id. */
export class RedisGroups implements GroupStore {
  readonly #call: Call;
  readonly #unreadable: Unreadable;

  constructor({ call, unreadable }: { readonly call: Call; readonly unreadable: Unreadable }) {
    this.#call = call;
    this.#unreadable = unreadable;
  }

  add(group: GroupName, userIds: readonly string[], membersMax: number): Promise<GroupChange> {
    return this.#change(group, 'add', userIds, membersMax);
  }

  remove(group: GroupName, userIds: readonly string[]): Promise<GroupChange> {
    return this.#change(group, 'remove', userIds, 0);
  }

  async page({ namespace, groupId }: GroupName, after: string, usersMax: number): Promise<GroupPage> {
    const key = groupKey(shardOf(groupId), namespace, groupId);
    const answer = await this.#call(pageScript, [key], [after, String(usersMax)]);
    const [size, version, userIds] = answer as [number, Buffer, Buffer[]];
    // Pages go on after an id as it was given out.
    if (!userIds.every(isUtf8)) throw this.#unreadable.error('group', 'a member is no id');
    return { userIds: userIds.map(String), size, version: this.#version(version) };
  }

  async #change(
    { namespace, groupId }: GroupName,
    how: 'add' | 'remove',
    userIds: readonly string[],
    membersMax: number,
  ): Promise<GroupChange> {
    const shard = shardOf(groupId);
    const keys = [groupKey(shard, namespace, groupId), streamKey(shard)];
    const name = memberOf(namespace, groupId);
    const args = [how, String(membersMax), String(STREAM_LENGTH), name, ...new Set(userIds)];
    const answer = await this.#call(changeScript, keys, args);
    const [size, version, isRefused] = answer as [number, Buffer, number];
    return { size, version: this.#version(version), isRefused: isRefused === 1 };
  }

  #version(text: Buffer): number {
    const version = Number(text);
    if (Number.isSafeInteger(version) && version >= 0) return version;
    throw this.#unreadable.error('group', 'its version is none');
  }
}
