import type { GroupChange, GroupName, GroupPage, GroupStore } from '../group-store.js';
import { groupKey, memberOf, shardOf, streamKey } from './keys.js';
import { type Call, Script } from './scripts.js';
import { STREAM_LENGTH } from './writes.js';

const changeScript = new Script('group-change');
const pageScript = new Script('group-page');
export const GROUP_SCRIPTS = [changeScript, pageScript];

/** Groups in Redis, each one sorted set in the shard of its id. */
export class RedisGroups implements GroupStore {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
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
    return { userIds: userIds.map(String), size, version: Number(version) };
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
    return { size, version: Number(version), isRefused: isRefused === 1 };
  }
}
