import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Node, startNode } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(['embedded', 'redis'] as const)('PresenceService on the %s store', (store) => {
  let node: Node;
  beforeEach(async () => {
    node = await startNode({ redis: store === 'redis' ? redis.url : undefined });
  });
  afterEach(() => node.stop());
  // Users of their own: the Redis is the same for every test.
  let users = 0;
  const nextUser = () => `${store}-${users++}`;

  it('answers a heartbeat with the interval it would like, when it is recorded', async () => {
    const userId = nextUser();
    const response = await node.call('Heartbeat', {
      heartbeat: { userId, sessionId: 'phone', sequence: 7, nextIntervalMs: 30_000, activity: 'IDLE' },
      origin: 'gw-1',
    });
    expect(Math.abs(response.suggestedIntervalMs - 1_000)).toBeLessThanOrEqual(50);
    const { suspicion } = await node.call('Suspicion', { userId });
    expect(suspicion).toMatchObject({ userId, status: 'ONLINE', model: 'normal', warming: true, samples: 0 });
    expect(suspicion?.sessions).toMatchObject([
      {
        sessionId: 'phone',
        sequence: 7,
        nextIntervalMs: 30_000,
        activity: 'IDLE',
        origin: 'gw-1',
        left: false,
      },
    ]);
    expect(suspicion?.offlineInMs).toBeGreaterThan(30_000);
    expect(suspicion).toMatchObject({ suspectPhi: 3, offlinePhi: 5 });
  });

  it('says UNKNOWN of a user it never saw, and no φ', async () => {
    const { suspicion } = await node.call('Suspicion', { userId: 'nobody' });
    expect(suspicion).toMatchObject({
      status: 'UNKNOWN',
      lastSeen: null,
      sessions: [],
      elapsedMs: 0,
      suspectPhi: 3,
      offlinePhi: 5,
    });
    expect(suspicion?.phi).toBeUndefined();
    expect(await node.call('IsOnline', { userId: 'nobody' })).toMatchObject({ online: false });
  });

  it('lets two callers with different thresholds disagree at the same moment', async () => {
    const userId = nextUser();
    // Mean 1,000, deviation 100: after 1,350 ms φ is about 3.6.
    await node.seed({ userId, intervalMs: 1_000, n: 10, agoMs: 1_350 });
    const [strict, lenient] = await Promise.all([
      node.call('IsOnline', { userId, threshold: 1 }),
      node.call('IsOnline', { userId, threshold: 8 }),
    ]);
    expect(strict.online).toBe(false);
    expect(lenient.online).toBe(true);
    expect(strict.suspicion?.phi).toBeGreaterThan(3);
  });

  it('judges IsOnline by the offline threshold of the namespace where the caller states none', async () => {
    const userId = nextUser();
    await node.seed({ userId, intervalMs: 1_000, n: 10, agoMs: 1_350 });
    expect(await node.call('IsOnline', { userId })).toMatchObject({
      online: true,
      suspicion: { status: 'SUSPECT', suspectInMs: 0 },
    });
  });

  it('answers a batch in the order of the request', async () => {
    const [a, b] = [nextUser(), nextUser()];
    await node.seed({ userId: a, intervalMs: 1_000, n: 3, agoMs: 0 });
    await node.seed({ userId: b, intervalMs: 1_000, n: 3, agoMs: 60_000 });
    const userIds = [b, 'nobody', a, b];
    const { suspicions } = await node.call('BatchSuspicion', { userIds });
    expect(suspicions.map((s) => s.userId)).toEqual(userIds);
    expect(suspicions.map((s) => s.status)).toEqual(['OFFLINE', 'UNKNOWN', 'ONLINE', 'OFFLINE']);
  });

  it('keeps a user with one silent device ONLINE, and calls them OFFLINE at once when the other leaves', async () => {
    const userId = nextUser();
    await node.seed({ userId, sessionId: 'laptop', intervalMs: 1_000, n: 10, agoMs: 30_000 });
    await node.seed({ userId, sessionId: 'phone', intervalMs: 1_000, n: 10, agoMs: 0 });
    const events = node.watch({ userIds: [userId] });
    await events.synced();
    expect(events.changes[0]).toMatchObject({ status: 'ONLINE', cause: 'SNAPSHOT', previous: 'UNKNOWN' });
    const { suspicion } = await node.call('Suspicion', { userId });
    expect(suspicion?.sessions.map((s) => s.sessionId)).toEqual(['phone', 'laptop']);
    await node.call('Leave', { userId, sessionId: 'phone' });
    await events.until(['ONLINE>OFFLINE LEAVE -'], userId);
    await events.cancel();
  });

  it('ends all sessions of a user with one Leave; then there is no φ', async () => {
    const userId = nextUser();
    for (const sessionId of ['phone', 'laptop']) {
      await node.call('Heartbeat', { heartbeat: { userId, sessionId } });
    }
    await node.call('Leave', { userId });
    const { suspicion } = await node.call('Suspicion', { userId });
    expect(suspicion).toMatchObject({ status: 'OFFLINE', suspectInMs: 0, offlineInMs: 0 });
    expect(suspicion?.phi).toBeUndefined();
    expect(suspicion?.lastSeen).not.toBeNull();
    expect(suspicion?.sessions.map((s) => s.left)).toEqual([true, true]);
  });

  it('takes a Leave of nobody for done', async () => {
    expect(await node.outcome('Leave', { userId: 'nobody', sessionId: 'none' })).toBe('OK');
  });
});
