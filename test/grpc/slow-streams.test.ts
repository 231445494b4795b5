import type { ServiceError } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { openStreamSettings } from '../support/settings.js';
import { openStream } from './gateway-stream.js';

const IDLE_MS = 60_000;
const UNREAD_MS = 30_000;

const nodes: ManualNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(): Promise<ManualNode> {
  const openStreams = { ...openStreamSettings, idleMs: IDLE_MS, unreadMs: UNREAD_MS };
  const node = await startManualNode({ openStreams });
  nodes.push(node);
  return node;
}

async function ended(node: ManualNode, reason: 'idle' | 'unread'): Promise<number> {
  const page = await node.service.registry.metrics();
  const [, value] =
    new RegExp(`^phid_grpc_streams_ended_total\\{reason="${reason}"\\} (.*)$`, 'm').exec(page) ?? [];
  return Number(value);
}

/** Time passes until a stream was ended because it was not read. */
async function untilUnread(node: ManualNode): Promise<void> {
  await vi.waitFor(async () => {
    await node.clock.advance(1_000);
    expect(await ended(node, 'unread')).toBe(1);
  }, 20_000);
}

const IDLE =
  '8 RESOURCE_EXHAUSTED: nothing was to be done on this stream for 60 s (limits.stream_idle); open it again when there is';

describe('a stream with nothing to do', () => {
  it('of heartbeats ends when nothing came for too long, and not before', async () => {
    const node = await start();
    const [silent, beating] = [openStream(node), openStream(node)];
    const beat = async (batchId: number) => {
      beating.stream.write({ batchId, heartbeats: [{ userId: 'alice', sessionId: 'phone' }] });
      await vi.waitFor(async () => {
        await node.clock.advance(5);
        expect(beating.answers).toHaveLength(batchId);
      });
    };
    silent.stream.write({ batchId: 1 });
    await vi.waitFor(() => expect(silent.answers).toHaveLength(1));
    await beat(1);
    await node.clock.advance(IDLE_MS - 2_000);
    await beat(2);
    expect(silent.end).toEqual({});
    await node.clock.advance(2_000);
    await vi.waitFor(() => expect(silent.end.error).toBe(IDLE));
    expect([beating.end, await ended(node, 'idle')]).toEqual([{}, 1]);
    await node.clock.advance(IDLE_MS);
    await vi.waitFor(() => expect(beating.end.error).toBe(IDLE));
    expect(node.log.text).not.toMatch(/^(warn|error)/m);
  });

  it('of Track ends when it follows nobody for too long; one that follows somebody, or a group, stays', async () => {
    const node = await start();
    const requests = {
      nothing: [],
      nobody: [{ add: ['alice'] }, { remove: ['alice'] }],
      somebody: [{ add: ['alice'] }],
      group: [{ addGroups: ['room'] }],
    };
    const ends = new Map<string, string>();
    for (const [name, messages] of Object.entries(requests)) {
      const stream = node.client.Track();
      stream.on('error', ({ message }: ServiceError) => ends.set(name, message));
      stream.on('data', () => {});
      for (const message of messages) stream.write(message);
    }
    const watch = node.watch({ userIds: ['alice'] });
    await watch.synced();
    await vi.waitFor(() => expect(node.service.presence.tracker.subscriptions).toBe(4));
    await node.clock.advance(IDLE_MS + 1_000);
    await vi.waitFor(() =>
      expect(ends).toEqual(
        new Map([
          ['nothing', IDLE],
          ['nobody', IDLE],
        ]),
      ),
    );
    expect([watch.error, node.service.presence.tracker.subscriptions]).toEqual([undefined, 3]);
  });
});

describe('a stream that is not read', () => {
  const userIds = Array.from({ length: 1_000 }, (_, i) => `${'u'.repeat(240)}-${i}`);

  it('ends and leaves nothing; its client hears of it when it reads on', async () => {
    const node = await start();
    const { tracker } = node.service.presence;
    const watch = node.watch({ userIds });
    watch.pause();
    const reading = node.watch({ userIds: ['alice'] });
    await reading.synced();
    await vi.waitFor(() => expect(tracker.subscriptions).toBe(2));
    const beganMs = node.clock.nowMs();
    await untilUnread(node);
    expect(node.clock.nowMs() - beganMs).toBeGreaterThanOrEqual(UNREAD_MS);
    expect([tracker.subscriptions, tracker.calledUsers]).toEqual([1, 1]);
    watch.resume();
    await vi.waitFor(() => expect(watch.error?.code).toBe(8));
    expect(watch.all.length).toBeLessThan(userIds.length);
    expect(reading.error).toBeUndefined();
  });

  it('for a while, and then a little, goes on', async () => {
    const node = await start();
    const watch = node.watch({ userIds });
    watch.pause();
    await vi.waitFor(() => expect(node.service.presence.tracker.subscriptions).toBe(1));
    for (let i = 0; i < 3; i++) {
      await node.clock.advance(UNREAD_MS - 5_000);
      const { length } = watch.all;
      watch.resume();
      // A quick reader may have had everything by then.
      const some = Math.min(length + 10, userIds.length - 1);
      await vi.waitFor(() => expect(watch.all.length).toBeGreaterThan(some));
      watch.pause();
    }
    watch.resume();
    await watch.synced();
    expect(watch.error).toBeUndefined();
  });

  it('of all changes of a namespace, too', async () => {
    const node = await start();
    const stream = node.client.WatchNamespace({});
    let error: ServiceError | undefined;
    stream.on('error', (e: ServiceError) => {
      error = e;
    });
    const opened = new Promise((resolve) => stream.once('data', resolve));
    await vi.waitFor(async () => {
      await node.clock.advance(500);
      expect(node.service.presence.tracker.trackedUsers).toBeGreaterThan(0);
    });
    await opened;
    stream.pause();
    for (let round = 0; round < 8; round++) {
      for (const userId of userIds.slice(0, 250))
        void node.seed({ userId: `${round}${userId}`.slice(0, 250), intervalMs: 1, n: 1, agoMs: 0 });
      await node.clock.advance(2_000);
    }
    await untilUnread(node);
    stream.resume();
    await vi.waitFor(() => expect(error?.code).toBe(8));
  });

  it('of heartbeats, whose answers are not read, too', async () => {
    const node = await start();
    const gateway = openStream(node);
    gateway.stream.pause();
    const heartbeats = Array.from({ length: 1_000 }, () => ({ userId: '' }));
    for (let batchId = 1; batchId <= 40; batchId++) gateway.stream.write({ batchId, heartbeats });
    await untilUnread(node);
    gateway.stream.resume();
    await vi.waitFor(() => expect(gateway.end.error).toMatch(/^8 RESOURCE_EXHAUSTED/));
    expect(gateway.answers.length).toBeLessThan(40);
    expect(await ended(node, 'idle')).toBe(0);
  });
});
