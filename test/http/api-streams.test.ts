import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServiceSettings } from '../../src/service.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import type { Node } from '../support/node.js';
import { httpSettings, trackerSettings } from '../support/settings.js';
import { EventClient, failure, metric } from './client.js';

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

function listen(node: Node): EventClient {
  const client = new EventClient(node, ALICE);
  stops.push(() => client.close());
  return client;
}

describe('streams', () => {
  it('are refused beyond their limit, and there is room again when one ends', async () => {
    const node = await start({ http: { ...httpSettings, eventStreamsMax: 2 } });
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

  it('that are not read for too long end, and make room', async () => {
    const node = await start({ http: { ...httpSettings, unreadMs: 10_000 } });
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    const [stuck, reading] = [listen(node), listen(node)];
    await Promise.all([stuck.until('user'), reading.until('user')]);
    stuck.pause();
    await vi.waitFor(async () => {
      await node.clock.advance(20_000);
      expect(await metric(node, 'phid_http_event_streams')).toBe(1);
    }, 30_000);
    expect(await metric(node, 'phid_http_event_streams_unread_total')).toBe(1);
    expect(node.service.presence.tracker.subscriptions).toBe(1);
    stuck.resume();
    await vi.waitFor(() => expect(stuck.hasEnded).toBe(true), 10_000);
    expect(reading.hasEnded).toBe(false);
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
    await node.clock.advance(100);
    const { timers } = node.clock;
    const client = listen(node);
    await client.until('user');
    expect(node.clock.timers).toBeGreaterThan(timers);
    client.close();
    await vi.waitFor(() => expect(node.clock.timers).toBe(timers));
  });
});
