import { credentials, makeClientConstructor, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TrackResponse__Output } from '../../src/gen/phid/v1/TrackResponse.js';
import { PresenceService } from '../../src/grpc/definition.js';
import { LongTasks } from '../../src/grpc/long-tasks.js';
import { type Node, startNode } from '../support/node.js';

const MANY = 1_000;
const idsOf = (name: string) => Array.from({ length: MANY }, (_, i) => `${name}-${i}`);

let node: Node;
beforeEach(async () => {
  node = await startNode();
});
afterEach(() => node.stop());

/** Of the node's figures. */
async function figure(name: string): Promise<number> {
  const page = await (await fetch(node.httpUrl('/metrics'))).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
}

it('are done one in a turn of the event loop, in order, and what else has come between two of them', async () => {
  const tasks = new LongTasks();
  const done: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    tasks.add(() => {
      done.push(name);
      setImmediate(() => done.push(`after ${name}`));
      if (name === 'a') tasks.add(() => done.push('d'));
    });
  }
  expect([tasks.waiting, done]).toEqual([3, []]);
  await vi.waitFor(() => expect(tasks.waiting).toBe(0));
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c', 'd']);
});

it('streams that watch many wait for their turns, all are told, and nothing waits in the end', async () => {
  const streams = Array.from({ length: 8 }, (_, i) => node.watch({ userIds: idsOf(`stream-${i}`) }));
  await Promise.all(streams.map((stream) => stream.synced()));
  for (const stream of streams) expect(stream.changes).toHaveLength(MANY);
  expect(await figure('phid_watched_users')).toBe(8 * MANY);
  for (const stream of streams) await stream.cancel();
  await vi.waitFor(async () => expect(await figure('phid_watched_users')).toBe(0));
  expect(await figure('phid_grpc_waiting_requests')).toBe(0);
});

it('what a stream asks for behind a long request is done after it', async () => {
  const stream = node.client.Track();
  const events: TrackResponse__Output[] = [];
  stream.on('data', (event: TrackResponse__Output) => events.push(event));
  stream.on('error', () => {});
  const ids = idsOf('tracked');
  stream.write({ add: ids });
  stream.write({ remove: ids.slice(1) });
  stream.write({ add: ['late'] });
  await vi.waitFor(() => expect(events.some(({ change }) => change?.userId === 'late')).toBe(true));
  await vi.waitFor(async () => expect(await figure('phid_watched_users')).toBe(2));
  stream.cancel();
});

it('a stream that ends before its turn watches nobody', async () => {
  const before = Array.from({ length: 8 }, (_, i) => node.watch({ userIds: idsOf(`before-${i}`) }));
  const ended = node.watch({ userIds: idsOf('ended') });
  await ended.cancel();
  await Promise.all(before.map((stream) => stream.synced()));
  await vi.waitFor(async () => expect(await figure('phid_watch_streams')).toBe(8));
  expect(await figure('phid_watched_users')).toBe(8 * MANY);
  for (const stream of before) await stream.cancel();
});

it.each([
  ['short', 10],
  ['long', 20_000],
])('a %s request that is no message ends its stream as the library would', async (_, bytes) => {
  const { Watch } = PresenceService.service;
  const Raw = makeClientConstructor({ Watch: { ...Watch, requestSerialize: (raw: Buffer) => raw } }, 'Raw');
  const client = new Raw(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
  const error = await new Promise<ServiceError>((resolve) => {
    const call = (client as unknown as { Watch(raw: Buffer): NodeJS.EventEmitter }).Watch(
      Buffer.alloc(bytes, 0xff),
    );
    call.on('error', resolve);
    call.on('data', () => {});
  });
  client.close();
  expect(error.code).toBe(status.INTERNAL);
  expect(error.details).toContain('the request cannot be parsed');
});
