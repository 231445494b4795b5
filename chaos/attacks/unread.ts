import { connect } from 'node:http2';
import { PresenceService } from '../../src/grpc/definition.js';
import { call, connect as connectClient } from '../support/rpc.js';
import type { Attack, Counts, Target } from './attack.js';
import { openTls } from './connection.js';
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  frame,
  greeting,
  message,
  WINDOW_BYTES_MAX,
} from './frames.js';

const DEADLINE_MS = 2_000;
const CHURN_MS = 200;
/** Refusals of a batch: an answer of some hundred bytes. */
const HEARTBEATS = 10;
const BATCH_MS = 20;

/**
 * Streams that are opened, allowed to send without end, and not read: Watch, WatchNamespace, events of HTTP, and gateways that do not
 * take their acknowledgements. `churn` users come or go five times a second meanwhile, so that there is something to tell.
 */
export const unreadStreams: Attack = (target, { connections = 1, churn = 1 }) => {
  const counts: Counts = { streams: 0, changes: 0, batches: 0 };
  const userIds = Array.from({ length: churn }, (_, i) => `churn-${i}`);
  const { Watch, WatchNamespace } = PresenceService.service;
  const thresholds = { suspect: 1, offline: 2 };
  const ways = [
    (index: number) => unreadCall(target, index, 'Watch', Watch.requestSerialize({ userIds, thresholds })),
    (index: number) => unreadCall(target, index, 'WatchNamespace', WatchNamespace.requestSerialize({})),
    (index: number) => unreadEvents(target, index),
    () => unreadGateway(target, counts),
  ];
  for (let i = 0; i < connections; i++) {
    (ways[i % ways.length] as (typeof ways)[number])(i);
    counts.streams = (counts.streams ?? 0) + 1;
  }
  comeAndGo(target, userIds, counts);
  return counts;
};

/** The socket itself is not read, and no window of HTTP/2 is in the way: what is sent stays with phid and the kernel. */
function unreadCall(target: Target, index: number, rpc: string, request: Buffer): void {
  const socket = openTls(target.grpc, target, 'h2', index);
  const headers = callHeaders(rpc, { authorization: `Bearer ${target.token}` });
  socket.once('secureConnect', () => {
    socket.write(
      Buffer.concat([
        greeting(WINDOW_BYTES_MAX),
        frame('headers', { flags: END_HEADERS, stream: 1, payload: headers }),
        frame('data', { flags: END_STREAM, stream: 1, payload: message(request) }),
      ]),
    );
  });
}

function unreadEvents(target: Target, index: number): void {
  const socket = openTls(target.http, target, 'http/1.1', index);
  socket.once('secureConnect', () => {
    socket.write(
      'GET /api/v1/namespaces/default/changes HTTP/1.1\r\nhost: localhost\r\n' +
        `accept: text/event-stream\r\nauthorization: Bearer ${target.token}\r\n\r\n`,
    );
  });
}

/** A gateway that reads no answer: why each of its heartbeats is refused. */
function unreadGateway({ grpc, ca, token }: Target, counts: Counts): void {
  const session = connect(`https://${grpc}`, { ca, servername: 'localhost' });
  session.on('error', () => {});
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/phid.v1.PresenceService/HeartbeatStream' },
    ...{ 'content-type': 'application/grpc', te: 'trailers', authorization: `Bearer ${token}` },
  });
  stream.on('error', () => {});
  stream.pause();
  const heartbeats = Array.from({ length: HEARTBEATS }, () => ({ userId: '' }));
  const batch = message(PresenceService.service.HeartbeatStream.requestSerialize({ batchId: 1, heartbeats }));
  setInterval(() => {
    if (stream.writableNeedDrain || stream.destroyed) return;
    stream.write(batch);
    counts.batches = (counts.batches ?? 0) + 1;
  }, BATCH_MS);
}

function comeAndGo({ url }: Target, userIds: readonly string[], counts: Counts): void {
  const client = connectClient(url);
  let isThere = false;
  setInterval(() => {
    isThere = !isThere;
    for (const userId of userIds) {
      const done = isThere
        ? call(client, 'heartbeat', { heartbeat: { userId, sessionId: 'one' } }, DEADLINE_MS)
        : call(client, 'leave', { userId }, DEADLINE_MS);
      done.then(
        () => {
          counts.changes = (counts.changes ?? 0) + 1;
        },
        () => {},
      );
    }
  }, CHURN_MS);
}
