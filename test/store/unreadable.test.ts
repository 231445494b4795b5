import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import {
  fleetKey,
  groupKey,
  logKeys,
  ownerKey,
  shardOf,
  streamKey,
  userKey,
} from '../../src/store/redis/keys.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { UnreadableError } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { storeNamespace } from '../support/settings.js';

const namespace = storeNamespace();
const now = (userId: string) => received({ userId, receivedMs: systemClock.nowMs() });
const keyOf = (userId: string) => userKey(shardOf(userId), 'default', userId);

let server: RedisServer;
let admin: Redis;
let store: RedisStore;
let log: MemoryLog;
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await admin.flushall();
  log = new MemoryLog();
  store = new RedisStore({ url: server.url, clock: systemClock, log, cachedUsersMax: 100 });
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
});
afterEach(() => store.close());

it('leaves what is no record under the key of a user, and takes everybody else of the batch', async () => {
  const userIds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].filter((userId) => store.laneOf(userId) === 0);
  const [odd = ''] = userIds;
  await admin.rpush(keyOf(odd), 'not a record');
  const { arrivals } = await store.record(namespace, 0, userIds.map(now));
  const [of, ...others] = arrivals.map(({ flags }) => flags);
  expect(of).toBe(ArrivalFlag.UNREADABLE);
  expect(others.length).toBeGreaterThan(1);
  expect(new Set(others)).toEqual(new Set([ArrivalFlag.FIRST_SEEN]));
  expect(await admin.lrange(keyOf(odd), 0, -1)).toEqual(['not a record']);
});

it('says what it cannot read once in ten seconds, and counts every time; without a word of whom it is', async () => {
  await admin.set(keyOf('alice'), Buffer.from([9, 1, 2, 3]));
  for (let i = 0; i < 20; i++) await store.read(namespace, ['alice']);
  expect(store.unreadable.get('record')).toBe(20);
  expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'error in Redis, the record of this user cannot be read, and is left alone',
  ]);
  expect(log.text).not.toContain('alice');
});

it('takes a record that is newer than the one it remembers, and of a format that it does not know, for unreadable', async () => {
  await store.record(namespace, store.laneOf('alice'), [now('alice')]);
  const newer = Buffer.from([9, 1, 2, 3, 4, 5, 6]);
  await admin.set(keyOf('alice'), newer);
  const { arrivals } = await store.record(namespace, store.laneOf('alice'), [now('alice')]);
  expect(arrivals[0]?.flags).toBe(ArrivalFlag.UNREADABLE);
  expect(await admin.getBuffer(keyOf('alice'))).toEqual(newer);
});

it('records heartbeats where what should be the stream of the shard is none', async () => {
  const stream = streamKey(shardOf('alice'));
  await admin.set(stream, 'no stream');
  const { arrivals } = await store.record(namespace, store.laneOf('alice'), [now('alice')]);
  expect(arrivals[0]?.flags).toBe(ArrivalFlag.FIRST_SEEN);
  expect(await admin.get(stream)).toBe('no stream');
});

it('goes on where the name of the data is no string', async () => {
  await admin.del('phid1:{p00}:n');
  await admin.rpush('phid1:{p00}:n', 'x');
  await store.record(namespace, store.laneOf('alice'), [now('alice')]);
  const [reading] = await store.read(namespace, ['alice']);
  expect(reading?.record?.sessions).toHaveLength(1);
});

it('follows the stream beside entries of kinds that it does not know', async () => {
  const heard: string[] = [];
  store.follow({
    changed: (_, userId) => void heard.push(userId),
    doubted: () => {},
    lost: () => void heard.push('lost'),
    resync: () => void heard.push('resync'),
  });
  await vi.waitFor(() => expect(heard).toEqual(['resync']));
  const stream = streamKey(shardOf('alice'));
  await admin.xadd(stream, '*', 'x', 'default:bob', 'y', 'default:carol');
  await store.record(namespace, store.laneOf('alice'), [now('alice')]);
  await vi.waitFor(() => expect(heard).toEqual(['resync', 'alice']));
  expect(store.unreadable.get('stream')).toBe(1);
});

it('keeps holds that it cannot read, and takes the others', async () => {
  const fromUs = systemClock.epochUs();
  const hold = {
    namespace: 'default',
    origin: 'eu',
    cause: 'drain',
    fromUs,
    untilUs: fromUs + 1e9,
    releaseUs: 1,
  } as const;
  const odd = { 'silence:default:us': 'since yesterday', 'whim:default:asia': `${fromUs} ${fromUs + 1e9} 1` };
  await admin.hset('phid1:{p00}:h', odd);
  expect(await store.holds([hold])).toEqual([hold]);
  expect(await admin.hgetall('phid1:{p00}:h')).toMatchObject(odd);
  expect(store.unreadable.get('hold')).toBe(2);
});

it('hears the nodes whose signs it can read', async () => {
  const completeUs = systemClock.epochUs();
  await store.signs({ id: 'there', completeUs, carries: ['default:eu'] });
  await admin.hset('phid1:{p00}:l', 'odd', 'a while ago', 'lost', '9e99');
  await admin.hset('phid1:{p00}:o', 'there', 'eu');
  await admin.set('phid1:{p00}:v', 'the second');
  await admin.set('phid1:{p00}:t', 'then');
  const { others, previousUs } = await store.signs({ id: 'here', completeUs, carries: [] });
  expect(others).toEqual([{ id: 'there', completeUs, carries: [] }]);
  expect(previousUs).toBeUndefined();
});

it('knows times of blindness, nodes and owners that it can read', async () => {
  await admin.zadd('phid1:{p00}:b', 5, 'yesterday', 7, '9-1');
  expect(await store.blind([{ fromUs: 1, toUs: 5 }])).toEqual([{ fromUs: 1, toUs: 5 }]);
  await admin.hset('phid1:{p00}:m', 'odd', '{"at":1}', 'half', '{"atUs":5');
  const doing = { version: '1', ownsShards: true, heartbeatsPerSecond: {}, atUs: systemClock.epochUs() };
  expect(await store.shardStore.nodes('here', doing)).toEqual(new Map([['here', doing]]));
  await admin.hset(ownerKey(3), 'report', '{"node":7}');
  await admin.set(ownerKey(4), 'nobody');
  expect(await store.shardStore.reports()).toEqual(new Array(16).fill(undefined));
  expect(Object.fromEntries(store.unreadable)).toMatchObject({ blind: 2, node: 1, shard: 2 });
});

it('says that changes are missing where entries of a log are none', async () => {
  const claim = { shard: 3, node: 'n', token: 't' };
  await store.shardStore.claim(claim);
  const { log: key, said } = logKeys(3, 'default');
  const position = await store.shardStore.logEnd(3, 'default');
  await admin.xadd(key, '*', 'c', 'first');
  await admin.xadd(key, '*', 'x', 'what?');
  await admin.xadd(key, '*', 'c', 'second');
  const part = await store.shardStore.readLog(3, 'default', position);
  expect([part.isGap, part.changes.map(String)]).toEqual([true, ['first', 'second']]);
  await admin.hset(ownerKey(3), 'tdefault', 'long ago');
  expect((await store.shardStore.readLog(3, 'default', part.position)).isGap).toBe(false);
  await admin.hset(said, 'alice', 's', 'bob', 'toString');
  expect((await store.shardStore.logged(3, 'default', '')).items.map(({ userId }) => userId)).toEqual([
    'alice',
  ]);
});

it('begins what was learned anew where it is damaged, and leaves that of another version alone', async () => {
  const learn = async (...values: number[]) =>
    Array.from(await store.learn(namespace, Float64Array.from(values)), Math.round);
  await learn(8, 8);
  const key = fleetKey('default', 2);
  const bytes = (await admin.getBuffer(key)) as Buffer;
  bytes.writeDoubleLE(Number.NaN, 16);
  await admin.set(key, bytes);
  expect(await learn(1, 2)).toEqual([1, 2]);
  expect(await learn(1, 2)).toEqual([2, 4]);
  expect(store.unreadable.get('counts')).toBe(1);
  expect(await learn(5, 5, 5)).toEqual([5, 5, 5]);
  expect(await learn(0, 0)).toEqual([2, 4]);
});

it('does not replace what a newer phid set at run time', async () => {
  const newer = '{"set":{"suspect":{"moon":1},"offline":{"phi":5}},"changes":[]}';
  await admin.hset('phid1:{p00}:c', ':v', 'v1', 'default', newer);
  const { version, documents } = await store.tunings('');
  expect(documents).toEqual(new Map());
  const change = store.tunings(version, new Map([['default', { changes: [] }]]));
  await expect(change).rejects.toThrow(UnreadableError);
  expect(await admin.hget('phid1:{p00}:c', 'default')).toBe(newer);
  expect((await store.tunings(version, new Map([['web', { changes: [] }]]))).isChanged).toBe(true);
});

it('refuses a group that is none, or whose members are no ids, and no other group', async () => {
  const group = (groupId: string) => ({ namespace: 'default', groupId });
  await admin.set(groupKey(shardOf('list'), 'default', 'list'), 'x');
  await admin.zadd(groupKey(shardOf('bytes'), 'default', 'bytes'), 0, Buffer.from([0xff]));
  await admin.zadd(groupKey(shardOf('version'), 'default', 'version'), 'inf', '', 0, 'alice');
  for (const groupId of ['list', 'bytes', 'version'])
    await expect(store.groupStore.page(group(groupId), '', 10)).rejects.toThrow('this group cannot be read');
  await store.groupStore.add(group('room'), ['alice'], 10);
  expect((await store.groupStore.page(group('room'), '', 10)).userIds).toEqual(['alice']);
});
