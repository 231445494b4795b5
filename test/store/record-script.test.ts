import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { encodeUser } from '../../src/store/record/codec.js';
import { streamKey, userKey } from '../../src/store/redis/keys.js';
import { Script } from '../../src/store/redis/scripts.js';
import { Writes } from '../../src/store/redis/writes.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';

const script = new Script('record', 'record');
const recordOf = (revision: number) => Buffer.from(encodeUser({ sessions: [] }, revision));
const keyOf = (userId: string) => userKey(3, 'default', userId);

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});
beforeEach(() => admin.flushall());

async function nowUs(): Promise<number> {
  const [seconds, us] = await admin.time();
  return Number(seconds) * 1e6 + Number(us);
}

function write(writes: Writes, userId: string, change: Partial<Parameters<Writes['add']>[0]>): void {
  writes.add({
    key: keyOf(userId),
    shard: 3,
    before: undefined,
    after: recordOf(2),
    announce: false,
    announceFromUs: Number.POSITIVE_INFINITY,
    expiry: 'kept',
    ...change,
  });
}

/** Which records were replaced. `reckonedUs`: what the server's clock is taken for. */
async function run(writes: Writes, reckonedUs?: number): Promise<string> {
  const args = writes.args({ nowUs: reckonedUs ?? (await nowUs()), renewedMs: 60_000, longMs: 600_000 });
  const answer = (await script.run(admin, writes.keys, args)) as Buffer;
  expect(Math.abs(answer.readDoubleLE(0) - (await nowUs()))).toBeLessThan(5e6);
  return String(answer.subarray(8));
}

async function announced(): Promise<string[]> {
  const entries = await admin.xrange(streamKey(3), '-', '+');
  return entries.flatMap(([, fields]) => fields.filter((_, i) => i % 2 === 1));
}

it('replaces the record that was read, and no other one', async () => {
  await admin.set(keyOf('as-read'), recordOf(1));
  await admin.set(keyOf('changed'), recordOf(7));
  await admin.set(keyOf('came'), recordOf(7));
  const writes = new Writes();
  write(writes, 'as-read', { before: recordOf(1) });
  write(writes, 'changed', { before: recordOf(1) });
  write(writes, 'came', {});
  write(writes, 'gone', { before: recordOf(1) });
  write(writes, 'new', {});
  expect(await run(writes)).toBe('10001');
  const kept = await admin.mgetBuffer(['as-read', 'changed', 'came', 'gone', 'new'].map(keyOf));
  expect(kept).toEqual([recordOf(2), recordOf(7), recordOf(7), null, recordOf(2)]);
});

it('announces whoever is marked, and whose silence had become suspicious before the record was replaced', async () => {
  const now = await nowUs();
  const writes = new Writes();
  write(writes, 'marked', { announce: true });
  write(writes, 'late-by-now', { announceFromUs: now });
  write(writes, 'in-time', { announceFromUs: now + 60e6 });
  write(writes, 'never', {});
  expect(await run(writes)).toBe('1111');
  expect(await announced()).toEqual(['default:marked', 'default:late-by-now']);
});

it('announces nobody whose record it did not replace', async () => {
  await admin.set(keyOf('changed'), recordOf(7));
  const writes = new Writes();
  write(writes, 'changed', { before: recordOf(1), announce: true });
  expect(await run(writes)).toBe('0');
  expect(await announced()).toEqual([]);
});

it('lets a record expire anew, after long, or as it did, as it is told', async () => {
  const writes = new Writes();
  for (const expiry of ['renewed', 'kept', 'long'] as const) {
    await admin.set(keyOf(expiry), recordOf(1), 'PX', 5_000);
    write(writes, expiry, { before: recordOf(1), expiry });
  }
  expect(await run(writes)).toBe('111');
  expect(await admin.pttl(keyOf('kept'))).toBeLessThanOrEqual(5_000);
  expect(await admin.pttl(keyOf('renewed'))).toBeGreaterThan(5_000);
  expect(await admin.pttl(keyOf('renewed'))).toBeLessThanOrEqual(60_000);
  expect(await admin.pttl(keyOf('long'))).toBeGreaterThan(60_000);
});

it('leaves what had changed as it was, its expiry too, whatever it is told of that', async () => {
  const writes = new Writes();
  await admin.set(keyOf('changed'), recordOf(7), 'PX', 5_000);
  await admin.rpush(keyOf('none'), 'a list');
  for (const userId of ['changed', 'none', 'gone'])
    write(writes, userId, { before: recordOf(1), expiry: 'long', announce: true });
  expect(await run(writes)).toBe('020');
  expect(await admin.getBuffer(keyOf('changed'))).toEqual(recordOf(7));
  expect(await admin.pttl(keyOf('changed'))).toBeLessThanOrEqual(5_000);
  expect(await admin.lrange(keyOf('none'), 0, -1)).toEqual(['a list']);
  expect(await admin.exists(keyOf('gone'))).toBe(0);
  expect(await announced()).toEqual([]);
});

it('replaces nothing where the server has no memory left, and says so', async () => {
  const writes = new Writes();
  await admin.set(keyOf('alice'), recordOf(1));
  write(writes, 'alice', { before: recordOf(1), announce: true });
  await admin.config('SET', 'maxmemory', '1');
  try {
    await expect(run(writes)).rejects.toThrow('OOM');
    expect(await admin.getBuffer(keyOf('alice'))).toEqual(recordOf(1));
  } finally {
    await admin.config('SET', 'maxmemory', '0');
  }
});

it.each([
  ['ahead of it', 60e6],
  ['long behind it', -60e6],
])('replaces nothing when its clock was taken for one that is %s', async (_, errorUs) => {
  const writes = new Writes();
  write(writes, 'alice', { announce: true });
  expect(await run(writes, (await nowUs()) + errorUs)).toBe('');
  expect(await admin.exists(keyOf('alice'))).toBe(0);
  expect(await announced()).toEqual([]);
  expect(await run(writes)).toBe('1');
});
