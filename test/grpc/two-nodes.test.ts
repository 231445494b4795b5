import { expect, it } from 'vitest';
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
