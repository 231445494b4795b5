// Original file: proto/phid/v1/tuning.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DrainRequest as _phid_v1_DrainRequest, DrainRequest__Output as _phid_v1_DrainRequest__Output } from '../../phid/v1/DrainRequest.js';
import type { DrainResponse as _phid_v1_DrainResponse, DrainResponse__Output as _phid_v1_DrainResponse__Output } from '../../phid/v1/DrainResponse.js';

/**
 * TuningService is for operators and for what deploys gateways, not for clients.
 * 
 * Status codes of every rpc are as those of PresenceService.
 */
export interface TuningServiceClient extends grpc.Client {
  /**
   * Drain says that an origin will be silent on purpose, because its gateway restarts. Nobody whose silence
   * begins then is called SUSPECT or OFFLINE for it until they are heard again, through any origin, or until the
   * grace is over; then those who are still silent are told, not all at once. Known to every node within a
   * second. A drain of the same origin takes the place of the one before.
   */
  Drain(argument: _phid_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _phid_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _phid_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _phid_v1_DrainRequest, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Drain says that an origin will be silent on purpose, because its gateway restarts. Nobody whose silence
   * begins then is called SUSPECT or OFFLINE for it until they are heard again, through any origin, or until the
   * grace is over; then those who are still silent are told, not all at once. Known to every node within a
   * second. A drain of the same origin takes the place of the one before.
   */
  drain(argument: _phid_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _phid_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _phid_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _phid_v1_DrainRequest, callback: grpc.requestCallback<_phid_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * TuningService is for operators and for what deploys gateways, not for clients.
 * 
 * Status codes of every rpc are as those of PresenceService.
 */
export interface TuningServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Drain says that an origin will be silent on purpose, because its gateway restarts. Nobody whose silence
   * begins then is called SUSPECT or OFFLINE for it until they are heard again, through any origin, or until the
   * grace is over; then those who are still silent are told, not all at once. Known to every node within a
   * second. A drain of the same origin takes the place of the one before.
   */
  Drain: grpc.handleUnaryCall<_phid_v1_DrainRequest__Output, _phid_v1_DrainResponse>;
  
}

export interface TuningServiceDefinition extends grpc.ServiceDefinition {
  Drain: MethodDefinition<_phid_v1_DrainRequest, _phid_v1_DrainResponse, _phid_v1_DrainRequest__Output, _phid_v1_DrainResponse__Output>
}
