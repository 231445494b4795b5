import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GroupName, GroupStore } from '../../src/store/group-store.js';
import type { Store } from '../../src/store/store.js';

interface StoreWithGroups extends Store {
  readonly groupStore: GroupStore;
}

const PLENTY = 1_000;

/** What every store must do with groups. `create` gives two views of an empty one, as two nodes have. */
export function groupContract(
  name: string,
  create: () => Promise<readonly [StoreWithGroups, StoreWithGroups]>,
): void {
  describe(`group contract: ${name}`, () => {
    let store: StoreWithGroups;
    let other: StoreWithGroups;
    beforeEach(async () => {
      [store, other] = await create();
    });
    afterEach(async () => {
      await store.close();
      await other.close();
    });

    const room: GroupName = { namespace: 'web', groupId: 'room' };
    const membersOf = async (group: GroupName) => (await other.groupStore.page(group, '', PLENTY)).userIds;

    it('a group that nobody made is empty', async () => {
      expect(await store.groupStore.page(room, '', PLENTY)).toEqual({ userIds: [], size: 0, version: 0 });
      expect(await store.groupStore.remove(room, ['a'])).toEqual({ size: 0, version: 0, isRefused: false });
      expect(await store.groupStore.add(room, [], PLENTY)).toEqual({ size: 0, version: 0, isRefused: false });
    });

    it('every node sees who was added and not removed', async () => {
      await store.groupStore.add(room, ['c', 'a'], PLENTY);
      await other.groupStore.add(room, ['b'], PLENTY);
      expect(await membersOf(room)).toEqual(['a', 'b', 'c']);
      expect(await store.groupStore.remove(room, ['a', 'c', 'nobody'])).toMatchObject({ size: 1 });
      expect(await membersOf(room)).toEqual(['b']);
    });

    it('groups are apart: of other names, and of one name in another namespace', async () => {
      await store.groupStore.add(room, ['a'], PLENTY);
      await store.groupStore.add({ ...room, namespace: 'mobile' }, ['b'], PLENTY);
      await store.groupStore.add({ ...room, groupId: 'room:2' }, ['c'], PLENTY);
      expect(await membersOf(room)).toEqual(['a']);
      expect(await membersOf({ ...room, namespace: 'mobile' })).toEqual(['b']);
      expect(await membersOf({ ...room, groupId: 'room:2' })).toEqual(['c']);
    });

    it('a version increases with every change, and with nothing else', async () => {
      const versions: number[] = [];
      const note = async (change: Promise<{ version: number }>) => versions.push((await change).version);
      await note(store.groupStore.add(room, ['a'], PLENTY));
      await note(other.groupStore.add(room, ['b', 'b'], PLENTY));
      await note(other.groupStore.remove(room, ['a']));
      // Emptied, and made again.
      await note(store.groupStore.remove(room, ['b']));
      await note(store.groupStore.add(room, ['a'], PLENTY));
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      const { version } = await store.groupStore.page(room, '', PLENTY);
      expect(version).toBe(versions.at(-1));
      await store.groupStore.add(room, ['a'], PLENTY);
      await store.groupStore.remove(room, ['b']);
      expect(await store.groupStore.page(room, '', PLENTY)).toEqual({ userIds: ['a'], size: 1, version });
    });

    it('one that is emptied is as if nobody had made it', async () => {
      await store.groupStore.add(room, ['a', 'b'], PLENTY);
      await store.groupStore.remove(room, ['b', 'a']);
      expect(await other.groupStore.page(room, '', PLENTY)).toEqual({ userIds: [], size: 0, version: 0 });
    });

    it('members are paged in the order of their bytes, whoever comes and goes meanwhile', async () => {
      // U+1F600 is before U+FF5E in UTF-16 units, and after it in bytes.
      const ids = ['B', 'a', 'aa', 'b', 'ä', '～', '😀'];
      await store.groupStore.add(room, [...ids].reverse(), PLENTY);
      expect(await membersOf(room)).toEqual(ids);
      const first = await other.groupStore.page(room, '', 3);
      expect(first).toMatchObject({ userIds: ['B', 'a', 'aa'], size: 7 });
      await store.groupStore.remove(room, ['aa', 'B']);
      await store.groupStore.add(room, ['A', 'ab'], PLENTY);
      expect((await other.groupStore.page(room, 'aa', 3)).userIds).toEqual(['ab', 'b', 'ä']);
      expect((await other.groupStore.page(room, 'ä', 3)).userIds).toEqual(['～', '😀']);
      expect((await other.groupStore.page(room, '😀', 3)).userIds).toEqual([]);
    });

    it('takes all that are to be added or, where there is no room for them, nobody', async () => {
      await store.groupStore.add(room, ['a', 'b'], 3);
      const { version } = await store.groupStore.page(room, '', PLENTY);
      expect(await store.groupStore.add(room, ['c', 'd'], 3)).toEqual({ size: 2, version, isRefused: true });
      // Who is in it needs no room.
      expect(await store.groupStore.add(room, ['a', 'b', 'c'], 3)).toMatchObject({
        size: 3,
        isRefused: false,
      });
      expect(await store.groupStore.add(room, ['c', 'c'], 2)).toMatchObject({ size: 3, isRefused: false });
      expect(await membersOf(room)).toEqual(['a', 'b', 'c']);
    });

    it('takes a thousand at once, of the longest ids', async () => {
      const ids = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(256, '0'));
      expect(await store.groupStore.add(room, ids, PLENTY)).toMatchObject({ size: 1_000 });
      expect(await membersOf(room)).toEqual(ids);
      expect(await store.groupStore.remove(room, ids)).toMatchObject({ size: 0 });
    });

    it('tells followers which group has changed, and only then', async () => {
      const heard: string[] = [];
      let isFollowing = store.name === 'embedded';
      const unfollow = other.follow({
        changed: (namespace, userId) => void heard.push(`user ${namespace} ${userId}`),
        groupChanged: (namespace, groupId) => void heard.push(`${namespace} ${groupId}`),
        doubted: () => void heard.push('doubted'),
        lost: () => {},
        resync: () => {
          isFollowing = true;
        },
      });
      await vi.waitFor(() => expect(isFollowing).toBe(true));
      await store.groupStore.add(room, ['a'], PLENTY);
      await store.groupStore.add(room, ['a'], PLENTY);
      await store.groupStore.add(room, ['b', 'c'], 2);
      await store.groupStore.remove(room, ['b']);
      await vi.waitFor(() => expect(heard).toEqual(['web room']));
      await store.groupStore.remove(room, ['a']);
      await vi.waitFor(() => expect(heard).toEqual(['web room', 'web room']));
      await store.groupStore.add({ namespace: 'web', groupId: 'a:b ☕' }, ['a'], PLENTY);
      await vi.waitFor(() => expect(heard.at(-1)).toBe('web a:b ☕'));
      expect(heard).toHaveLength(3);
      unfollow();
    });
  });
}
