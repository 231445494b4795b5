import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { BatchSuspicionRequest__Output } from '../../src/gen/phid/v1/BatchSuspicionRequest.js';
import type { HeartbeatRequest__Output } from '../../src/gen/phid/v1/HeartbeatRequest.js';
import type { HeartbeatStreamRequest__Output } from '../../src/gen/phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse } from '../../src/gen/phid/v1/HeartbeatStreamResponse.js';
import type { IsOnlineRequest__Output } from '../../src/gen/phid/v1/IsOnlineRequest.js';
import type { Rejection } from '../../src/gen/phid/v1/Rejection.js';
import type { SuspicionRequest__Output } from '../../src/gen/phid/v1/SuspicionRequest.js';
import { built } from '../support/built.js';
import { presenceOf, type RedisUse, type TtlPresence, ttlKeyOf } from './presence-of.js';

/**
 * What phid is measured against: presence by keys that expire, behind phid's own front end (gRPC library, decoding,
 * validation). Arguments: mode, URL of Redis. `empty` answers unary rpcs without any work: what gRPC itself costs.
 * Tells its parent where it listens, and ends with it.
 */
export type Mode = RedisUse | 'empty';

const [mode, redisUrl] = process.argv.slice(2) as [Mode, string];
const { PresenceService } = await built<typeof import('../../src/grpc/definition.js')>('grpc/definition.js');
const { validId, validOrigin } = await built<typeof import('../../src/api/ids.js')>('api/ids.js');
const { validBatch } = await built<typeof import('../../src/grpc/validation.js')>('grpc/validation.js');

/** Batches of a stream that are being recorded before it is read no further: phid's default. */
const IN_FLIGHT_MAX = 16;
const SUGGESTED_INTERVAL_MS = 10_000;

type StreamCall = ServerDuplexStream<HeartbeatStreamRequest__Output, HeartbeatStreamResponse>;

function handlersOf(presence: TtlPresence): UntypedServiceImplementation {
  return {
    Heartbeat: unary(async ({ namespace, heartbeat, origin }: HeartbeatRequest__Output) => {
      validOrigin(origin);
      validId('session_id', heartbeat?.sessionId ?? '');
      await presence.touch([ttlKeyOf(namespace, validId('user_id', heartbeat?.userId ?? ''))]);
      return { suggestedIntervalMs: SUGGESTED_INTERVAL_MS };
    }),
    HeartbeatStream: (call: StreamCall) => heartbeatStream(call, presence),
    IsOnline: unary(async ({ namespace, userId }: IsOnlineRequest__Output) => {
      const [online] = await presence.exist([ttlKeyOf(namespace, validId('user_id', userId))]);
      return { online };
    }),
    Suspicion: unary(async ({ namespace, userId }: SuspicionRequest__Output) => {
      const [online] = await presence.exist([ttlKeyOf(namespace, validId('user_id', userId))]);
      return { suspicion: { userId, status: online ? 'ONLINE' : 'OFFLINE' } };
    }),
    BatchSuspicion: unary(async ({ namespace, userIds }: BatchSuspicionRequest__Output) => {
      const keys = validBatch(userIds).map((userId) => ttlKeyOf(namespace, userId));
      const online = await presence.exist(keys);
      return {
        suspicions: userIds.map((userId, i) => ({ userId, status: online[i] ? 'ONLINE' : 'OFFLINE' })),
      };
    }),
  };
}

function unary<Request>(answer: (request: Request) => Promise<object>): handleUnaryCall<Request, object> {
  return (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: status.INVALID_ARGUMENT, details: error.message }),
    );
  };
}

function heartbeatStream(call: StreamCall, presence: TtlPresence): void {
  let inFlight = 0;
  call.on('data', async (request: HeartbeatStreamRequest__Output) => {
    inFlight += 1;
    if (inFlight >= IN_FLIGHT_MAX) call.pause();
    try {
      // Replies of one connection to Redis are in order, and so are the answers.
      call.write(await record(request, presence));
    } catch (error) {
      call.emit('error', { code: status.INVALID_ARGUMENT, details: (error as Error).message });
    }
    inFlight -= 1;
    if (inFlight < IN_FLIGHT_MAX) call.resume();
  });
  call.on('end', () => call.end());
}

async function record(
  { namespace, origin, batchId, heartbeats }: HeartbeatStreamRequest__Output,
  presence: TtlPresence,
): Promise<HeartbeatStreamResponse> {
  validOrigin(origin);
  const keys: string[] = [];
  const rejections: Rejection[] = [];
  for (const [index, { userId, sessionId }] of heartbeats.entries()) {
    try {
      validId('session_id', sessionId);
      keys.push(ttlKeyOf(namespace, validId('user_id', userId)));
    } catch (error) {
      rejections.push({ index, reason: (error as Error).message });
    }
  }
  await presence.touch(keys);
  return { batchId, accepted: keys.length, rejections, suggestedIntervalMs: SUGGESTED_INTERVAL_MS };
}

const empty: handleUnaryCall<unknown, object> = (_call, callback) => callback(null, {});
const nothing = { Heartbeat: empty, IsOnline: empty, Suspicion: empty, BatchSuspicion: empty };

const server = new Server();
server.addService(
  PresenceService.service,
  mode === 'empty' ? nothing : handlersOf(presenceOf(mode, redisUrl)),
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ address: `127.0.0.1:${port}` });
});
process.on('disconnect', () => process.exit());
