import { once } from 'node:events';
import { connect } from 'node:http2';
import {
  type ClientReadableStream,
  credentials,
  makeClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServiceSettings } from '../../src/service.js';
import { type Node, startNode } from '../support/node.js';
import { grpcSettings } from '../support/settings.js';

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(
  grpc: Partial<ServiceSettings['grpc']>,
  overrides: Partial<ServiceSettings> = {},
): Promise<Node> {
  const node = await startNode({ grpc: { ...grpcSettings, ...grpc }, ...overrides });
  nodes.push(node);
  return node;
}

describe('a connection of gRPC', () => {
  it('has as many calls and streams as are allowed: a client keeps others to itself until one ends', async () => {
    const node = await start({ connectionCallsMax: 2 });
    const [first, second] = [node.watch({ userIds: ['alice'] }), node.watch({ userIds: ['bob'] })];
    await Promise.all([first.synced(), second.synced()]);
    const third = node.watch({ userIds: ['carol'] });
    // The node has room for more; the connection has not.
    expect(node.service.presence.tracker.subscriptions).toBe(2);
    await first.cancel();
    await third.synced();
    expect(node.service.presence.tracker.subscriptions).toBe(2);
  });

  it('takes no new calls when it is old, and none of those made meanwhile fails', async () => {
    const node = await start({ connectionAgeMs: 1_000 });
    const raw = connect(`http://127.0.0.1:${node.service.grpcPort}`);
    const isOver = once(raw, 'goaway');
    const watch = node.watch({ userIds: ['alice'] });
    await watch.synced();
    let ended = false;
    void isOver.then(() => {
      ended = true;
    });
    const outcomes = new Set<string>();
    while (!ended) outcomes.add(await node.outcome('IsOnline', { userId: 'alice' }));
    for (let i = 0; i < 50; i++) outcomes.add(await node.outcome('IsOnline', { userId: 'alice' }));
    expect([...outcomes]).toEqual(['OK']);
    // Streams that are open stay.
    await node.call('Heartbeat', { heartbeat: { userId: 'alice', sessionId: 'phone' } });
    await vi.waitFor(() => expect(watch.lines()).toHaveLength(1), 5_000);
    raw.close();
  }, 20_000);

  it('takes messages up to the limit of their size, and refuses what is larger', async () => {
    const node = await start({ messageBytesMax: 65_536 });
    const userIds = (count: number) => Array.from({ length: count }, () => 'u'.repeat(126));
    expect(await node.outcome('BatchSuspicion', { userIds: userIds(511) })).toBe('OK');
    expect(await node.outcome('BatchSuspicion', { userIds: userIds(513) })).toMatch(/^8 RESOURCE_EXHAUSTED/);
  });
});

describe('watches of health', () => {
  it('are so many and no more: everybody may open them', async () => {
    const node = await start({ connectionCallsMax: 2_000 });
    const Health = makeClientConstructor(healthService as ServiceDefinition, 'Health');
    const client = new Health(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
    const watch = () => {
      const stream = (client.watch as (request: object) => ClientReadableStream<unknown>).call(client, {});
      return new Promise<string>((resolve) => {
        stream.on('data', () => resolve('OK'));
        stream.on('error', ({ message }) => resolve(message));
      });
    };
    const first = await Promise.all(Array.from({ length: 1_000 }, watch));
    expect(new Set(first)).toEqual(new Set(['OK']));
    expect(await watch()).toMatch(
      /^8 RESOURCE_EXHAUSTED: Health\/Watch streams on this node: the limit of 1000/,
    );
    client.close();
  });
});
