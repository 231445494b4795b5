import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrackResponse__Output } from '../../src/gen/phid/v1/TrackResponse.js';
import { type Node, startNode } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { groupSettings, namespaceSettings } from '../support/settings.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** So slow a rhythm that nobody becomes suspect by themselves, however busy the machine is. */
const slow = namespaceSettings({ expectedIntervalMs: 60_000 });
let groups = 0;
const nextGroup = () => `group-${groups++}`;

describe.each(['embedded', 'redis'] as const)('groups on the %s store', (store) => {
  let node: Node;
  let groupId: string;
  beforeEach(async () => {
    const url = store === 'redis' ? redis.url : undefined;
    node = await startNode({ redis: url, namespaces: { default: slow }, groups: { membersMax: 3 } });
    groupId = nextGroup();
  });
  afterEach(() => node.stop());
  /** A user of this test's own. */
  const own = (name: string) => `${name}-of-${groupId}`;
  const beat = (userId: string) => node.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone' } });

  it('answer for their members page by page, in the order of the ids', async () => {
    expect(await node.call('ListGroup', { groupId })).toEqual({ suspicions: [], nextPageToken: '', size: 0 });
    const [a, b, c] = [own('a'), own('b'), own('c')];
    const added = await node.call('AddToGroup', { groupId, userIds: [c, a, b, a] });
    expect(added.size).toBe(3);
    await beat(b);
    const first = await node.call('ListGroup', { groupId, pageSize: 2 });
    expect(first.suspicions.map(({ userId, status }) => [userId, status])).toEqual([
      [a, 'UNKNOWN'],
      [b, 'ONLINE'],
    ]);
    expect(first.size).toBe(3);
    const { nextPageToken: pageToken } = first;
    const second = await node.call('ListGroup', { groupId, pageSize: 2, pageToken });
    expect(second.suspicions.map(({ userId }) => userId)).toEqual([c]);
    expect(second.nextPageToken).toBe('');
    const removed = await node.call('RemoveFromGroup', { groupId, userIds: [a, b] });
    expect(removed.size).toBe(1);
    expect(Number(removed.version)).toBeGreaterThan(Number(added.version));
    const all = await node.call('ListGroup', { groupId });
    expect(all.suspicions.map(({ userId }) => userId)).toEqual([c]);
  });

  it('take nobody when there is no room for all, and say so', async () => {
    await node.call('AddToGroup', { groupId, userIds: ['a', 'b'] });
    expect(await node.outcome('AddToGroup', { groupId, userIds: ['c', 'd'] })).toBe(
      '8 RESOURCE_EXHAUSTED: members of a group: the limit of 3 is reached',
    );
    expect((await node.call('ListGroup', { groupId })).size).toBe(2);
    const metrics = await (await fetch(node.httpUrl('/metrics'))).text();
    expect(metrics).toMatch(/^phid_group_refused_total 1$/m);
  });

  it('are watched: snapshots, synced, changes, who comes and who goes', async () => {
    const [a, b] = [own('a'), own('b')];
    await beat(a);
    await node.call('AddToGroup', { groupId, userIds: [a] });
    const events = node.watch({ groupIds: [groupId] });
    await events.synced();
    expect(events.changes.map(({ userId, status, cause }) => [userId, status, cause])).toEqual([
      [a, 'ONLINE', 'SNAPSHOT'],
    ]);
    await node.call('AddToGroup', { groupId, userIds: [b] });
    await vi.waitFor(() => expect(events.changes.at(-1)).toMatchObject({ userId: b, cause: 'SNAPSHOT' }));
    await beat(b);
    await vi.waitFor(() => expect(events.lines(b)).toEqual(['UNKNOWN>ONLINE FIRST_SEEN -']));
    await node.call('Leave', { userId: a });
    await vi.waitFor(() => expect(events.lines(a).at(-1)).toMatch(/OFFLINE LEAVE -$/));
    await node.call('RemoveFromGroup', { groupId, userIds: [a] });
    await vi.waitFor(() => expect(events.lines(a).at(-1)).toBe('OFFLINE>UNKNOWN REMOVED -'));
    const versions = events.changes
      .filter(({ userId }) => userId === a)
      .map(({ version }) => Number(version));
    expect(versions).toEqual([...new Set(versions)].sort((x, y) => x - y));
    const metrics = await (await fetch(node.httpUrl('/metrics'))).text();
    expect(metrics).toMatch(/^phid_watched_groups 1$/m);
    expect(metrics).toMatch(/^phid_group_listeners 1$/m);
    await events.cancel();
    await vi.waitFor(() => expect(node.service.presence.tracker.groups.audiences).toBe(0));
  });

  it('are followed by a Track from when they are added until they are removed', async () => {
    const [a, b, lobby] = [own('a'), own('b'), nextGroup()];
    await node.call('AddToGroup', { groupId, userIds: [a] });
    await node.call('AddToGroup', { groupId: lobby, userIds: [b] });
    const stream = node.client.Track();
    const events: TrackResponse__Output[] = [];
    stream.on('data', (event: TrackResponse__Output) => events.push(event));
    stream.on('error', () => {});
    const synced = () => events.filter((event) => event.synced).length;
    const told = () => events.flatMap(({ change }) => (change ? [`${change.userId} ${change.cause}`] : []));
    stream.write({ addGroups: [groupId] });
    await vi.waitFor(() => expect(synced()).toBe(1));
    stream.write({ addGroups: [lobby, groupId], removeGroups: [groupId] });
    await vi.waitFor(() => expect(synced()).toBe(2));
    expect(told().sort()).toEqual([`${a} SNAPSHOT`, `${a} SNAPSHOT`, `${b} SNAPSHOT`].sort());
    stream.write({ removeGroups: [groupId] });
    await vi.waitFor(() => expect(node.service.presence.tracker.calledUsers).toBe(1));
    await beat(a);
    await beat(b);
    await vi.waitFor(() => expect(told().at(-1)).toBe(`${b} FIRST_SEEN`));
    expect(told().filter((line) => line.startsWith(a))).toHaveLength(2);
    stream.cancel();
    await vi.waitFor(() => expect(node.service.presence.tracker.calledUsers).toBe(0));
  });

  it('whose reader is too slow are told as they are in the end', async () => {
    const userIds = [own('a'), own('b'), own('c')];
    await node.call('AddToGroup', { groupId, userIds });
    const [slow, quick] = [node.watch({ groupIds: [groupId] }), node.watch({ groupIds: [groupId] })];
    await Promise.all([slow.synced(), quick.synced()]);
    slow.pause();
    for (let round = 0; node.service.presence.tracker.laggingSubscriptions < 1; round++) {
      expect(round).toBeLessThan(5_000);
      await Promise.all(userIds.map(beat));
      await Promise.all(userIds.map((userId) => node.call('Leave', { userId })));
    }
    // Apart, or the node might see only how it ends.
    const seen = (status: string) =>
      vi.waitFor(() => {
        for (const userId of userIds) {
          const last = quick.changes.findLast((change) => change.userId === userId);
          expect(last?.status).toBe(status);
        }
      }, 5_000);
    await Promise.all(userIds.map(beat));
    await seen('ONLINE');
    await Promise.all(userIds.map((userId) => node.call('Leave', { userId })));
    await seen('OFFLINE');
    slow.resume();
    await vi.waitFor(() => {
      for (const userId of userIds) {
        const changes = slow.changes.filter((change) => change.userId === userId);
        expect(changes.at(-1)?.status).toBe('OFFLINE');
        changes.forEach((change, i) => {
          if (i > 0) expect(change.previous).toBe(changes[i - 1]?.status);
        });
      }
    }, 5_000);
    const kinds = slow.all.flatMap(({ notice }) => (notice ? [notice.kind] : []));
    expect(kinds).toContain('LAGGED');
    await Promise.all([slow.cancel(), quick.cancel()]);
  }, 60_000);
});

describe('limits of watching groups', () => {
  it('refuses more groups than a stream may follow, and counts it', async () => {
    const node = await startNode();
    const groupIds = Array.from({ length: 11 }, nextGroup);
    const events = node.watch({ groupIds });
    await vi.waitFor(() =>
      expect(events.error?.message).toBe(
        '8 RESOURCE_EXHAUSTED: groups watched by one stream: the limit of 10 is reached',
      ),
    );
    const metrics = await (await fetch(node.httpUrl('/metrics'))).text();
    expect(metrics).toMatch(/^phid_watch_refused_total 1$/m);
    await node.stop();
  });

  it('ends the stream of a group that has more members than the node may watch', async () => {
    const node = await startNode({
      tracker: { subscriptionUsersMax: 1, subscriptionGroupsMax: 1, subscriptionsMax: 1, trackedUsersMax: 2 },
    });
    await node.call('AddToGroup', { groupId: 'room', userIds: ['a', 'b'] });
    const events = node.watch({ groupIds: ['room'] });
    await events.synced();
    await node.call('AddToGroup', { groupId: 'room', userIds: ['c'] });
    await vi.waitFor(() =>
      expect(events.error?.message).toBe(
        '8 RESOURCE_EXHAUSTED: users watched on this node: the limit of 2 is reached',
      ),
    );
    expect(node.service.presence.tracker.calledUsers).toBe(0);
    await node.stop();
  });
});

it('who is added by way of one node is watched on the other, also after its feed was cut', async () => {
  const own = await startRedis();
  const settings = { redis: own.url, namespaces: { default: slow }, groups: groupSettings };
  const [one, other] = await Promise.all([startNode(settings), startNode(settings)]);
  const events = other.watch({ groupIds: ['room'] });
  await events.synced();
  await one.call('AddToGroup', { groupId: 'room', userIds: ['alice', 'bob'] });
  await vi.waitFor(() => expect(events.changes.map(({ userId }) => userId)).toEqual(['alice', 'bob']));
  await one.call('Heartbeat', { heartbeat: { userId: 'alice', sessionId: 'phone' } });
  await vi.waitFor(() => expect(events.lines('alice')[0]).toBe('UNKNOWN>ONLINE FIRST_SEEN -'));
  const admin = new Redis(own.url);
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
  admin.disconnect();
  await vi.waitFor(async () => {
    expect(await one.outcome('RemoveFromGroup', { groupId: 'room', userIds: ['alice'] })).toBe('OK');
  }, 10_000);
  await vi.waitFor(() => expect(events.lines('alice').at(-1)).toMatch(/>UNKNOWN REMOVED -$/), 10_000);
  await events.cancel();
  await Promise.all([one.stop(), other.stop()]);
  await own.stop();
});
