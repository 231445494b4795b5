import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterEach, expect, it, vi } from 'vitest';
import { TuningService } from '../../src/grpc/definition.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** How a Drain ends: its answer, or its error. */
function drain(node: Node, origin: string, graceMs: number): Promise<string> {
  const client = new TuningService(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
  return new Promise((resolve) => {
    client.drain({ origin, graceMs }, new Metadata(), (error: ServiceError | null, response) => {
      client.close();
      resolve(error ? error.message : JSON.stringify(response));
    });
  });
}

it('a drain that one node was told of holds users on all of them, for as long as it lasts', async () => {
  const redis = await startRedis();
  stops.push(() => redis.stop());
  const namespaces = { default: namespaceSettings({ expectedIntervalMs: 100, minStdDevMs: 20 }) };
  const options = { redis: redis.url, namespaces };
  const [one, other] = await Promise.all([startNode(options), startNode(options)]);
  stops.push(
    () => one.stop(),
    () => other.stop(),
  );
  const beat = (userId: string, origin: string) =>
    one.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone' }, origin });
  const status = async (node: Node, userId: string) =>
    (await node.call('Suspicion', { userId })).suspicion?.status;
  await Promise.all([beat('alice', 'gw-a'), beat('bob', 'gw-b')]);
  expect(await drain(one, 'gw-a', 60_000)).toBe('{"users":1}');
  // Silent for longer than anybody may be.
  await vi.waitFor(async () => expect(await status(other, 'bob')).toBe('OFFLINE'), 5_000);
  await vi.waitFor(async () => expect(await status(other, 'alice')).toBe('ONLINE'), 3_000);
  const { suspicion } = await other.call('Suspicion', { userId: 'alice' });
  expect([suspicion?.degraded, suspicion?.offlineInMs]).toEqual([true, 0]);
  expect((await other.call('IsOnline', { userId: 'alice' })).online).toBe(true);
  expect(await status(one, 'alice')).toBe('ONLINE');
  await drain(other, 'gw-a', 0);
  await vi.waitFor(async () => expect(await status(one, 'alice')).toBe('OFFLINE'), 5_000);
});

it('refuses what it cannot mean', async () => {
  const node = await startNode();
  stops.push(() => node.stop());
  expect(await drain(node, 'x'.repeat(65), 1_000)).toMatch(/^3 INVALID_ARGUMENT: origin: .* has 65 bytes/);
  expect(await drain(node, 'gw', 86_400_001)).toBe(
    '3 INVALID_ARGUMENT: grace_ms: 86400001 is more than 86400000, one day',
  );
  expect(await drain(node, 'nobody', 1_000)).toBe('{"users":0}');
});
