import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { streamKey } from '../../src/store/redis/keys.js';
import { mutatedBytes } from '../support/mutated.js';
import { startFuzzedRedis } from '../support/redis.js';
import type { Target } from '../support/target.js';

const SHARD = 3;
const INBOX_OF = 'fuzzed';
const bytes = mutatedBytes(
  fc.constantFrom('default:alice', 'default:room:1', 'u', '').map((text) => Buffer.from(text)),
);
const field = fc.oneof(
  fc.constantFrom('u', 'a', 'g', 'l', 'd', 'x', 'uu', '').map((text) => Buffer.from(text)),
  bytes,
);
const entry = fc.array(fc.tuple(field, bytes), { minLength: 1, maxLength: 4 });

export const redisStream: Target = {
  name: 'redis-stream',
  what: 'entries of a shard stream that nobody would write: what comes behind them is heard, and nothing breaks',
  cases: 1_500,
  quickCases: 10,
  async open() {
    const { admin, store, stop } = await startFuzzedRedis();
    const breaks: string[] = [];
    let isFollowing = () => {};
    const following = new Promise<void>((resolve) => {
      isFollowing = resolve;
    });
    let heard = (_: string) => {};
    store.follow(
      {
        changed: (_, userId) => heard(userId),
        doubted: () => {},
        groupChanged: () => {},
        logged: () => {},
        relayed: () => {},
        lost: ({ message }) => void breaks.push(message),
        resync: isFollowing,
      },
      INBOX_OF,
    );
    await following;
    let number = 0;
    const property = fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 20 }), async (entries) => {
      number += 1;
      const last = `last-${number}`;
      const isHeard = new Promise<void>((resolve) => {
        heard = (userId) => {
          if (userId === last) resolve();
        };
      });
      const appended = admin.pipeline();
      for (const fields of entries) appended.xadd(streamKey(SHARD), '*', ...fields.flat());
      await appended.xadd(streamKey(SHARD), '*', 'u', `default:${last}`).exec();
      await isHeard;
      deepStrictEqual(breaks, [], 'the feed broke');
    });
    return { property, close: stop };
  },
};
