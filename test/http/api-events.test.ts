import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServiceSettings } from '../../src/service.js';
import type { MemoryStore } from '../../src/store/memory/memory-store.js';
import { received } from '../support/heartbeat.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { trackerSettings } from '../support/settings.js';
import { ask, EventClient, failure } from './client.js';

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

async function metric(node: Node, name: string): Promise<number> {
  const page = await (await fetch(node.httpUrl('/metrics'))).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
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
    expect(reports).toHaveBeenCalledTimes(3);
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

describe.each(['embedded', 'redis'] as const)('of all changes of a namespace (%s)', (store) => {
  const CHANGES = '/namespaces/default/changes';
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
    const client = listen(node, CHANGES);
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
    const client = listen(node, CHANGES);
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
    const clients = Array.from({ length: 10 }, () => listen(node, CHANGES));
    for (const client of clients) await client.until('changes');
    expect(await failure(node, CHANGES)).toBe(
      '429 RESOURCE_EXHAUSTED: WatchNamespace streams on this node: the limit of 10 is reached',
    );
    expect(await metric(node, 'phid_http_event_streams')).toBe(10);
  });
});

describe('streams', () => {
  it('are refused beyond their limit, and there is room again when one ends', async () => {
    const node = await start({ http: { eventStreamsMax: 2 } });
    const [first, second] = [listen(node), listen(node)];
    await Promise.all([first.until('user'), second.until('user')]);
    expect(await failure(node, ALICE)).toBe(
      '429 RESOURCE_EXHAUSTED: event streams of this node: the limit of 2 is reached',
    );
    expect(await metric(node, 'phid_http_event_streams')).toBe(2);
    expect(await metric(node, 'phid_http_event_streams_limit')).toBe(2);
    expect(await metric(node, 'phid_http_event_streams_refused_total')).toBe(1);
    first.close();
    await vi.waitFor(async () => expect(await metric(node, 'phid_http_event_streams')).toBe(1));
    const third = listen(node);
    await third.until('user');
  });

  it('of a user count as watch streams, too: one that finds no room there is refused, and leaves nothing', async () => {
    const node = await start({ tracker: { ...trackerSettings, subscriptionsMax: 1 } });
    const first = listen(node);
    await first.until('user');
    expect(await failure(node, ALICE)).toBe(
      '429 RESOURCE_EXHAUSTED: watch streams on this node: the limit of 1 is reached',
    );
    expect(await metric(node, 'phid_http_event_streams')).toBe(1);
    first.close();
    await vi.waitFor(async () => expect(await metric(node, 'phid_http_event_streams')).toBe(0));
    expect(node.service.presence.tracker.subscriptions).toBe(0);
    expect(node.service.presence.tracker.calledUsers).toBe(0);
  });

  it('that find no room for their user leave no subscription', async () => {
    const node = await start({ tracker: { ...trackerSettings, trackedUsersMax: 1 } });
    const first = listen(node);
    await first.until('user');
    expect(await failure(node, '/namespaces/default/users/bob/events')).toMatch(
      /^429 .*users watched on this node/,
    );
    expect(node.service.presence.tracker.subscriptions).toBe(1);
  });

  it('that are not read hold no more than their socket and the newest event, and are told that in the end', async () => {
    const node = await start();
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    const client = listen(node);
    await client.until('user');
    client.pause();
    const replaced = () => metric(node, 'phid_http_events_replaced_total');
    await vi.waitFor(async () => {
      await node.clock.advance(20_000);
      expect(await replaced()).toBeGreaterThan(50);
    }, 30_000);
    const { length } = client.of('user');
    const { now } = (await (await fetch(node.httpUrl('/api/v1/namespaces/default/users/alice'))).json()) as {
      now: string;
    };
    client.resume();
    await vi.waitFor(() => expect(client.of('user').at(-1).now).toBe(now), 10_000);
    expect(client.of('user').length).toBeGreaterThan(length);
    expect(client.of('change').at(-1).status).toBe('OFFLINE');
  }, 60_000);

  it('end when the node stops', async () => {
    const node = await startManualNode();
    const client = listen(node);
    await client.until('user');
    await node.stop();
    await vi.waitFor(() => expect(client.hasEnded).toBe(true));
  });

  it('cost nothing when nobody listens: the timer of their looks ends with the last of them', async () => {
    const node = await start();
    const { timers } = node.clock;
    const client = listen(node);
    await client.until('user');
    expect(node.clock.timers).toBeGreaterThan(timers);
    client.close();
    await vi.waitFor(() => expect(node.clock.timers).toBe(timers));
  });
});
