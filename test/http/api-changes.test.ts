import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { received } from '../support/heartbeat.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { ask, EventClient, failure, metric } from './client.js';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const CHANGES = '/namespaces/default/changes';

function listen(node: Node): EventClient {
  const client = new EventClient(node, CHANGES);
  stops.push(() => client.close());
  return client;
}

describe.each(['embedded', 'redis'] as const)('of all changes of a namespace (%s)', (store) => {
  let url: string | undefined;
  let node: Node;
  beforeEach(async () => {
    if (store === 'redis') {
      const redis = await startRedis();
      stops.push(() => redis.stop());
      url = redis.url;
    }
    node = await startNode(url === undefined ? {} : { redis: url });
    stops.push(() => node.stop());
    await vi.waitFor(async () => {
      expect((await ask(node, '/fleet')).json.namespaces[0].complete).toBe(true);
    }, 10_000);
  });
  const resumed = (id: string | undefined) => {
    const client = new EventClient(node, CHANGES, { 'last-event-id': id as string });
    stops.push(() => client.close());
    return client;
  };
  const lines = (client: EventClient) =>
    client
      .of('changes')
      .flatMap(({ changes }) => changes)
      .map(({ userId, previous, status, cause }) => `${userId} ${previous}>${status} ${cause}`);
  const beat = (userId: string) => node.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone' } });

  it('each comes once, with where to go on as its id; who comes back there misses nothing', async () => {
    const client = listen(node);
    // At once, so that who comes back before anything changed has missed nothing.
    await client.until('changes');
    expect(client.of('changes')).toEqual([{ changes: [] }]);
    expect(client.events[0]?.id).toMatch(/./);
    await beat('alice');
    await vi.waitFor(() => expect(lines(client)).toEqual(['alice UNKNOWN>ONLINE FIRST_SEEN']), 5_000);
    const [change] = client.of('changes').at(-1).changes;
    expect(change).toMatchObject({
      suspicion: { userId: 'alice', status: 'ONLINE', degraded: false, sessions: [{ sequence: '0' }] },
      version: expect.stringMatching(/^\d{16}$/),
      at: expect.stringMatching(/Z$/),
    });
    client.close();
    await beat('bob');
    await node.call('Leave', { userId: 'alice' });
    const second = resumed(client.events.at(-1)?.id);
    const expected = ['alice ONLINE>OFFLINE LEAVE', 'bob UNKNOWN>ONLINE FIRST_SEEN'];
    await vi.waitFor(() => expect(lines(second).sort()).toEqual(expected), 5_000);
  });

  it('who comes back with an id that is no place in the log is told that changes were missed', async () => {
    const client = resumed('nonsense');
    await client.until('resync');
    expect(client.of('resync')).toEqual([{}]);
    const again = resumed(client.events.at(-1)?.id);
    await beat('alice');
    await vi.waitFor(() => expect(lines(again)).toEqual(['alice UNKNOWN>ONLINE FIRST_SEEN']), 5_000);
    expect(again.names).not.toContain('resync');
  });

  it('a reader that stops reading is told everything when it reads on', async () => {
    const client = listen(node);
    await client.until('changes');
    client.pause();
    const { presence } = node.service;
    const users: string[] = [];
    await vi.waitFor(async () => {
      const more = Array.from({ length: 500 }, (_, i) => `user-${users.length + i}-${'x'.repeat(200)}`);
      users.push(...more);
      const receivedMs = presence.clock.nowMs();
      const heartbeats = more.map((userId) => received({ userId, declaredMs: 80_000, receivedMs }));
      await presence.ingest.record(presence.namespaces.get(''), heartbeats);
      expect(await metric(node, 'phid_http_lagging_event_streams')).toBe(1);
    }, 30_000);
    await vi.waitFor(async () => {
      expect(Number((await ask(node, '/fleet')).json.namespaces[0].online)).toBe(users.length);
    }, 15_000);
    client.resume();
    await vi.waitFor(() => expect(lines(client)).toHaveLength(users.length), 15_000);
    expect(new Set(lines(client)).size).toBe(users.length);
    expect(await metric(node, 'phid_http_events_replaced_total')).toBe(0);
    expect(await metric(node, 'phid_http_lagging_event_streams')).toBe(0);
  }, 90_000);

  it('an id that is too long is refused, and so are more followers than there may be', async () => {
    const headers = { 'last-event-id': 'x'.repeat(1_025) };
    expect(await failure(node, CHANGES, { headers })).toBe(
      '400 INVALID_ARGUMENT: resume_token: is 1025 bytes long; 1024 is the limit',
    );
    const clients = Array.from({ length: 10 }, () => listen(node));
    for (const client of clients) await client.until('changes');
    expect(await failure(node, CHANGES)).toBe(
      '429 RESOURCE_EXHAUSTED: WatchNamespace streams on this node: the limit of 10 is reached',
    );
    expect(await metric(node, 'phid_http_event_streams')).toBe(10);
  });
});
