import { afterEach, expect, it, vi } from 'vitest';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { namespaceSettings } from '../support/settings.js';
import { openStream } from './gateway-stream.js';

let node: ManualNode;
afterEach(() => node.stop());

const beats = (...userIds: string[]) => userIds.map((userId) => ({ userId, sessionId: 'phone' }));

/** What of a batch is answered, while time passes. */
async function send(gateway: ReturnType<typeof openStream>, ...userIds: string[]) {
  const { length } = gateway.answers;
  gateway.stream.write({ batchId: length + 1, heartbeats: beats(...userIds) });
  await vi.waitFor(async () => {
    await node.clock.advance(5);
    expect(gateway.answers).toHaveLength(length + 1);
  });
  return gateway.answers.at(-1);
}

it('a namespace at its limit of users rejects who is not known, in a batch and alone, and takes who is', async () => {
  node = await startManualNode({ namespaces: { default: { ...namespaceSettings(), usersMax: 2 } } });
  const gateway = openStream(node);
  expect(await send(gateway, 'alice', 'bob')).toMatchObject({ accepted: 2, rejections: [] });
  await vi.waitFor(async () => {
    await node.clock.advance(1_000);
    expect(node.service.presence.namespaces.get('').isFull).toBe(true);
  });
  const reason = 'users of namespace "default" (users_max): the limit of 2 is reached';
  expect(await send(gateway, 'carol', 'bob', '', 'dave', 'alice')).toMatchObject({
    accepted: 2,
    rejections: [{ index: 0, reason }, { index: 2 }, { index: 3, reason }],
  });
  const outcome = async (userId: string) => {
    const [heartbeat = null] = beats(userId);
    const said = node.outcome('Heartbeat', { heartbeat });
    let ended: string | undefined;
    void said.then((text) => {
      ended = text;
    });
    await vi.waitFor(async () => {
      await node.clock.advance(5);
      expect(ended).toBeDefined();
    });
    return ended;
  };
  expect(await outcome('carol')).toBe(`8 RESOURCE_EXHAUSTED: ${reason}`);
  expect(await outcome('bob')).toBe('OK');
  expect((await node.call('Suspicion', { userId: 'carol' })).suspicion?.status).toBe('UNKNOWN');
  const page = await node.service.registry.metrics();
  for (const line of [
    'phid_namespace_users{namespace="default"} 2',
    'phid_namespace_users_limit{namespace="default"} 2',
    'phid_heartbeats_total{namespace="default",outcome="refused"} 3',
    'phid_heartbeats_total{namespace="default",outcome="rejected"} 1',
  ]) {
    expect(page).toContain(`\n${line}\n`);
  }
  gateway.stream.cancel();
});
