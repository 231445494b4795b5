import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shardOf, userKey } from '../../src/store/redis/keys.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { openStream } from './gateway-stream.js';

const beats = (n: number, sessionId = 'phone') =>
  Array.from({ length: n }, (_, i) => ({ userId: `user-${i}`, sessionId }));

describe('HeartbeatStream', () => {
  let node: Node;
  beforeEach(async () => {
    node = await startNode();
  });
  afterEach(() => node.stop());

  it('records the good heartbeats of a batch and lists the bad ones by index', async () => {
    const { stream, answers, end } = openStream(node);
    const heartbeats = beats(5);
    heartbeats[1] = { userId: '', sessionId: 'phone' };
    heartbeats[3] = { userId: 'user-3', sessionId: 'x'.repeat(300) };
    stream.write({ batchId: 42, heartbeats, origin: 'gw-1' });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    expect(answers[0]).toMatchObject({ batchId: 42, accepted: 3 });
    const suggestedMs = answers[0]?.suggestedIntervalMs;
    expect(suggestedMs).toBeGreaterThanOrEqual(950);
    expect(suggestedMs).toBeLessThanOrEqual(1_050);
    expect(answers[0]?.rejections.map(({ index }) => index)).toEqual([1, 3]);
    expect(answers[0]?.rejections[0]?.reason).toBe(
      'user_id: "" is empty; 1 to 256 bytes of UTF-8 are needed',
    );
    const { suspicions } = await node.call('BatchSuspicion', { userIds: beats(5).map((b) => b.userId) });
    expect(suspicions.map((s) => s.status)).toEqual(['ONLINE', 'UNKNOWN', 'ONLINE', 'UNKNOWN', 'ONLINE']);
    stream.end();
    await vi.waitFor(() => expect(end).toEqual({ ended: true }));
  });

  it('answers batches in order, an empty one too, and all of them before it ends', async () => {
    const { stream, answers, end } = openStream(node);
    for (let batchId = 1; batchId <= 100; batchId++)
      stream.write({ batchId, heartbeats: beats(batchId % 7) });
    stream.end();
    await vi.waitFor(() => expect(end.ended).toBe(true));
    expect(answers.map((answer) => answer.batchId)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(answers.map((answer) => answer.accepted)).toEqual(
      Array.from({ length: 100 }, (_, i) => (i + 1) % 7),
    );
  });

  it('ends with RESOURCE_EXHAUSTED at a batch over the limit, after answering those before it', async () => {
    const { stream, answers, end } = openStream(node);
    stream.write({ batchId: 1, heartbeats: beats(1_000) });
    stream.write({ batchId: 2, heartbeats: beats(1_001) });
    stream.write({ batchId: 3, heartbeats: beats(1) });
    await vi.waitFor(() =>
      expect(end.error).toBe(
        '8 RESOURCE_EXHAUSTED: heartbeats: 1001 in one batch: the limit of 1000 is reached',
      ),
    );
    expect(answers.map(({ batchId, accepted }) => [Number(batchId), accepted])).toEqual([[1, 1_000]]);
  });

  it.each([
    [{ namespace: 'nope' }, 'namespace: "nope" is not configured (configured: default)'],
    [{ origin: 'o'.repeat(65) }, 'origin: "ooo'],
  ])('ends with INVALID_ARGUMENT at a message with %o', async (bad, message) => {
    const { stream, answers, end } = openStream(node);
    stream.write({ batchId: 1, heartbeats: beats(3) });
    stream.write({ batchId: 2, heartbeats: beats(3), ...bad });
    await vi.waitFor(() => expect(end.error).toContain(`3 INVALID_ARGUMENT: ${message}`));
    expect(answers).toHaveLength(1);
  });

  it('rejects heartbeats of a user whose record it cannot read, and records the others', async () => {
    const redis = await startRedis();
    const onRedis = await startNode({ redis: redis.url });
    const admin = new Redis(redis.url);
    await admin.set(userKey(shardOf('user-2'), 'default', 'user-2'), Buffer.from([9]));
    const { stream, answers } = openStream(onRedis);
    const heartbeats = beats(4);
    heartbeats[0] = { userId: '', sessionId: 'phone' };
    stream.write({ batchId: 1, heartbeats });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    expect(answers[0]).toMatchObject({ accepted: 2 });
    expect(answers[0]?.rejections.map(({ index }) => index)).toEqual([0, 2]);
    expect(answers[0]?.rejections[1]?.reason).toContain('the record of this user cannot be read');
    expect(await onRedis.outcome('Heartbeat', { heartbeat: { userId: 'user-2', sessionId: 's' } })).toContain(
      '9 FAILED_PRECONDITION',
    );
    expect(await onRedis.outcome('Leave', { userId: 'user-2' })).toContain(
      '9 FAILED_PRECONDITION: the record of this user cannot be read: it has format 9',
    );
    stream.end();
    admin.disconnect();
    await onRedis.stop();
    await redis.stop();
  });

  it('waits while the store is away, and acknowledges what was not recorded when it is', async () => {
    const redis = await startRedis();
    const onRedis = await startNode({ redis: redis.url });
    const { stream, answers, end } = openStream(onRedis);
    stream.write({ batchId: 1, heartbeats: beats(3) });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await redis.kill();
    stream.write({ batchId: 2, heartbeats: beats(3) });
    const { ingest } = onRedis.service.presence;
    await vi.waitFor(() => expect(ingest.batches.retries).toBeGreaterThan(0));
    expect([answers.length, end.error, ingest.pending]).toEqual([1, undefined, 3]);
    expect(await onRedis.outcome('Suspicion', { userId: 'user-0' })).toMatch(
      /^14 UNAVAILABLE: Redis at redis:\/\/127\.0\.0\.1/,
    );
    await redis.restart();
    await vi.waitFor(() => expect(answers.map(({ batchId }) => batchId)).toEqual([1, 2]), 10_000);
    expect(await onRedis.outcome('Suspicion', { userId: 'user-0' })).toBe('OK');
    await onRedis.stop();
    await redis.stop();
  });

  it('a node that stops ends streams with UNAVAILABLE, and acknowledges nothing that was not recorded', async () => {
    const redis = await startRedis();
    const onRedis = await startNode({ redis: redis.url });
    const { stream, answers, end } = openStream(onRedis);
    await redis.kill();
    stream.write({ batchId: 1, heartbeats: beats(3) });
    await vi.waitFor(() => expect(onRedis.service.presence.ingest.batches.retries).toBeGreaterThan(0));
    await onRedis.stop();
    await vi.waitFor(() => expect(end.error).toMatch(/^14 UNAVAILABLE: /));
    expect(answers).toEqual([]);
    await redis.stop();
  });
});
