import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServiceSettings } from '../../src/service.js';
import type { MemoryStore } from '../../src/store/memory/memory-store.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { EventClient, failure } from './client.js';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(overrides: Partial<ServiceSettings> = {}): Promise<ManualNode> {
  const node = await startManualNode(overrides);
  stops.push(() => node.stop());
  return node;
}

const ALICE = '/namespaces/default/users/alice/events';

function listen(node: Node, path = ALICE): EventClient {
  const client = new EventClient(node, path);
  stops.push(() => client.close());
  return client;
}

describe('of a user', () => {
  it('the stream begins with how to come back, what is told of the user, and what that is made of', async () => {
    const node = await start();
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    const client = listen(node);
    await client.until('user');
    await client.until('change');
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(client.rest).toEqual(['retry: 1000']);
    expect(client.of('change')[0]).toMatchObject({
      userId: 'alice',
      previous: 'UNKNOWN',
      status: 'ONLINE',
      cause: 'SNAPSHOT',
      version: expect.stringMatching(/^\d{16}$/),
    });
    expect(client.of('user')[0]).toMatchObject({
      suspicion: { userId: 'alice', status: 'ONLINE' },
      why: expect.stringMatching(/^ONLINE: heard /),
      sessions: [{ sessionId: 'phone', samples: 20 }],
    });
  });

  it('a crossing is told as it happens, with what the user is then after it', async () => {
    const node = await start();
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    const client = listen(node);
    await client.until('change');
    for (const status of ['SUSPECT', 'OFFLINE']) {
      await vi.waitFor(async () => {
        await node.clock.advance(20);
        expect(client.of('change').at(-1).status).toBe(status);
      }, 10_000);
      await vi.waitFor(() => expect(client.of('user').at(-1).suspicion.status).toBe(status));
      const change = client.events.findLastIndex(({ name }) => name === 'change');
      expect(client.names.slice(change)).toContain('user');
    }
    await node.seed({ intervalMs: 0, n: 1, agoMs: 0 });
    await vi.waitFor(() =>
      expect(client.of('change').at(-1)).toMatchObject({ status: 'ONLINE', cause: 'HEARTBEAT' }),
    );
    expect(client.of('change').map(({ previous, status }) => `${previous}>${status}`)).toEqual([
      'UNKNOWN>ONLINE',
      'ONLINE>SUSPECT',
      'SUSPECT>OFFLINE',
      'OFFLINE>ONLINE',
    ]);
  });

  it('the user is looked up once a second, so that a heartbeat in time is seen, too', async () => {
    const node = await start();
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    const client = listen(node);
    await client.until('change');
    await vi.waitFor(() => expect(client.of('user').length).toBeGreaterThan(0));
    const { length } = client.of('user');
    await node.seed({ intervalMs: 1_000, n: 1, agoMs: 0 });
    expect(client.of('user')).toHaveLength(length);
    await node.clock.advance(1_000);
    await client.until('user', length + 1);
    const [before, after] = [client.of('user')[length - 1], client.of('user')[length]];
    expect(Date.parse(after.suspicion.lastSeen)).toBeGreaterThan(Date.parse(before.suspicion.lastSeen));
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeLessThan(1_100);
  });

  it('a comment keeps the connection alive every fifteen seconds', async () => {
    const node = await start();
    const client = listen(node);
    await client.until('user');
    await node.clock.advance(30_000);
    await vi.waitFor(() => expect(client.rest).toEqual(['retry: 1000', ':', ':']));
  });

  it('a heartbeat by way of another node is seen within a second, and an outage of the store is told', async () => {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const [one, other] = await Promise.all([
      startNode({ redis: redis.url }),
      startNode({ redis: redis.url }),
    ]);
    stops.push(
      () => one.stop(),
      () => other.stop(),
    );
    const client = listen(one);
    await client.until('user');
    expect(client.of('user')[0].suspicion.status).toBe('UNKNOWN');
    await other.call('Heartbeat', { heartbeat: { userId: 'alice', sessionId: 'phone' } });
    await vi.waitFor(() => expect(client.of('user').at(-1).suspicion.status).toBe('ONLINE'), 3_000);
    expect(client.of('change').map(({ cause }) => cause)).toEqual(['SNAPSHOT', 'FIRST_SEEN']);
    await redis.kill();
    await client.until('notice');
    expect(client.of('notice')[0]).toEqual({
      kind: 'DEGRADED',
      message: expect.stringContaining('the store is away'),
      coalesced: '0',
    });
    const { length } = client.of('user');
    await redis.restart();
    await vi.waitFor(() => expect(client.of('notice').at(-1).kind).toBe('RECOVERED'), 10_000);
    await client.until('user', length + 1);
    expect(client.hasEnded).toBe(false);
  });
});

describe('of the fleet', () => {
  it('one answer a second is for all who listen, the first at once', async () => {
    const node = await start();
    const clients = [listen(node, '/fleet/events'), listen(node, '/fleet/events')];
    for (const client of clients) await client.until('fleet');
    const { shardStore } = node.service.presence.store as MemoryStore;
    const reports = vi.spyOn(shardStore, 'reports');
    const heard = clients.map((client) => client.of('fleet').length);
    await node.clock.advance(3_000);
    for (const [i, client] of clients.entries()) await client.until('fleet', (heard[i] as number) + 3);
    // The node itself reads them once in two seconds.
    expect(reports.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(reports.mock.calls.length).toBeLessThanOrEqual(3 + 2);
    const [one, other] = clients.map((client) => client.of('fleet').at(-1));
    expect(one).toEqual(other);
    expect(one).toMatchObject({ namespaces: [{ namespace: 'default' }], nodes: [{ answering: true }] });
  });

  it('a store that is away ends no stream: it goes on when the store is back', async () => {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const node = await startNode({ redis: redis.url });
    stops.push(() => node.stop());
    const client = listen(node, '/fleet/events');
    await client.until('fleet');
    await redis.kill();
    await vi.waitFor(async () => expect(await failure(node, '/fleet')).toMatch(/^503 UNAVAILABLE: /), 5_000);
    const { length } = client.of('fleet');
    await redis.restart();
    await vi.waitFor(() => expect(client.of('fleet').length).toBeGreaterThan(length + 1), 15_000);
    expect(client.hasEnded).toBe(false);
  });
});
