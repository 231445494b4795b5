import { type handleUnaryCall, type ServerUnaryCall, status } from '@grpc/grpc-js';
import type { Rpc } from '../access/roles.js';
import type { Asker } from '../api/audit.js';
import { validId, validOrigin, validSessionOrAll } from '../api/ids.js';
import type { BatchSuspicionRequest__Output } from '../gen/phid/v1/BatchSuspicionRequest.js';
import type { HeartbeatResponse } from '../gen/phid/v1/HeartbeatResponse.js';
import type { IsOnlineRequest__Output } from '../gen/phid/v1/IsOnlineRequest.js';
import type { LeaveRequest__Output } from '../gen/phid/v1/LeaveRequest.js';
import type { LeaveResponse } from '../gen/phid/v1/LeaveResponse.js';
import type { SetVisibilityRequest__Output } from '../gen/phid/v1/SetVisibilityRequest.js';
import type { SetVisibilityResponse } from '../gen/phid/v1/SetVisibilityResponse.js';
import type { SuspicionRequest__Output } from '../gen/phid/v1/SuspicionRequest.js';
import type { Assessment } from '../presence/assessment.js';
import { InvalidRequestError } from '../presence/errors.js';
import { StoreUnavailableError } from '../store/store.js';
import { admit } from './admission.js';
import type { RpcContext } from './context.js';
import type { HeartbeatRequest } from './heartbeat-codec.js';
import { toRpcError } from './status.js';
import type { OnlineAnswer } from './suspicion-codec.js';
import { completed, problemOf, validBatch, validThreshold } from './validation.js';

/** A unary rpc as an async function, for whom it is allowed; errors become status, and the observer hears of every end. */
export function unary<Request, Response>(
  method: Rpc,
  context: RpcContext,
  answer: (request: Request, asker: Asker) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  const { log, observe, presence } = context;
  const rpcs = [method];
  const answerPermitted = async (call: ServerUnaryCall<Request, Response>) => {
    const admitted = admit(rpcs, call, context);
    const permit = admitted instanceof Promise ? await admitted : admitted;
    permit.check((call.request as { readonly namespace?: string }).namespace ?? '');
    return answer(call.request, { permit, peer: call.getPeer() });
  };
  return (call, callback) => {
    const startedMs = presence.clock.nowMs();
    const end = (code: number) => observe(method, code, presence.clock.nowMs() - startedMs);
    answerPermitted(call).then(
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

/**
 * As unary, of an rpc whose answers are about users and written by a codec of their own: as bytes, and as exactly as the caller may
 * know when users were heard last.
 */
export function telling<Request, Answer>(
  method: Rpc,
  context: RpcContext,
  answer: (request: Request, asker: Asker) => Promise<Answer>,
  encode: (answer: Answer) => Buffer,
): handleUnaryCall<Request, Buffer> {
  return unary(method, context, async (request: Request, asker) => {
    const bytes = encode(await answer(request, asker));
    return context.telling.told(`${method}Response`, bytes, asker.permit.lastSeen);
  });
}

export async function heartbeat(
  { presence }: RpcContext,
  { namespace: name, origin, heartbeat }: HeartbeatRequest,
): Promise<HeartbeatResponse> {
  const receivedMs = presence.clock.nowMs();
  const namespace = presence.namespaces.get(name);
  if (!heartbeat) throw new InvalidRequestError('heartbeat', 'is missing');
  const problem = problemOf(heartbeat, namespace);
  if (problem) throw problem;
  const accepted = [completed(heartbeat, validOrigin(origin), receivedMs)];
  const [unrecorded] = await presence.ingest.record(namespace, accepted);
  if (unrecorded) throw unrecorded.error;
  return { suggestedIntervalMs: presence.ingest.suggestedIntervalMs(namespace) };
}

export async function leave({ presence }: RpcContext, request: LeaveRequest__Output): Promise<LeaveResponse> {
  const namespace = presence.namespaces.get(request.namespace);
  const userId = validId('user_id', request.userId);
  await presence.ingest.leave(namespace, userId, validSessionOrAll(request.sessionId));
  return {};
}

export async function setVisibility(
  { presence }: RpcContext,
  { namespace: name, userId, visible }: SetVisibilityRequest__Output,
): Promise<SetVisibilityResponse> {
  const namespace = presence.namespaces.get(name);
  await presence.ingest.setVisibility(namespace, validId('user_id', userId), visible);
  return {};
}

export async function isOnline(
  context: RpcContext,
  request: IsOnlineRequest__Output,
  { permit }: Asker,
): Promise<OnlineAnswer> {
  if (request.threshold !== undefined) permit.checkThresholds();
  const namespace = context.presence.namespaces.readable(request.namespace);
  const threshold = validThreshold(request.threshold, namespace);
  const assessment = await suspicion(context, request);
  if (assessment.isLost) {
    throw new StoreUnavailableError('the store has lost its data, and this user was not heard since');
  }
  const phi = assessment.suspicion?.phi;
  return { online: phi !== undefined && (phi < threshold || assessment.isWithheld), assessment };
}

export async function suspicion(
  { presence }: RpcContext,
  { namespace, userId }: Pick<SuspicionRequest__Output, 'namespace' | 'userId'>,
): Promise<Assessment> {
  return presence.reads.assess(presence.namespaces.readable(namespace), validId('user_id', userId));
}

export async function batchSuspicion(
  { presence }: RpcContext,
  { namespace, userIds }: BatchSuspicionRequest__Output,
): Promise<readonly Assessment[]> {
  return presence.reads.assessAll(presence.namespaces.readable(namespace), validBatch(userIds));
}
