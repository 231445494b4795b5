import { afterEach, describe, expect, it, vi } from 'vitest';
import { startService } from '../../src/service.js';
import { temporaryFile } from '../config/config-fixture.js';
import { Authority, type Pair } from '../support/certificates.js';
import { MemoryLog } from '../support/log.js';
import { type Node, nodeOf, startNode } from '../support/node.js';
import { freePort, type RedisServer, startRedis } from '../support/redis-server.js';
import { serviceSettings } from '../support/settings.js';

/** A user as `phid` needs it: the commands of its scripts and streams, on its own keys. */
const USER = ['--user', 'phid', 'on', '>p@ss', '~phid1:*', '+@all', '-@dangerous', '+info', '+role'];

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A Redis that speaks TLS only, with clients that show a certificate, and as a user with a password. */
async function startTlsRedis(authority: Authority): Promise<{ redis: RedisServer; port: number }> {
  const { cert, key } = await authority.server();
  const port = await freePort();
  const tls = ['--tls-port', String(port), '--tls-auth-clients', 'yes'];
  const files = [
    ['--tls-cert-file', temporaryFile('redis.pem', cert)],
    ['--tls-key-file', temporaryFile('redis.key', key)],
    ['--tls-ca-cert-file', temporaryFile('ca.pem', authority.pem)],
  ].flat();
  const redis = await startRedis({ args: [...tls, ...files, ...USER] });
  stops.push(() => redis.stop());
  return { redis, port };
}

function filesOf(authority: Authority, client: Pair) {
  return {
    ca: temporaryFile('ca.pem', authority.pem),
    cert: temporaryFile('client.pem', client.cert),
    key: temporaryFile('client.key', client.key),
  };
}

describe('Redis by TLS', () => {
  it('is spoken to as a user of its access list, with certificates on both sides', async () => {
    const authority = await Authority.create();
    const { port } = await startTlsRedis(authority);
    const redisTls = filesOf(authority, await authority.client('phid'));
    const node = await startNode({ redis: `rediss://phid:p%40ss@localhost:${port}`, redisTls });
    stops.push(() => node.stop());
    await node.call('Heartbeat', { heartbeat: { userId: 'alice', sessionId: 'phone' } });
    const { suspicion } = await node.call('Suspicion', { userId: 'alice' });
    expect(suspicion?.status).toBe('ONLINE');
    expect(node.log.text).not.toContain('p@ss');
    expect(node.log.text).not.toContain('p%40ss');
  });

  it.each([
    ['whose certificate nobody here vouches for', 'other'],
    ['that asks for a certificate, without one', 'none'],
  ])('%s is not reached: the node is not ready, and says so', async (_, what) => {
    const authority = await Authority.create();
    const { port } = await startTlsRedis(authority);
    const files = filesOf(authority, await authority.client('phid'));
    const { ca } = filesOf(await Authority.create('other CA'), await authority.client('phid'));
    const redisTls = what === 'other' ? { ...files, ca } : { ca: files.ca };
    const node = await startUnready(`rediss://phid:p%40ss@localhost:${port}`, redisTls);
    await vi.waitFor(() => expect(node.log.text).toContain('cannot be reached; retrying'), 10_000);
    expect(node.service.unreadiness()).toBe('the store cannot be reached');
  });

  it('with a file that is not there does not start, and says which', async () => {
    const start = startNode({ redis: 'rediss://localhost:1', redisTls: { ca: '/nowhere/ca.pem' } });
    await expect(start).rejects.toThrow('/nowhere/ca.pem cannot be read: ENOENT');
  });
});

async function startUnready(url: string, redisTls: object): Promise<Node> {
  const log = new MemoryLog();
  const node = nodeOf(await startService(serviceSettings({ redis: url, redisTls }), log), log);
  stops.push(() => node.stop());
  return node;
}
