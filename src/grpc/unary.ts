import { type handleUnaryCall, status } from '@grpc/grpc-js';
import type { BatchSuspicionRequest__Output } from '../gen/phid/v1/BatchSuspicionRequest.js';
import type { BatchSuspicionResponse } from '../gen/phid/v1/BatchSuspicionResponse.js';
import type { HeartbeatRequest__Output } from '../gen/phid/v1/HeartbeatRequest.js';
import type { HeartbeatResponse } from '../gen/phid/v1/HeartbeatResponse.js';
import type { IsOnlineRequest__Output } from '../gen/phid/v1/IsOnlineRequest.js';
import type { IsOnlineResponse } from '../gen/phid/v1/IsOnlineResponse.js';
import type { LeaveRequest__Output } from '../gen/phid/v1/LeaveRequest.js';
import type { LeaveResponse } from '../gen/phid/v1/LeaveResponse.js';
import type { SuspicionRequest__Output } from '../gen/phid/v1/SuspicionRequest.js';
import type { SuspicionResponse } from '../gen/phid/v1/SuspicionResponse.js';
import type { Assessment } from '../presence/assessment.js';
import { UnreadableRecordError } from '../presence/errors.js';
import type { RpcContext } from './context.js';
import { toSuspicion } from './conversion.js';
import { toRpcError } from './status.js';
import {
  validBatch,
  validHeartbeat,
  validId,
  validOrigin,
  validSessionOrAll,
  validThreshold,
} from './validation.js';

/** A unary rpc as an async function; errors become status, and the observer hears of every end. */
export function unary<Request, Response>(
  method: string,
  { log, observe, presence }: RpcContext,
  answer: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const startedMs = presence.clock.nowMs();
    const end = (code: number) => observe(method, code, presence.clock.nowMs() - startedMs);
    answer(call.request).then(
      (response) => {
        callback(null, response);
        end(status.OK);
      },
      (error: unknown) => {
        const rpcError = toRpcError(error, log);
        callback(rpcError);
        end(rpcError.code);
      },
    );
  };
}

export async function heartbeat(
  { presence }: RpcContext,
  request: HeartbeatRequest__Output,
): Promise<HeartbeatResponse> {
  const receivedMs = presence.clock.nowMs();
  const namespace = presence.namespaces.get(request.namespace);
  const origin = validOrigin(request.origin);
  const unreadable = await presence.ingest.record(namespace, [
    validHeartbeat(request.heartbeat, { namespace, origin, receivedMs }),
  ]);
  if (unreadable.length > 0) throw new UnreadableRecordError();
  return { suggestedIntervalMs: namespace.detector.settings.expectedIntervalMs };
}

export async function leave({ presence }: RpcContext, request: LeaveRequest__Output): Promise<LeaveResponse> {
  const namespace = presence.namespaces.get(request.namespace);
  const userId = validId('user_id', request.userId);
  await presence.ingest.leave(namespace, userId, validSessionOrAll(request.sessionId));
  return {};
}

export async function isOnline(
  context: RpcContext,
  request: IsOnlineRequest__Output,
): Promise<IsOnlineResponse> {
  const namespace = context.presence.namespaces.get(request.namespace);
  const threshold = validThreshold(request.threshold, namespace);
  const assessment = await assessOne(context, request);
  const phi = assessment.suspicion?.phi;
  return { online: phi !== undefined && phi < threshold, suspicion: toSuspicion(assessment) };
}

export async function suspicion(
  context: RpcContext,
  request: SuspicionRequest__Output,
): Promise<SuspicionResponse> {
  return { suspicion: toSuspicion(await assessOne(context, request)) };
}

export async function batchSuspicion(
  { presence }: RpcContext,
  request: BatchSuspicionRequest__Output,
): Promise<BatchSuspicionResponse> {
  const namespace = presence.namespaces.get(request.namespace);
  const assessments = await presence.assess(namespace, validBatch(request.userIds));
  return { suspicions: assessments.map(toSuspicion) };
}

async function assessOne(
  { presence }: RpcContext,
  request: { readonly namespace: string; readonly userId: string },
): Promise<Assessment> {
  const namespace = presence.namespaces.get(request.namespace);
  const [assessment] = await presence.assess(namespace, [validId('user_id', request.userId)]);
  return assessment as Assessment;
}
