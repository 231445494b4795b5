import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import type { BatchSuspicionRequest__Output } from '../gen/phid/v1/BatchSuspicionRequest.js';
import type { HeartbeatResponse } from '../gen/phid/v1/HeartbeatResponse.js';
import type { HeartbeatStreamResponse } from '../gen/phid/v1/HeartbeatStreamResponse.js';
import type { IsOnlineRequest__Output } from '../gen/phid/v1/IsOnlineRequest.js';
import type { ListGroupRequest__Output } from '../gen/phid/v1/ListGroupRequest.js';
import type { PresenceServiceHandlers } from '../gen/phid/v1/PresenceService.js';
import type { SuspicionRequest__Output } from '../gen/phid/v1/SuspicionRequest.js';
import type { WatchNamespaceRequest__Output } from '../gen/phid/v1/WatchNamespaceRequest.js';
import { PresenceService } from './definition.js';
import { decodeHeartbeatRequest, type HeartbeatRequest } from './heartbeat-codec.js';

/** What answers the rpcs; requests and answers of the hot ones are what their codecs take and give. */
export type ServiceHandlers = Pick<
  PresenceServiceHandlers,
  'Leave' | 'SetVisibility' | 'AddToGroup' | 'RemoveFromGroup'
> &
  HotHandlers;

interface HotHandlers {
  readonly Heartbeat: handleUnaryCall<HeartbeatRequest, HeartbeatResponse>;
  /** Messages come as they were received: those of a stream that is held back take less room so. */
  readonly HeartbeatStream: handleBidiStreamingCall<Buffer, HeartbeatStreamResponse>;
  /** Answers about users are written where it is known who asks. */
  readonly IsOnline: handleUnaryCall<IsOnlineRequest__Output, Buffer>;
  readonly Suspicion: handleUnaryCall<SuspicionRequest__Output, Buffer>;
  readonly BatchSuspicion: handleUnaryCall<BatchSuspicionRequest__Output, Buffer>;
  readonly ListGroup: handleUnaryCall<ListGroupRequest__Output, Buffer>;
  /** Requests come as they were received, and are read in their turn. Events go as bytes: what waits for the transport is three hundred of them, not a tree of objects several times as large. */
  readonly Watch: handleServerStreamingCall<Buffer, Buffer>;
  readonly Track: handleBidiStreamingCall<Buffer, Buffer>;
  /** Changes stand in the log as they are sent. */
  readonly WatchNamespace: handleServerStreamingCall<WatchNamespaceRequest__Output, Buffer>;
}

const { service } = PresenceService;
const asItIs = (message: Buffer) => message;

/**
 * PresenceService as a server serves it: the contract that proto-loader loaded, with codecs of its own for the
 * messages that are many. On the wire nothing differs (test/grpc/*-codec.test.ts).
 */
export const serviceDefinition = {
  ...service,
  Heartbeat: { ...service.Heartbeat, requestDeserialize: decodeHeartbeatRequest },
  HeartbeatStream: { ...service.HeartbeatStream, requestDeserialize: asItIs },
  IsOnline: { ...service.IsOnline, responseSerialize: asItIs },
  Suspicion: { ...service.Suspicion, responseSerialize: asItIs },
  BatchSuspicion: { ...service.BatchSuspicion, responseSerialize: asItIs },
  ListGroup: { ...service.ListGroup, responseSerialize: asItIs },
  Watch: { ...service.Watch, requestDeserialize: asItIs, responseSerialize: asItIs },
  Track: { ...service.Track, requestDeserialize: asItIs, responseSerialize: asItIs },
  WatchNamespace: { ...service.WatchNamespace, responseSerialize: asItIs },
};
