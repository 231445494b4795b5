import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.js';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import type { Detector } from '../../src/detector/detector.js';
import { decodeUser, TOKEN_BYTES } from '../../src/store/record/codec.js';
import { shardOf, userKey } from '../../src/store/redis/keys.js';
import { UnreadableRecordError } from '../../src/store/store.js';
import { mutatedBytes } from '../support/mutated.js';
import { detectors, record } from '../support/records.js';
import { type FuzzedRedis, startFuzzedRedis } from '../support/redis.js';
import type { Target } from '../support/target.js';

const namespace = {
  ...{ name: 'default', retentionMs: 86_400_000, halfLifeMs: 86_400_000 },
  detector: detectors[0] as Detector,
};
const TYPES = ['list', 'hash', 'set', 'stream', 'sorted set'] as const;

/** What Redis has of a user before the batch; `isKnown`: the node has written the user's record, and remembers it. */
const found = fc.record({
  isKnown: fc.boolean(),
  stored: fc.oneof(
    fc.constant(undefined),
    fc.constantFrom(...TYPES),
    mutatedBytes(record),
    record,
    record.map((bytes) => Buffer.concat([Buffer.from([9]), bytes.subarray(1)])),
  ),
});

async function put({ admin }: FuzzedRedis, key: string, stored: Buffer | string): Promise<void> {
  await admin.del(key);
  if (Buffer.isBuffer(stored)) await admin.set(key, stored);
  else if (stored === 'list') await admin.rpush(key, 'x');
  else if (stored === 'hash') await admin.hset(key, 'x', '1');
  else if (stored === 'set') await admin.sadd(key, 'x');
  else if (stored === 'stream') await admin.xadd(key, '*', 'x', '1');
  else await admin.zadd(key, 1, 'x');
}

function isReadable(bytes: Buffer): boolean {
  try {
    decodeUser(bytes);
    return true;
  } catch (error) {
    ok(error instanceof UnreadableRecordError, error as Error);
    return false;
  }
}

export const redisRecords: Target = {
  name: 'redis-records',
  what: 'damaged records in a real Redis: refused and left as they are, and nobody else of the batch is',
  cases: 12_000,
  quickCases: 40,
  async open() {
    const redis = await startFuzzedRedis();
    const { admin, store } = redis;
    let number = 0;
    const property = fc.asyncProperty(fc.array(found, { minLength: 1, maxLength: 6 }), async (users) => {
      number += 1;
      // Of one lane, so that they are one batch.
      const userIds: string[] = [];
      for (let i = 0; userIds.length < users.length; i++)
        if (store.laneOf(`${number}-${i}`) === 0) userIds.push(`${number}-${i}`);
      const keys = userIds.map((userId) => userKey(shardOf(userId), 'default', userId));
      const beat = (ids: readonly string[]) =>
        store.record(
          namespace,
          0,
          ids.map((userId) => ({
            ...{ userId, sessionId: 's', sequence: 0, declaredMs: 0, activity: 0, origin: '' },
            receivedMs: systemClock.nowMs(),
          })),
        );
      const known = userIds.filter((_, i) => users[i]?.isKnown);
      if (known.length > 0) await beat(known);
      const before = await admin.mgetBuffer(keys);
      for (const [i, { stored }] of users.entries())
        if (stored !== undefined) await put(redis, keys[i] as string, stored);
      const dumps = await Promise.all(keys.map((key) => admin.dumpBuffer(key)));

      const { arrivals } = await beat([...userIds, ...userIds]);

      for (const [i, { stored }] of users.entries()) {
        // The record that the node itself has written last, however damaged since: it is written anew.
        const isOwn =
          Buffer.isBuffer(stored) &&
          stored.length >= TOKEN_BYTES &&
          before[i]?.subarray(0, TOKEN_BYTES).equals(stored.subarray(0, TOKEN_BYTES)) === true;
        const isTaken = stored === undefined || isOwn || (Buffer.isBuffer(stored) && isReadable(stored));
        for (const at of [i, i + userIds.length])
          strictEqual(
            (arrivals[at]?.flags ?? 0) & ArrivalFlag.UNREADABLE,
            isTaken ? 0 : ArrivalFlag.UNREADABLE,
          );
        const key = keys[i] as string;
        if (isTaken) ok(isReadable((await admin.getBuffer(key)) as Buffer), 'what was written can be read');
        else deepStrictEqual(await admin.dumpBuffer(key), dumps[i], 'it is left as it was');
      }
      const readings = await store.read(namespace, userIds);
      for (const [i, { record }] of readings.entries())
        strictEqual(record !== undefined, ((arrivals[i]?.flags ?? 0) & ArrivalFlag.UNREADABLE) === 0);
      await admin.del(keys);
    });
    return { property, close: () => redis.stop() };
  },
};
