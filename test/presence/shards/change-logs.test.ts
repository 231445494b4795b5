import { beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { LOG_PART_MAX, type LoggedChange } from '../../../src/store/shard-store.js';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import { ShardNode } from './shard-node.js';

const claim = { shard: 0, node: 'test', token: 'test' };
const log = { namespace: 'default', retentionMs: 60_000 };
const change = (line: string): LoggedChange => ({
  userId: 'alice',
  kept: undefined,
  bytes: Buffer.from(JSON.stringify({ line })),
});
const changes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => change(String(from + i)));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));

let store: MemoryStore;
let clock: ManualClock;
let node: ShardNode;
let failure: Error | undefined;
beforeEach(async () => {
  failure = undefined;
  clock = new ManualClock();
  store = new MemoryStore(clock);
  node = new ShardNode(
    { store, clock, nodeId: 'a' },
    {
      shardStore: (inner) =>
        new Proxy(inner, {
          get: (_, name) => {
            if (name === 'readLog' && failure) return () => Promise.reject(failure);
            return Reflect.get(inner, name);
          },
        }),
    },
  );
  await node.shards.close();
  await store.shardStore.claim(claim);
});

async function append(from: number, to: number): Promise<void> {
  await store.shardStore.append(claim, log, changes(from, to));
  await settle();
  await settle();
}

it('says at once where the log ends, so that who comes back before anything changed goes on from there', async () => {
  await append(0, 5);
  const follower = await node.follow();
  expect(follower.events).toEqual([{ changes: [], token: follower.token }]);
  follower.stop();
  await append(5, 7);
  const again = await node.follow(follower.token);
  expect(again.lines).toEqual(['5', '6']);
});

it('goes on by token without gap or repeat, at every event', async () => {
  const follower = await node.follow();
  for (let i = 0; i < 10; i++) await append(i * 100, i * 100 + 100);
  expect(follower.lines).toEqual(numbers(0, 1_000));
  for (const [i, { token }] of follower.events.entries()) {
    const again = await node.follow(token);
    await settle();
    expect(again.lines).toEqual(numbers(i * 100, 1_000));
    again.stop();
  }
});

it('who is slow keeps nobody waiting, and gets everything in the end', async () => {
  const slow = await node.follow('', 2);
  const fast = await node.follow();
  for (let i = 0; i < 10; i++) await append(i * LOG_PART_MAX, (i + 1) * LOG_PART_MAX);
  expect(fast.lines).toHaveLength(10 * LOG_PART_MAX);
  expect(slow.events).toHaveLength(2);
  while (slow.lines.length < 10 * LOG_PART_MAX) {
    slow.room += 1;
    slow.resume();
    await settle();
  }
  expect(slow.lines).toEqual(fast.lines);
});

it('those who are at the same place read once', async () => {
  for (let i = 0; i < 5; i++) await node.follow();
  const { reads } = node.logs.counts;
  await append(0, 1);
  expect(node.logs.counts.reads - reads).toBe(1);
});

it.each(['nonsense', '1,2,3', '99999'])(
  'a token that is of no log of these, %j, is a resync',
  async (token) => {
    await append(0, 3);
    const follower = await node.follow(token);
    expect(follower.lines).toEqual(['resync']);
    await append(3, 4);
    expect(follower.lines).toEqual(['resync', '3']);
    expect(node.logs.counts.gaps).toBe(1);
  },
);

it('says when the log cannot be read, and when it can again, and misses nothing', async () => {
  const follower = await node.follow();
  failure = new StoreUnavailableError('away');
  await append(0, 2);
  await clock.advance(1_000);
  expect(follower.lines).toEqual(['DEGRADED']);
  failure = undefined;
  await clock.advance(250);
  await settle();
  expect(follower.lines).toEqual(['DEGRADED', '0', '1', 'RECOVERED']);
});

it('one that has stopped is told nothing any more', async () => {
  const follower = await node.follow();
  follower.stop();
  await append(0, 2);
  expect(follower.lines).toEqual([]);
  expect(node.logs.followers).toBe(0);
});

it('leaves out what is no change, and says that something is missing', async () => {
  await append(0, 1);
  const follower = await node.follow();
  const odd = { ...change(''), bytes: Buffer.from('no change') };
  await store.shardStore.append(claim, log, [odd, ...changes(1, 2)]);
  await settle();
  await settle();
  expect(follower.events.slice(1)).toEqual([
    { resync: true, token: follower.token },
    { changes: [change('1').bytes], token: follower.token },
  ]);
});
