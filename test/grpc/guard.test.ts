import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PresenceService } from '../../src/grpc/definition.js';
import { metric } from '../http/client.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { type Node, startNode } from '../support/node.js';
import { grpcSettings } from '../support/settings.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(grpc: Partial<typeof grpcSettings> = {}): Promise<Node> {
  const node = await startNode({ grpc: { ...grpcSettings, ...grpc } });
  ends.push(() => node.stop());
  return node;
}

async function startManual(grpc: Partial<typeof grpcSettings> = {}): Promise<ManualNode> {
  const node = await startManualNode({ grpc: { ...grpcSettings, ...grpc } });
  ends.push(() => node.stop());
  return node;
}

/** A connection that has said what HTTP/2 begins with. */
async function session(node: Node): Promise<ClientHttp2Session> {
  const opened = connect(`http://127.0.0.1:${node.service.grpcPort}`);
  ends.push(() => opened.destroy());
  opened.on('error', () => {});
  await once(opened, 'remoteSettings');
  return opened;
}

/** The same, frame by frame: the library of a client lets ten pings wait for their answers. */
async function raw(node: Node): Promise<Socket> {
  const socket = connectTcp(node.service.grpcPort, '127.0.0.1');
  ends.push(() => socket.destroy());
  socket.on('error', () => {}).write(GREETING);
  await once(socket, 'data');
  return socket.resume();
}

function call(
  from: ClientHttp2Session,
  rpc: string,
  headers: Record<string, string> = {},
): ClientHttp2Stream {
  const stream = from.request({
    ...{ ':method': 'POST', ':path': `/phid.v1.PresenceService/${rpc}` },
    ...{ 'content-type': 'application/grpc', te: 'trailers', ...headers },
  });
  stream.on('error', () => {});
  return stream.resume();
}

/** What a client says first, and a ping (RFC 9113): `length, type, flags, stream`, content. */
const GREETING = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
const PING = Buffer.from('\0\0\x08\x06\0\0\0\0\0phidphid', 'latin1');

/** The first bytes of a message of this length. */
function messageStart(lengthBytes: number, sentBytes: number): Buffer {
  const bytes = Buffer.alloc(5 + sentBytes);
  bytes.writeUInt32BE(lengthBytes, 1);
  return bytes;
}

function message(content: Buffer, { isCompressed = false } = {}): Buffer {
  const bytes = Buffer.concat([messageStart(content.length, 0), content]);
  bytes[0] = Number(isCompressed);
  return bytes;
}

const isClosed = (one: ClientHttp2Session | ClientHttp2Stream) =>
  vi.waitFor(() => expect(one.closed).toBe(true));
const untilMetric = (node: Node, name: string, value: number) =>
  vi.waitFor(async () => expect(await metric(node, name)).toBe(value));

describe('when there are as many connections as may be', () => {
  it('one more takes the place of the one that has had no call for the longest, and streams stay', async () => {
    const node = await start({ connectionsMax: 3 });
    const watch = node.watch({ userIds: ['alice'] });
    await watch.synced();
    const [first, second] = [await session(node), await session(node)];
    const answer = call(first, 'IsOnline');
    answer.end(message(Buffer.alloc(0)));
    await isClosed(answer);
    const third = await session(node);
    await isClosed(second);
    expect([first.closed, third.closed, watch.error]).toEqual([false, false, undefined]);
    expect(await metric(node, 'phid_grpc_connections_evicted_total')).toBe(1);
    expect(await metric(node, 'phid_grpc_connections')).toBe(3);
  });

  it('and all of them have calls, one more is closed as it comes', async () => {
    const node = await start({ connectionsMax: 1 });
    const watch = node.watch({ userIds: ['alice'] });
    await watch.synced();
    await once(connectTcp(node.service.grpcPort, '127.0.0.1').resume(), 'close');
    expect(await metric(node, 'phid_grpc_connections_dropped_total')).toBe(1);
    expect(watch.error).toBeUndefined();
  });
});

describe('a connection', () => {
  it('that does not say within ten seconds what HTTP/2 begins with is closed', async () => {
    const node = await startManual();
    const silent = connectTcp(node.service.grpcPort, '127.0.0.1').resume();
    await once(silent, 'connect');
    const greeted = await session(node);
    const closed = once(silent, 'close');
    await node.clock.advance(10_000);
    await closed;
    expect(greeted.closed).toBe(false);
  });

  it('with more pings than a client has a use for is closed, and one with as many as it has stays', async () => {
    const node = await start();
    const [modest, flooding] = await Promise.all([raw(node), raw(node)]);
    const batch = Buffer.concat(Array.from({ length: 500 }, () => PING));
    modest.write(batch);
    // Not more at once than are answered at once: of that the library of HTTP/2 takes care.
    flooding.on('data', () => flooding.write(batch));
    flooding.write(batch);
    await vi.waitFor(() => expect(flooding.closed).toBe(true), 5_000);
    expect(modest.closed).toBe(false);
    await untilMetric(node, 'phid_grpc_connections_flooding_total', 1);
  });

  it('with calls that are taken back as they are made is closed', async () => {
    const node = await start();
    const from = await session(node);
    const takeBack = () => {
      for (let i = 0; i < 10 && !from.closed && !from.destroyed; i++)
        call(from, 'IsOnline').close(constants.NGHTTP2_CANCEL);
    };
    const again = setInterval(takeBack, 1);
    ends.push(() => clearInterval(again));
    await vi.waitFor(() => expect(from.destroyed).toBe(true), 5_000);
    await untilMetric(node, 'phid_grpc_connections_flooding_total', 1);
  });
});

describe('a message of which not all comes', () => {
  it('ends its call when such messages hold too much: the one that began first, and nobody else', async () => {
    const node = await start({ unfinishedBytesMax: 8 * 2 ** 20 });
    const from = await session(node);
    const calls = ['IsOnline', 'HeartbeatStream', 'IsOnline'].map((rpc) => call(from, rpc));
    for (const one of calls) {
      one.write(messageStart(4 * 2 ** 20 - 1, 3 * 2 ** 20));
      if (one !== calls[2]) await vi.waitFor(() => expect(one.writableLength).toBe(0));
    }
    await isClosed(calls[0] as ClientHttp2Stream);
    expect(calls.map(({ rstCode }) => rstCode)).toEqual([constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, 0]);
    expect(await node.outcome('IsOnline', { userId: 'alice' })).toBe('OK');
    await untilMetric(node, 'phid_grpc_unfinished_ended_total', 1);
    from.destroy();
    await untilMetric(node, 'phid_grpc_unfinished_bytes', 0);
  });

  it('ends its call after half a minute, and so does none at all where there must be one', async () => {
    const node = await startManual();
    const from = await session(node);
    const [begun, silent, gateway] = [
      call(from, 'HeartbeatStream'),
      call(from, 'Watch'),
      call(from, 'Track'),
    ];
    begun.write(messageStart(100, 1));
    await untilMetric(node, 'phid_grpc_unfinished_bytes', 2 * 4_096 + 6);
    await node.clock.advance(32_000);
    await Promise.all([isClosed(begun), isClosed(silent)]);
    expect(gateway.closed).toBe(false);
  });

  it('is forgotten once it is whole', async () => {
    const node = await start();
    const stream = call(await session(node), 'HeartbeatStream');
    const batch = message(PresenceService.service.HeartbeatStream.requestSerialize({ batchId: 7 }));
    stream.write(Buffer.concat([batch, batch.subarray(0, 3)]));
    await untilMetric(node, 'phid_grpc_unfinished_bytes', 4_096 + 3);
    stream.write(batch.subarray(3));
    await untilMetric(node, 'phid_grpc_unfinished_bytes', 0);
  });
});

it('a client that never ends its calls does not keep a node from stopping', async () => {
  const node = await startManualNode();
  const stream = call(await session(node), 'HeartbeatStream');
  stream.write(message(PresenceService.service.HeartbeatStream.requestSerialize({ batchId: 7 })));
  await once(stream, 'response');
  const stopped = node.stop();
  await once(stream, 'trailers');
  await node.clock.advance(5_000);
  await stopped;
});

describe('a compressed message', () => {
  it('is refused, and not decompressed', async () => {
    const from = await session(await start());
    const bomb = call(from, 'IsOnline', { 'grpc-encoding': 'gzip' });
    const answered = once(bomb, 'response');
    bomb.end(message(gzipSync(Buffer.alloc(2 ** 20)), { isCompressed: true }));
    const [headers] = await answered;
    const UNIMPLEMENTED = '12';
    expect(headers['grpc-status']).toBe(UNIMPLEMENTED);
    expect(decodeURIComponent(headers['grpc-message'])).toContain('phid takes identity only');
  });
});
