import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { type ClientHttp2Session, connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { messageOf } from '../support/messages.js';
import { mutatedBytes } from '../support/mutated.js';
import { type FuzzedNode, startFuzzedNode } from '../support/node.js';
import type { Target } from '../support/target.js';

/** A request as it would be valid, of every rpc; `isOpen`: what it answers does not end by itself. */
const rpcs = [
  rpc('PresenceService/Heartbeat', 'HeartbeatRequest', { heartbeat: { userId: 'bob', sessionId: 's' } }),
  rpc('PresenceService/HeartbeatStream', 'HeartbeatStreamRequest', {
    heartbeats: [{ userId: 'c', sessionId: 's' }],
  }),
  rpc('PresenceService/Leave', 'LeaveRequest', { userId: 'bob' }),
  rpc('PresenceService/IsOnline', 'IsOnlineRequest', { userId: 'bob', threshold: 3 }),
  rpc('PresenceService/Suspicion', 'SuspicionRequest', { userId: 'bob' }),
  rpc('PresenceService/BatchSuspicion', 'BatchSuspicionRequest', { userIds: ['bob', 'carol'] }),
  rpc('PresenceService/AddToGroup', 'AddToGroupRequest', { groupId: 'room', userIds: ['bob'] }),
  rpc('PresenceService/RemoveFromGroup', 'RemoveFromGroupRequest', { groupId: 'room', userIds: ['bob'] }),
  rpc('PresenceService/ListGroup', 'ListGroupRequest', { groupId: 'room', pageSize: 3 }),
  rpc('PresenceService/Watch', 'WatchRequest', {
    userIds: ['bob'],
    groupIds: ['room'],
    thresholds: { suspect: 2 },
  }),
  rpc('PresenceService/Track', 'TrackRequest', { add: ['bob'], remove: ['carol'] }),
  rpc('PresenceService/WatchNamespace', 'WatchNamespaceRequest', { resumeToken: '1,2,3' }),
  rpc('TuningService/ListNamespaces', 'ListNamespacesRequest', {}),
  rpc('TuningService/GetFleet', 'GetFleetRequest', {}),
  rpc('TuningService/GetQuality', 'GetQualityRequest', { namespace: 'default' }),
  rpc('TuningService/SetThresholds', 'SetThresholdsRequest', {
    suspect: { threshold: { case: 'phi', value: 3 } },
    author: 'eve',
  }),
  rpc('TuningService/ListSuspects', 'ListSuspectsRequest', { limit: 3 }),
  rpc('TuningService/InspectUser', 'InspectUserRequest', { userId: 'bob' }),
  rpc('TuningService/Drain', 'DrainRequest', { origin: 'eu' }),
];

function rpc(path: string, name: string, fields: object) {
  const descriptor = messageOf(name);
  return { path: `/phid.v1.${path}`, bytes: toBinary(descriptor, create(descriptor, fields)) };
}

/** A message in the frame that gRPC puts it in. */
function framed(message: Uint8Array, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const call = fc.constantFrom(...rpcs).chain(({ path, bytes }) =>
  fc.record({
    path: fc.oneof(
      { arbitrary: fc.constant(path), weight: 12 },
      fc.constantFrom('/', '/phid.v1.X/Y', path.slice(0, -1)),
    ),
    body: fc.oneof(
      { arbitrary: mutatedBytes(fc.constant(bytes)).map((message) => framed(message)), weight: 8 },
      { arbitrary: mutatedBytes(fc.constant(framed(bytes))), weight: 2 },
      {
        arbitrary: fc
          .array(mutatedBytes(fc.constant(bytes)))
          .map((many) => Buffer.concat(many.map((m) => framed(m)))),
        weight: 1,
      },
    ),
    timeout: fc.constantFrom(undefined, undefined, undefined, '1m', 'x', '99999999999H', '-1S'),
  }),
);

interface Answer {
  readonly code: number | undefined;
  readonly message: string;
  readonly data: Buffer;
}

/** What is answered, up to the first message of a stream. */
function ask(
  session: ClientHttp2Session,
  path: string,
  body: Buffer,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve) => {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
      ...headers,
    });
    const chunks: Buffer[] = [];
    let head: Record<string, unknown> = {};
    const done = () => {
      const code = head['grpc-status'];
      const message = decodeURIComponent(String(head['grpc-message'] ?? ''));
      resolve({ code: code === undefined ? undefined : Number(code), message, data: Buffer.concat(chunks) });
    };
    stream.on('response', (said) => Object.assign(head, said));
    stream.on('trailers', (said) => {
      head = { ...head, ...said };
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      // Of a stream that does not end.
      if (/Watch|Track/.test(path)) stream.close();
    });
    stream.on('error', () => {});
    stream.on('close', done);
    stream.end(body);
    // A follower of a log that has nothing to say; and what waits for the rest of a message.
    if (/Watch|Track/.test(path)) setTimeout(() => stream.close(), 50).unref();
  });
}

/** What a caller may be told: nothing that means that something here is broken. */
const CODES = [
  ...[status.OK, status.INVALID_ARGUMENT, status.NOT_FOUND, status.FAILED_PRECONDITION, status.UNIMPLEMENTED],
  ...[status.RESOURCE_EXHAUSTED, status.CANCELLED, status.DEADLINE_EXCEEDED],
];
/** What the library says of frames and messages that it cannot read. */
const BY_LIBRARY = /deserializ|[Pp]ars|[Ff]rame|compress|message|grpc-timeout|[Uu]nimplemented/;

async function checkGood(session: ClientHttp2Session, node: FuzzedNode): Promise<void> {
  const { path, bytes } = rpcs[4] as (typeof rpcs)[number];
  const answer = await ask(session, path, framed(bytes), { authorization: `Bearer ${node.token}` });
  strictEqual(answer.code, status.OK, `a good call after it is answered ${answer.code} ${answer.message}`);
  ok(answer.data.length > 5, 'and says something');
}

export const grpc: Target = {
  name: 'grpc',
  what: 'every rpc of a real node: a status that says what is wrong, and the next call is answered',
  cases: 40_000,
  quickCases: 250,
  async open() {
    const node = await startFuzzedNode();
    const session = connect(`http://127.0.0.1:${node.service.grpcPort}`);
    session.on('error', () => {});
    const property = fc.asyncProperty(call, async ({ path, body, timeout }) => {
      const headers = { authorization: `Bearer ${node.token}`, ...(timeout && { 'grpc-timeout': timeout }) };
      const { code, message } = await ask(session, path, body, headers);
      if (code !== undefined && !CODES.includes(code)) {
        ok(code === status.INTERNAL && BY_LIBRARY.test(message), `answered ${status[code]}: ${message}`);
      }
      if (code === status.INVALID_ARGUMENT) ok(/^[a-z_.[\]\d]+: |cannot be parsed/.test(message), message);
      await checkGood(session, node);
      node.checkLog();
    });
    return {
      property,
      async close() {
        session.destroy();
        await node.stop();
        deepStrictEqual(node.service.presence.tracker.subscriptions, 0, 'streams that nobody reads');
      },
    };
  },
};
