import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { groupKey, logKeys, ownerKey, SHARDS, shardOf, userKey } from '../../src/store/redis/keys.js';
import { type Node, startNode } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';

/** A node beside data that nobody can read: what rejects there and is caught nowhere fails this file. */
let server: RedisServer;
let admin: Redis;
let node: Node;
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
  const damaged = shardOf('alice');
  await admin.set(ownerKey((damaged + 1) % SHARDS), 'no hash');
  await admin.set(logKeys(damaged, 'default').log, 'no stream');
  await admin.set(logKeys((damaged + 2) % SHARDS, 'default').said, 'no hash');
  for (const document of ['b', 'c', 'h']) await admin.set(`phid1:{p00}:${document}`, 'no such document');
  await admin.set(groupKey(shardOf('room'), 'default', 'room'), 'no set');
  await admin.set(userKey(shardOf('mallory'), 'default', 'mallory'), Buffer.from([9, 9]));
  node = await startNode({ redis: server.url });
});
afterAll(async () => {
  await node.stop();
  admin.disconnect();
  await server.stop();
});

const beat = (userId: string) => node.outcome('Heartbeat', { heartbeat: { userId, sessionId: 's' } });

it('whoever can be read is recorded and answered for, and whoever cannot is refused with the reason', async () => {
  expect(await beat('alice')).toBe('OK');
  expect(await beat('mallory')).toBe(
    '9 FAILED_PRECONDITION: the record of this user cannot be read: a newer phid may have written it',
  );
  const { suspicions } = await node.call('BatchSuspicion', { userIds: ['alice', 'mallory'] });
  expect(suspicions.map(({ status }) => status)).toEqual(['ONLINE', 'UNKNOWN']);
});

it('a group that is none is refused, for those who watch it too, and others are not', async () => {
  const refused =
    '9 FAILED_PRECONDITION: this group cannot be read: under its key is something of another type';
  expect(await node.outcome('ListGroup', { groupId: 'room' })).toBe(refused);
  expect(await node.outcome('AddToGroup', { groupId: 'room', userIds: ['alice'] })).toBe(refused);
  expect(await node.outcome('AddToGroup', { groupId: 'hall', userIds: ['alice'] })).toBe('OK');
  const broken = node.watch({ groupIds: ['room'] });
  await vi.waitFor(() => expect(broken.error?.message).toBe(refused));
  const watch = node.watch({ groupIds: ['hall'] });
  await watch.synced();
  expect(watch.changes.map(({ userId }) => userId)).toEqual(['alice']);
  await watch.cancel();
});

it('shards whose documents can be read are owned, and those of whom something cannot are tried again', async () => {
  await vi.waitFor(
    () => expect(node.service.presence.store.unreadable?.get('log')).toBeGreaterThan(2),
    10_000,
  );
  const page = await (await fetch(node.httpUrl('/metrics'))).text();
  expect(page).toMatch(/^phid_shards_owned 14$/m);
  expect(page).toMatch(/^phid_store_unreadable_total\{what="shard"\} [1-9]/m);
});
