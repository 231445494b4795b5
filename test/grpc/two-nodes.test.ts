import { expect, it, vi } from 'vitest';
import { differs } from '../../src/detector/fleet-counts.js';
import { priorTables } from '../../src/detector/prior.js';
import { startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';

it('any node answers for any user: what one records the other tells, and one may go', async () => {
  const redis = await startRedis();
  const namespaces = { default: namespaceSettings({ expectedIntervalMs: 100, minStdDevMs: 20 }) };
  const [one, other] = await Promise.all([
    startNode({ redis: redis.url, namespaces }),
    startNode({ redis: redis.url, namespaces }),
  ]);
  const heartbeat = { userId: 'alice', sessionId: 'phone' };
  const events = other.watch({ userIds: ['alice'] });
  await events.synced();
  await one.call('Heartbeat', { heartbeat });
  await events.until(['UNKNOWN>ONLINE FIRST_SEEN -']);
  await one.call('Leave', { userId: 'alice' });
  await events.until(['UNKNOWN>ONLINE FIRST_SEEN -', 'ONLINE>OFFLINE LEAVE -']);
  await one.seed({ intervalMs: 100, n: 20, agoMs: 0 });
  const [here, there] = await Promise.all([
    one.call('Suspicion', { userId: 'alice' }),
    other.call('Suspicion', { userId: 'alice' }),
  ]);
  expect(there.suspicion?.lastSeen).toEqual(here.suspicion?.lastSeen);
  expect(there.suspicion?.meanMs).toBe(here.suspicion?.meanMs);
  await one.stop();
  // Silence needs no node but the one that is asked.
  await events.until([
    'UNKNOWN>ONLINE FIRST_SEEN -',
    'ONLINE>OFFLINE LEAVE -',
    'OFFLINE>ONLINE HEARTBEAT -',
    'ONLINE>SUSPECT SUSPICION 3',
    'SUSPECT>OFFLINE SUSPICION 5',
  ]);
  await events.cancel();
  await other.stop();
  await redis.stop();
});

it('what one node learns of a fleet the others judge by, also one that starts later', async () => {
  const redis = await startRedis();
  const settings = {
    redis: redis.url,
    learning: { intervalMs: 20 },
    namespaces: { default: namespaceSettings({ model: 'adaptive' }) },
  };
  const [one, other] = await Promise.all([startNode(settings), startNode(settings)]);
  const learned = (node: typeof one) => node.service.presence.namespaces.get('').learned;
  await one.seed({ userId: 'alice', intervalMs: 1_000, n: 300, agoMs: 0 });
  await other.seed({ userId: 'bob', intervalMs: 900, n: 300, agoMs: 0 });
  const late = await startNode(settings);
  await vi.waitFor(() => {
    for (const node of [one, other, late]) {
      const learner = node.service.presence.learning.learners.get('default');
      expect(learner?.weight).toBeCloseTo(2 * 294, 0);
      expect(differs(learned(node), learned(one))).toBe(false);
    }
  });
  expect(learned(late).tables.plain).not.toBe(priorTables.plain);
  await Promise.all([one.stop(), other.stop(), late.stop()]);
  await redis.stop();
});
