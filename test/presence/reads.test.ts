import { beforeEach, describe, expect, it } from 'vitest';
import { Namespace } from '../../src/presence/namespace.js';
import { Reads } from '../../src/presence/reads.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { FaultyStore } from '../support/faulty-store.js';
import { received } from '../support/heartbeat.js';
import { ManualClock } from '../support/manual-clock.js';
import { namespaceSettings } from '../support/settings.js';

const namespace = new Namespace('default', namespaceSettings());
const other = new Namespace('other', namespaceSettings());
let store: FaultyStore;
let reads: Reads;
beforeEach(() => {
  store = new FaultyStore(new MemoryStore(new ManualClock()));
  reads = new Reads({ read: observe }, store);
});

/** As a node without doubts reads. */
const observe = async (of: Namespace, userIds: readonly string[]) => ({
  readings: await store.read(of, userIds),
  lagMs: 0,
  nowUs: 0,
  isDegraded: false,
  hasLostData: false,
});
const users = (n: number) => Array.from({ length: n }, (_, i) => `user-${i}`);
const askAll = (userIds: readonly string[], of = namespace) =>
  Promise.all(userIds.map((userId) => reads.assess(of, userId)));

describe('questions about one user each', () => {
  it('that come in one turn of the event loop are one read, and each gets its own answer', async () => {
    await store.record(namespace, 0, [received({ userId: 'user-1' }), received({ userId: 'user-3' })]);
    const assessments = await askAll(users(4));
    expect(store.reads).toEqual([users(4)]);
    expect(assessments.map(({ userId, status }) => [userId, status])).toEqual([
      ['user-0', 'UNKNOWN'],
      ['user-1', 'ONLINE'],
      ['user-2', 'UNKNOWN'],
      ['user-3', 'ONLINE'],
    ]);
    expect(reads.counts).toEqual({ calls: 1, users: 4 });
  });

  it('that come in different turns are different reads', async () => {
    await reads.assess(namespace, 'a');
    await reads.assess(namespace, 'b');
    expect(store.reads).toEqual([['a'], ['b']]);
  });

  it('do not wait for a read that is under way', async () => {
    store.beforeRead = ([userId]) => (userId === 'a' ? new Promise(() => {}) : Promise.resolve());
    void reads.assess(namespace, 'a');
    await new Promise((resolve) => setImmediate(resolve));
    await reads.assess(namespace, 'b');
    expect(store.reads).toEqual([['a'], ['b']]);
  });

  it('are 1,000 in a read at most', async () => {
    const assessments = await askAll(users(2_001));
    expect(store.reads.map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect(assessments.map(({ userId }) => userId)).toEqual(users(2_001));
  });

  it('are read by namespace', async () => {
    await Promise.all([askAll(['a', 'b']), askAll(['c'], other)]);
    expect(store.reads).toEqual([['a', 'b'], ['c']]);
  });

  it('all fail with the read, and the next ones do not', async () => {
    store.beforeRead = async () => {
      throw new StoreUnavailableError('gone');
    };
    const outcomes = await Promise.allSettled([reads.assess(namespace, 'a'), reads.assess(namespace, 'b')]);
    expect(outcomes.map((o) => o.status === 'rejected' && o.reason)).toEqual([
      new StoreUnavailableError('gone'),
      new StoreUnavailableError('gone'),
    ]);
    store.beforeRead = undefined;
    expect((await reads.assess(namespace, 'a')).status).toBe('UNKNOWN');
  });
});

describe('where partitions of the store may be away', () => {
  beforeEach(() => {
    store = new FaultyStore(new MemoryStore(new ManualClock()), 3, 3);
    store.beforeRead = async ([userId]) => {
      if (userId?.startsWith('1')) throw new StoreUnavailableError('gone');
    };
    reads = new Reads({ read: observe }, store);
  });

  it('each is read by itself, and those that are there are answered', async () => {
    const asked = ['0-a', '1-b', '2-c', '0-d'];
    const outcomes = await Promise.allSettled(asked.map((userId) => reads.assess(namespace, userId)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(store.reads).toEqual([['0-a', '0-d'], ['1-b'], ['2-c']]);
  });

  it('a question about many users is answered in their order, or not at all', async () => {
    const answered = await reads.assessAll(namespace, ['2-c', '0-a', '2-e']);
    expect(answered.map(({ userId }) => userId)).toEqual(['2-c', '0-a', '2-e']);
    await expect(reads.assessAll(namespace, ['2-c', '1-b'])).rejects.toThrow('gone');
  });
});

it('a question about many users is a read of its own', async () => {
  const [one, many] = await Promise.all([
    reads.assess(namespace, 'a'),
    reads.assessAll(namespace, ['b', 'a', 'b']),
  ]);
  expect(store.reads).toEqual([['b', 'a', 'b'], ['a']]);
  expect(one.userId).toBe('a');
  expect(many.map(({ userId }) => userId)).toEqual(['b', 'a', 'b']);
});

it('whom a store does not know that has lost its data is UNKNOWN in doubt', async () => {
  await store.record(namespace, 0, [received({ userId: 'alice' })]);
  const lossy = new Reads(
    { read: async (of, userIds) => ({ ...(await observe(of, userIds)), hasLostData: true }) },
    store,
  );
  const assessments = await lossy.assessAll(namespace, ['alice', 'bob']);
  expect(assessments.map(({ status, degraded }) => [status, degraded])).toEqual([
    ['ONLINE', false],
    ['UNKNOWN', true],
  ]);
});
