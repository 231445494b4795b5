import { credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PresenceService } from '../../src/grpc/definition.js';
import { type FaultyNode, startFaultyNode } from '../support/faulty-node.js';
import { deferred } from '../support/faulty-store.js';
import { openStream } from './gateway-stream.js';

let node: FaultyNode;
afterEach(() => node.stop());

/** The limit, and what streams may use of it. */
const PENDING_MAX = 100;
const STREAM_ROOM = 90;
const MESSAGE = 10;

const overloaded = () => startFaultyNode({ ingest: { pendingMax: PENDING_MAX } });

/** A gateway that has sent `messages` of ten heartbeats each and reads the answers. */
function openGateway(name: string, messages: number) {
  const gateway = openStream(node);
  for (let batchId = 1; batchId <= messages; batchId++) {
    const heartbeats = Array.from({ length: MESSAGE }, (_, i) => ({
      userId: `${name}-${i}`,
      sessionId: 'phone',
      sequence: batchId,
    }));
    gateway.stream.write({ batchId, heartbeats });
  }
  return gateway;
}

/** Holds back what goes to the store; the returned function lets it go, for good. */
function holdRecords(): () => void {
  const { promise, resolve } = deferred();
  node.store.beforeRecord = () => promise;
  return () => {
    node.store.beforeRecord = undefined;
    resolve();
  };
}

const heldStreams = () => node.metric('phid_ingest_held_streams');
const recordedSequences = (userId: string) =>
  node.store.records.flatMap(({ heartbeats }) =>
    heartbeats.filter((h) => h.userId === userId).map((h) => h.sequence),
  );

describe('when too much waits to be recorded', () => {
  it('streams are held back at the limit, none ends, and all that they sent is recorded and acknowledged', async () => {
    node = await overloaded();
    const release = holdRecords();
    const gateways = ['a', 'b', 'c'].map((name) => openGateway(name, 100));
    await vi.waitFor(async () => expect(await heldStreams()).toBe(3));
    expect(node.service.presence.ingest.pending).toBe(STREAM_ROOM);
    expect(await node.metric('phid_ingest_held_total')).toBe(3);
    expect(await node.metric('phid_ingest_refused_total')).toBe(0);
    expect(gateways.map(({ answers }) => answers.length)).toEqual([0, 0, 0]);
    let most = 0;
    node.store.beforeRecord = async () => {
      most = Math.max(most, node.service.presence.ingest.pending);
    };
    release();
    for (const { stream } of gateways) stream.end();
    await vi.waitFor(
      () => expect(gateways.map(({ end }) => end)).toEqual(Array(3).fill({ ended: true })),
      5_000,
    );
    for (const { answers } of gateways) {
      expect(answers.map(({ batchId, accepted }) => [batchId, accepted])).toEqual(
        Array.from({ length: 100 }, (_, i) => [i + 1, MESSAGE]),
      );
    }
    for (const name of ['a', 'b', 'c']) {
      expect(recordedSequences(`${name}-0`)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    }
    expect(most).toBeLessThanOrEqual(STREAM_ROOM);
    expect(await heldStreams()).toBe(0);
    expect(node.service.presence.ingest.pending).toBe(0);
  });

  it('each stream gets its turn, however much another sends', async () => {
    node = await startFaultyNode({ ingest: { pendingMax: 20, batchSizeMax: MESSAGE } });
    const release = holdRecords();
    const greedy = ['a', 'b', 'c', 'd'].map((name) => openGateway(name, 100));
    await vi.waitFor(async () => expect(await heldStreams()).toBe(4));
    const modest = openGateway('modest', 10);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(5));
    release();
    await vi.waitFor(() => expect(modest.answers).toHaveLength(10), 5_000);
    // There is room for one message at a time: between two of its own, about one of each other stream (and not all).
    const senders = node.store.records.map(({ heartbeats }) => heartbeats[0]?.userId.split('-')[0]);
    expect(senders.lastIndexOf('modest')).toBeLessThan(2 * 5 * 10);
    for (const { stream } of [...greedy, modest]) stream.cancel();
  });

  it('a stream that waits is read no further, also when an earlier message of it is answered', async () => {
    node = await startFaultyNode({ ingest: { pendingMax: PENDING_MAX, batchSizeMax: MESSAGE } });
    const answered: (() => void)[] = [];
    node.store.beforeRecord = () => new Promise((resolve) => answered.push(resolve));
    const first = openGateway('a', 3);
    await vi.waitFor(() => expect(node.service.presence.ingest.pending).toBe(3 * MESSAGE));
    // One whose message fits only when nothing else is there, and before which nobody gets in.
    const large = node.client.HeartbeatStream();
    large.on('error', () => {});
    large.write({
      heartbeats: Array.from({ length: 95 }, (_, i) => ({ userId: `b-${i}`, sessionId: 'phone' })),
    });
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    for (const batchId of [4, 5]) {
      first.stream.write({ batchId, heartbeats: [{ userId: 'a-0', sessionId: 'phone' }] });
    }
    await vi.waitFor(async () => expect(await heldStreams()).toBe(2));
    answered.shift()?.();
    await vi.waitFor(() => expect(first.answers).toHaveLength(1));
    for (let i = 0; i < 3; i++) await node.call('IsOnline', { userId: 'a-0' });
    expect(await heldStreams()).toBe(2);
    node.store.beforeRecord = undefined;
    for (const resolve of answered) resolve();
    await vi.waitFor(() => expect(first.answers).toHaveLength(5));
    for (const stream of [first.stream, large]) stream.cancel();
  });

  it('a stream that has ended is answered for its last message, which had to wait, too', async () => {
    node = await startFaultyNode({ ingest: { pendingMax: MESSAGE } });
    const release = holdRecords();
    const { stream, answers, end } = openGateway('a', 3);
    stream.end();
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    // By then the third message and the end of the stream lie with the library, which tells of the end as soon as it
    // has handed over the message.
    for (let i = 0; i < 3; i++) await node.call('IsOnline', { userId: 'a-0' });
    release();
    await vi.waitFor(() => expect(end).toEqual({ ended: true }));
    expect(answers.map(({ batchId }) => batchId)).toEqual([1, 2, 3]);
  });

  it('unary heartbeats still get in, until they are too many: then RESOURCE_EXHAUSTED', async () => {
    node = await overloaded();
    const release = holdRecords();
    const { stream } = openGateway('a', 50);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    const heartbeat = { userId: 'alice', sessionId: 'phone' };
    const accepted = Array.from({ length: 10 }, () => node.outcome('Heartbeat', { heartbeat }));
    await vi.waitFor(() => expect(node.service.presence.ingest.pending).toBe(PENDING_MAX));
    const refused = '8 RESOURCE_EXHAUSTED: heartbeats waiting to be recorded: the limit of 100 is reached';
    expect(await node.outcome('Heartbeat', { heartbeat })).toBe(refused);
    expect(await node.outcome('Leave', { userId: 'alice' })).toBe(refused);
    expect(await node.metric('phid_ingest_refused_total')).toBe(2);
    release();
    expect(await Promise.all(accepted)).toEqual(Array(10).fill('OK'));
    stream.cancel();
  });

  it('queries are answered, on the connection of a stream that is held back and on others', async () => {
    node = await overloaded();
    const release = holdRecords();
    const { stream } = openGateway('a', 3_000);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    expect(await node.outcome('IsOnline', { userId: 'a-0' })).toBe('OK');
    expect(await node.outcome('BatchSuspicion', { userIds: ['a-0', 'a-1'] })).toBe('OK');
    const other = new PresenceService(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    const answered = new Promise((resolve) => other.IsOnline({ userId: 'a-0' }, (error) => resolve(error)));
    expect(await answered).toBeNull();
    other.close();
    release();
    stream.cancel();
  });

  it('a stream that is cancelled while it is held back no longer stands in the way', async () => {
    node = await overloaded();
    const release = holdRecords();
    const first = openGateway('a', 50);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    const second = openGateway('b', 5);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(2));
    first.stream.cancel();
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    release();
    await vi.waitFor(() => expect(second.answers).toHaveLength(5));
    // What was accepted is recorded, what waited is not.
    expect(recordedSequences('a-0')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(node.service.presence.ingest.pending).toBe(0);
  });

  it('a store that refuses ends the stream; what waited is neither recorded nor acknowledged', async () => {
    node = await overloaded();
    const { promise, resolve } = deferred();
    node.store.beforeRecord = async () => {
      await promise;
      throw new Error('refused');
    };
    const { answers, end } = openGateway('a', 50);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    resolve();
    await vi.waitFor(() => expect(end.error).toMatch(/^13 INTERNAL: /));
    expect(answers).toEqual([]);
    expect(await heldStreams()).toBe(0);
  });

  it('the server stops all the same: streams that are held back end with UNAVAILABLE', async () => {
    node = await overloaded();
    const release = holdRecords();
    const { answers, end } = openGateway('a', 50);
    await vi.waitFor(async () => expect(await heldStreams()).toBe(1));
    const stopped = node.service.stop();
    release();
    await stopped;
    await vi.waitFor(() => expect(end.error).toBe('14 UNAVAILABLE: the server is shutting down'));
    expect(answers.map(({ batchId }) => batchId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('a stream', () => {
  it('is read no further while its limit of messages is being recorded, and goes on when it is answered', async () => {
    node = await startFaultyNode({ stream: { batchesInFlightMax: 2 } });
    const release = holdRecords();
    const { stream, answers } = openGateway('a', 500);
    await vi.waitFor(() => expect(node.service.presence.ingest.pending).toBe(2 * MESSAGE));
    // Whatever else has arrived by the time of an answer on the same connection was not taken in.
    for (let i = 0; i < 3; i++) await node.call('IsOnline', { userId: 'a-0' });
    expect(node.service.presence.ingest.pending).toBe(2 * MESSAGE);
    release();
    await vi.waitFor(() => expect(answers).toHaveLength(500), 5_000);
    stream.end();
  });

  it('of which a message cannot be parsed ends with INTERNAL, after the answers to those before it', async () => {
    node = await startFaultyNode({});
    const { path, requestSerialize } = PresenceService.service.HeartbeatStream;
    const stream = node.client.makeBidiStreamRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
    );
    let answers = 0;
    let message = '';
    stream.on('data', () => {
      answers += 1;
    });
    stream.on('error', (error) => {
      message = error.message;
    });
    stream.write(requestSerialize({ heartbeats: [{ userId: 'alice', sessionId: 'phone' }] }));
    stream.write(Buffer.from([0x22, 0x05, 0x0a]));
    await vi.waitFor(() =>
      expect(message).toBe('13 INTERNAL: the request cannot be parsed: 5 bytes where 1 are left'),
    );
    expect(answers).toBe(1);
    expect(node.log.text).not.toMatch(/^(warn|error)/m);
  });
});
