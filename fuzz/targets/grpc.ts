import { ok, strictEqual } from 'node:assert';
import { type ClientHttp2Session, connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { callRaw, framed } from '../support/grpc-call.js';
import { messageOf } from '../support/messages.js';
import { mutatedBytes } from '../support/mutated.js';
import { type FuzzedNode, startFuzzedNode } from '../support/node.js';
import type { Target } from '../support/target.js';

/** A request as it would be valid, of every rpc. */
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

function rpc(path: string, name: string, fields: Record<string, unknown>) {
  const descriptor = messageOf(name);
  return { path: `/phid.v1.${path}`, bytes: toBinary(descriptor, create(descriptor, fields)) };
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

/** What a caller may be told: nothing that means that something here is broken. */
const CODES = [
  ...[status.OK, status.INVALID_ARGUMENT, status.NOT_FOUND, status.FAILED_PRECONDITION, status.UNIMPLEMENTED],
  ...[status.RESOURCE_EXHAUSTED, status.CANCELLED, status.DEADLINE_EXCEEDED],
];
/** What the library says of frames and messages that it cannot read. */
const BY_LIBRARY = /deserializ|[Pp]ars|[Ff]rame|compress|message|grpc-timeout|[Uu]nimplemented/;

async function checkGood(session: ClientHttp2Session, node: FuzzedNode): Promise<void> {
  const { path, bytes } = rpcs[4] as (typeof rpcs)[number];
  const headers = { authorization: `Bearer ${node.token}` };
  const answer = await callRaw(session, { path, body: framed(bytes), headers, isOpen: false });
  strictEqual(answer.code, status.OK, `a good call after it is answered ${answer.code} ${answer.message}`);
  ok(answer.data.length > 5, 'and says something');
}

export const grpc: Target = {
  name: 'grpc',
  what: 'every rpc of a real node: a status that says what is wrong, and the next call is answered',
  cases: 30_000,
  quickCases: 60,
  async open() {
    const node = await startFuzzedNode();
    const session = connect(`http://127.0.0.1:${node.service.grpcPort}`);
    session.on('error', () => {});
    const property = fc.asyncProperty(call, async ({ path, body, timeout }) => {
      const headers = { authorization: `Bearer ${node.token}`, ...(timeout && { 'grpc-timeout': timeout }) };
      const isOpen = /Watch|Track/.test(path);
      const { code, message } = await callRaw(session, { path, body, headers, isOpen });
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
        strictEqual(node.service.presence.tracker.subscriptions, 0, 'streams that nobody reads');
      },
    };
  },
};
