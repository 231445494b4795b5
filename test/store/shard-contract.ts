import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  LOG_PART_MAX,
  type LoggedChange,
  type LoggedStatus,
  type ShardClaim,
  type ShardReport,
  type ShardStore,
} from '../../src/store/shard-store.js';
import type { Store } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { storeNamespace } from '../support/settings.js';

/** A store with its shards, as a node has it. */
type ShardedStore = Store & { readonly shardStore: ShardStore };

const web = { namespace: 'web', retentionMs: 60_000 };
const SUSPECT: LoggedStatus = { status: 'SUSPECT', hasLeft: false };
const LEFT: LoggedStatus = { status: 'OFFLINE', hasLeft: true };

function change(userId: string, kept: LoggedStatus | undefined, text = `${userId} changed`): LoggedChange {
  return { userId, kept, bytes: Buffer.from(text) };
}

/** What every store must do with shards and logs. `create` gives two views of an empty one, as two nodes have. */
export function shardContract(
  name: string,
  create: () => Promise<readonly [ShardedStore, ShardedStore]>,
): void {
  describe(`shard contract: ${name}`, () => {
    let store: ShardedStore;
    let other: ShardedStore;
    let shards: ShardStore;
    let claim: ShardClaim;

    beforeEach(async () => {
      [store, other] = await create();
      shards = store.shardStore;
      claim = { shard: shards.shards - 1, node: 'a', token: 'a 1' };
      await shards.claim(claim);
    });
    afterEach(async () => {
      await store.close();
      await other.close();
    });

    const report = (node: string): ShardReport => ({
      node,
      upToUs: 1_700_000_000_000_001,
      isComplete: true,
      counts: { web: { ONLINE: 7, SUSPECT: 1, OFFLINE: 2 } },
    });
    const texts = (changes: readonly Buffer[]) => changes.map(String);

    it('says that nobody ever had a shard', async () => {
      expect(await shards.claim({ ...claim, shard: 0 })).toBeUndefined();
    });

    it('gives the next owner, and everybody who asks, the report of the last', async () => {
      expect(await shards.report(claim, report('a'))).toBe(true);
      const reports = await other.shardStore.reports();
      expect(reports).toHaveLength(shards.shards);
      expect(reports[claim.shard]).toEqual(report('a'));
      expect(await other.shardStore.claim({ ...claim, node: 'b', token: 'b 1' })).toEqual(report('a'));
    });

    it('takes nothing from who owned the shard before', async () => {
      await other.shardStore.claim({ ...claim, node: 'b', token: 'b 1' });
      const position = await shards.logEnd(claim.shard, 'web');
      expect(await shards.report(claim, report('a'))).toBe(false);
      expect(await shards.append(claim, web, [change('alice', SUSPECT)])).toBe(false);
      expect((await shards.readLog(claim.shard, 'web', position)).changes).toEqual([]);
      expect((await shards.logged(claim.shard, 'web', '')).items).toEqual([]);
    });

    it('takes nothing either from an earlier claim of the same node', async () => {
      await shards.claim({ ...claim, token: 'a 2' });
      expect(await shards.append(claim, web, [change('alice', SUSPECT)])).toBe(false);
      expect(await shards.append({ ...claim, token: 'a 2' }, web, [change('alice', SUSPECT)])).toBe(true);
    });

    it('reads changes from where it was, in order, once', async () => {
      const start = await shards.logEnd(claim.shard, 'web');
      await shards.append(claim, web, [change('alice', SUSPECT, '1'), change('bob', LEFT, '2')]);
      await shards.append(claim, web, [change('alice', undefined, '3')]);
      const first = await other.shardStore.readLog(claim.shard, 'web', start);
      expect(texts(first.changes)).toEqual(['1', '2', '3']);
      expect(first).toMatchObject({ isGap: false, isFull: false });
      const again = await shards.readLog(claim.shard, 'web', first.position);
      expect(again).toEqual({ changes: [], position: first.position, isGap: false, isFull: false });
      expect(await shards.logEnd(claim.shard, 'web')).toBe(first.position);
      await shards.append(claim, web, [change('bob', undefined, '4')]);
      expect(texts((await shards.readLog(claim.shard, 'web', first.position)).changes)).toEqual(['4']);
    });

    it('keeps logs of namespaces apart', async () => {
      const start = await shards.logEnd(claim.shard, 'mobile');
      await shards.append(claim, web, [change('alice', SUSPECT)]);
      expect((await shards.readLog(claim.shard, 'mobile', start)).changes).toEqual([]);
      expect((await shards.logged(claim.shard, 'mobile', '')).items).toEqual([]);
    });

    it('keeps what was said last of who is not online', async () => {
      await shards.append(claim, web, [
        change('alice', SUSPECT),
        change('bob', LEFT),
        change('ça:va', SUSPECT),
      ]);
      await shards.append(claim, web, [change('alice', undefined)]);
      const { items, next } = await other.shardStore.logged(claim.shard, 'web', '');
      expect(next).toBeUndefined();
      expect(new Map(items.map(({ userId, was }) => [userId, was]))).toEqual(
        new Map([
          ['bob', LEFT],
          ['ça:va', SUSPECT],
        ]),
      );
    });

    it('keeps what is not in the log', async () => {
      const start = await shards.logEnd(claim.shard, 'web');
      await shards.append(claim, web, [{ userId: 'alice', kept: LEFT, bytes: undefined }]);
      expect((await shards.readLog(claim.shard, 'web', start)).changes).toEqual([]);
      expect((await shards.logged(claim.shard, 'web', '')).items).toEqual([{ userId: 'alice', was: LEFT }]);
    });

    it('reads no more than a part at once', async () => {
      const start = await shards.logEnd(claim.shard, 'web');
      const many = Array.from({ length: LOG_PART_MAX + 1 }, (_, i) => change('alice', SUSPECT, String(i)));
      await shards.append(claim, web, many);
      const first = await shards.readLog(claim.shard, 'web', start);
      expect(first.changes).toHaveLength(LOG_PART_MAX);
      expect(first.isFull).toBe(true);
      const rest = await shards.readLog(claim.shard, 'web', first.position);
      expect(texts(rest.changes)).toEqual([String(LOG_PART_MAX)]);
    });

    it('says when changes are gone, and goes on from the end', async () => {
      const start = await shards.logEnd(claim.shard, 'web');
      const bytes = Buffer.from('x');
      // Some longer than any log.
      const batch = Array.from(
        { length: 5_000 },
        (): LoggedChange => ({ userId: 'alice', kept: SUSPECT, bytes }),
      );
      for (let i = 0; i < 24; i++) await shards.append(claim, web, batch.slice(0, 5_000));
      const gap = await shards.readLog(claim.shard, 'web', start);
      expect(gap).toMatchObject({ isGap: true, changes: [] });
      expect(gap.position).toBe(await shards.logEnd(claim.shard, 'web'));
      expect(await shards.readLog(claim.shard, 'web', gap.position)).toMatchObject({
        isGap: false,
        changes: [],
      });
      await shards.append(claim, web, [change('alice', undefined, 'last')]);
      expect(texts((await shards.readLog(claim.shard, 'web', gap.position)).changes)).toEqual(['last']);
    });

    it.each(['', 'nonsense', '-1', '99999999', 'zzzz.0.0', '..', 'a.b.c.d'])(
      'takes %j for a position of a log that was lost',
      async (position) => {
        await shards.append(claim, web, [change('alice', SUSPECT)]);
        const part = await shards.readLog(claim.shard, 'web', position);
        expect(part).toMatchObject({ isGap: true, changes: [] });
        expect(part.position).toBe(await shards.logEnd(claim.shard, 'web'));
      },
    );

    it('tells followers that a log has grown', async () => {
      const grown: string[] = [];
      let isFollowing = false;
      const stop = other.follow({
        changed: () => {},
        doubted: () => {},
        logged: (namespace, shard) => grown.push(`${namespace} ${shard}`),
        lost: () => {},
        resync: () => {
          isFollowing = true;
        },
      });
      if (other.name === 'redis') await vi.waitFor(() => expect(isFollowing).toBe(true));
      await shards.append(claim, web, [change('alice', SUSPECT)]);
      await vi.waitFor(() => expect(grown).toEqual([`web ${claim.shard}`]));
      stop();
    });

    it('passes messages on to the node that they are for, and to no other', async () => {
      const told: string[] = [];
      let following = 0;
      const follow = (node: string) =>
        other.follow(
          {
            changed: () => {},
            doubted: () => {},
            relayed: (message) => told.push(`${node}: ${message.toString('latin1')}`),
            lost: () => {},
            resync: () => {
              following += 1;
            },
          },
          node,
        );
      const stops = ['node-a', 'node-b'].map(follow);
      if (other.name === 'redis') await vi.waitFor(() => expect(following).toBe(2));
      await shards.relay('node-a', Buffer.from([0, 255, 10]));
      await shards.relay('node-b', Buffer.from('for b'));
      await shards.relay('node-c', Buffer.from('for nobody'));
      await shards.relay('node-a', Buffer.from('last'));
      const forA = ['node-a: \0\xff\n', 'node-a: last'];
      await vi.waitFor(() => expect([...told].sort()).toEqual([...forA, 'node-b: for b']));
      for (const stop of stops) stop();
    });

    it('knows all users who have a record, of every shard', async () => {
      const namespace = storeNamespace();
      const mobile = storeNamespace({}, { name: 'mobile' });
      const ids = Array.from({ length: 3_000 }, (_, i) => `user-${i}:ü`);
      const beat = (userId: string) => received({ userId, receivedMs: 0 });
      for (let lane = 0; lane < store.lanes; lane++) {
        const ofLane = ids.filter((id) => store.laneOf(id) === lane);
        for (let i = 0; i < ofLane.length; i += 500) {
          await store.record(namespace, lane, ofLane.slice(i, i + 500).map(beat));
        }
        await store.record(mobile, lane, ofLane.slice(0, 1).map(beat));
      }
      const found = new Set<string>();
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page = await shards.knownUsers(cursor);
        for (const { namespace: of, userId } of page.items) found.add(`${of} ${userId}`);
        cursor = page.next;
      }
      expect([...found].filter((name) => name.startsWith('default ')).sort()).toEqual(
        ids.map((id) => `default ${id}`).sort(),
      );
      expect([...found].filter((name) => name.startsWith('mobile '))).toHaveLength(store.lanes);
      expect(ids.every((id) => shards.shardOf(id) < shards.shards)).toBe(true);
    });
  });
}
