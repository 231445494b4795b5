import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Node, startNode } from '../support/node.js';
import { grpcSettings } from '../support/settings.js';

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(grpc: Partial<typeof grpcSettings>): Promise<Node> {
  const node = await startNode({ grpc: { ...grpcSettings, ...grpc } });
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
});
