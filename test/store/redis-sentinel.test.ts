import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import { type Replication, startReplication } from '../support/redis-sentinel.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { replicated } from '../support/replicated.js';
import { storeNamespace } from '../support/settings.js';

const PASSWORDS = { password: 's3cret', sentinelPassword: 'wat3h' };
const namespace = storeNamespace();

let master: RedisServer;
let replication: Replication;
let log: MemoryLog;
let store: RedisStore;
beforeEach(async () => {
  const { password } = PASSWORDS;
  master = await startRedis({ args: ['--requirepass', password, '--masterauth', password] });
  replication = await startReplication(master, PASSWORDS);
  open(replication.url);
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
});
afterEach(async () => {
  await store.close();
  await replication.stop();
  await master.stop();
});

function open(url: string): void {
  log = new MemoryLog();
  store = new RedisStore({ url, clock: systemClock, log, cachedUsersMax: 100 });
}

const beat = (sequence: number) =>
  store.record(namespace, store.laneOf('alice'), [
    received({ userId: 'alice', sequence, receivedMs: systemClock.nowMs() }),
  ]);

it('finds the master by way of Sentinel, and the one that takes its place, with a password for each', async () => {
  const heard: string[] = [];
  store.follow({
    changed: (_, userId) => void heard.push(userId),
    doubted: () => {},
    lost: () => void heard.push('lost'),
    resync: () => void heard.push('resync'),
  });
  await vi.waitFor(() => expect(heard).toEqual(['resync']));
  await beat(1);
  await vi.waitFor(() => expect(heard).toEqual(['resync', 'alice']));
  const admin = new Redis(master.url, { password: PASSWORDS.password });
  await replicated(admin);
  admin.disconnect();
  await master.kill();
  await expect(beat(2)).rejects.toThrow(StoreUnavailableError);
  expect(await replication.switched).toBe(replication.replica.port);
  await vi.waitFor(() => beat(3), 10_000);
  const [reading] = await store.read(namespace, ['alice']);
  expect(reading?.record?.sessions[0]).toMatchObject({ sequence: 3 });
  expect(reading?.record?.sessions[0]?.window.count).toBe(1);
  expect(store.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
  await vi.waitFor(() => expect(heard.filter((what) => what === 'resync')).toHaveLength(2), 10_000);
});

it('says that no Sentinel can be reached, without a password, and finds the master when one can', async () => {
  await store.close();
  open(replication.url.replace(/@[^?]*/, '@127.0.0.1:1'));
  await vi.waitFor(() => expect(log.text).toContain('cannot be reached'));
  expect(log.text).toContain('redis://:***@127.0.0.1:1?sentinel=phid&sentinel_password=***');
  for (const password of Object.values(PASSWORDS)) expect(log.text).not.toContain(password);
  await expect(beat(1)).rejects.toThrow(StoreUnavailableError);
  await store.close();
  const both = replication.url.replace('@', '@127.0.0.1:1,');
  open(both);
  await vi.waitFor(() => beat(1), 10_000);
});
