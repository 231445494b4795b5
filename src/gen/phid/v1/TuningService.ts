// Original file: proto/phid/v1/tuning.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DrainRequest as _phid_v1_DrainRequest, DrainRequest__Output as _phid_v1_DrainRequest__Output } from '../../phid/v1/DrainRequest.js';
import type { DrainResponse as _phid_v1_DrainResponse, DrainResponse__Output as _phid_v1_DrainResponse__Output } from '../../phid/v1/DrainResponse.js';
import type { GetFleetRequest as _phid_v1_GetFleetRequest, GetFleetRequest__Output as _phid_v1_GetFleetRequest__Output } from '../../phid/v1/GetFleetRequest.js';
import type { GetFleetResponse as _phid_v1_GetFleetResponse, GetFleetResponse__Output as _phid_v1_GetFleetResponse__Output } from '../../phid/v1/GetFleetResponse.js';
import type { GetQualityRequest as _phid_v1_GetQualityRequest, GetQualityRequest__Output as _phid_v1_GetQualityRequest__Output } from '../../phid/v1/GetQualityRequest.js';
import type { GetQualityResponse as _phid_v1_GetQualityResponse, GetQualityResponse__Output as _phid_v1_GetQualityResponse__Output } from '../../phid/v1/GetQualityResponse.js';
import type { InspectUserRequest as _phid_v1_InspectUserRequest, InspectUserRequest__Output as _phid_v1_InspectUserRequest__Output } from '../../phid/v1/InspectUserRequest.js';
import type { InspectUserResponse as _phid_v1_InspectUserResponse, InspectUserResponse__Output as _phid_v1_InspectUserResponse__Output } from '../../phid/v1/InspectUserResponse.js';
import type { ListNamespacesRequest as _phid_v1_ListNamespacesRequest, ListNamespacesRequest__Output as _phid_v1_ListNamespacesRequest__Output } from '../../phid/v1/ListNamespacesRequest.js';
import type { ListNamespacesResponse as _phid_v1_ListNamespacesResponse, ListNamespacesResponse__Output as _phid_v1_ListNamespacesResponse__Output } from '../../phid/v1/ListNamespacesResponse.js';
import type { ListSuspectsRequest as _phid_v1_ListSuspectsRequest, ListSuspectsRequest__Output as _phid_v1_ListSuspectsRequest__Output } from '../../phid/v1/ListSuspectsRequest.js';
import type { ListSuspectsResponse as _phid_v1_ListSuspectsResponse, ListSuspectsResponse__Output as _phid_v1_ListSuspectsResponse__Output } from '../../phid/v1/ListSuspectsResponse.js';
import type { SetThresholdsRequest as _phid_v1_SetThresholdsRequest, SetThresholdsRequest__Output as _phid_v1_SetThresholdsRequest__Output } from '../../phid/v1/SetThresholdsRequest.js';
import type { SetThresholdsResponse as _phid_v1_SetThresholdsResponse, SetThresholdsResponse__Output as _phid_v1_SetThresholdsResponse__Output } from '../../phid/v1/SetThresholdsResponse.js';

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
  
  /**
   * GetFleet says how many users there are of each status, which nodes there are, and of whom statuses are withheld. Users are
   * counted by the nodes that own their shards, up to half a second ago.
   */
  GetFleet(argument: _phid_v1_GetFleetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  GetFleet(argument: _phid_v1_GetFleetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  GetFleet(argument: _phid_v1_GetFleetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  GetFleet(argument: _phid_v1_GetFleetRequest, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  /**
   * GetFleet says how many users there are of each status, which nodes there are, and of whom statuses are withheld. Users are
   * counted by the nodes that own their shards, up to half a second ago.
   */
  getFleet(argument: _phid_v1_GetFleetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _phid_v1_GetFleetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _phid_v1_GetFleetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _phid_v1_GetFleetRequest, callback: grpc.requestCallback<_phid_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * GetQuality says what the thresholds of a namespace cost its fleet, and what others would: counted by all nodes,
   * up to some seconds ago (learning.interval). Old counts weigh less (half_life of the namespace).
   */
  GetQuality(argument: _phid_v1_GetQualityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  GetQuality(argument: _phid_v1_GetQualityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  GetQuality(argument: _phid_v1_GetQualityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  GetQuality(argument: _phid_v1_GetQualityRequest, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  /**
   * GetQuality says what the thresholds of a namespace cost its fleet, and what others would: counted by all nodes,
   * up to some seconds ago (learning.interval). Old counts weigh less (half_life of the namespace).
   */
  getQuality(argument: _phid_v1_GetQualityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  getQuality(argument: _phid_v1_GetQualityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  getQuality(argument: _phid_v1_GetQualityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  getQuality(argument: _phid_v1_GetQualityRequest, callback: grpc.requestCallback<_phid_v1_GetQualityResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * InspectUser explains what is said of one user: why the status is what it is, in words, and of each session the
   * window, φ against silence and what the next interval is expected to be, to be drawn. For people: it costs far more
   * than Suspicion, which is for services.
   */
  InspectUser(argument: _phid_v1_InspectUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  InspectUser(argument: _phid_v1_InspectUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  InspectUser(argument: _phid_v1_InspectUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  InspectUser(argument: _phid_v1_InspectUserRequest, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  /**
   * InspectUser explains what is said of one user: why the status is what it is, in words, and of each session the
   * window, φ against silence and what the next interval is expected to be, to be drawn. For people: it costs far more
   * than Suspicion, which is for services.
   */
  inspectUser(argument: _phid_v1_InspectUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  inspectUser(argument: _phid_v1_InspectUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  inspectUser(argument: _phid_v1_InspectUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  inspectUser(argument: _phid_v1_InspectUserRequest, callback: grpc.requestCallback<_phid_v1_InspectUserResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * ListNamespaces says how every namespace is judged, by whose will, and what was changed of it at run time.
   */
  ListNamespaces(argument: _phid_v1_ListNamespacesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  ListNamespaces(argument: _phid_v1_ListNamespacesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  ListNamespaces(argument: _phid_v1_ListNamespacesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  ListNamespaces(argument: _phid_v1_ListNamespacesRequest, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * ListNamespaces says how every namespace is judged, by whose will, and what was changed of it at run time.
   */
  listNamespaces(argument: _phid_v1_ListNamespacesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  listNamespaces(argument: _phid_v1_ListNamespacesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  listNamespaces(argument: _phid_v1_ListNamespacesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  listNamespaces(argument: _phid_v1_ListNamespacesRequest, callback: grpc.requestCallback<_phid_v1_ListNamespacesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * ListSuspects names the most suspicious of the users who are SUSPECT: who will be OFFLINE next. Of those of whom the
   * node that is asked knows, because their shards are its own or somebody watches them there; of a thousand users at most,
   * O(users that the node knows of).
   */
  ListSuspects(argument: _phid_v1_ListSuspectsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  ListSuspects(argument: _phid_v1_ListSuspectsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  ListSuspects(argument: _phid_v1_ListSuspectsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  ListSuspects(argument: _phid_v1_ListSuspectsRequest, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * ListSuspects names the most suspicious of the users who are SUSPECT: who will be OFFLINE next. Of those of whom the
   * node that is asked knows, because their shards are its own or somebody watches them there; of a thousand users at most,
   * O(users that the node knows of).
   */
  listSuspects(argument: _phid_v1_ListSuspectsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  listSuspects(argument: _phid_v1_ListSuspectsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  listSuspects(argument: _phid_v1_ListSuspectsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  listSuspects(argument: _phid_v1_ListSuspectsRequest, callback: grpc.requestCallback<_phid_v1_ListSuspectsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * SetThresholds changes what the thresholds of a namespace are for, on every node within two seconds, also through
   * restarts. What is set here wins over the configuration file until it is cleared. With `dry_run` nothing changes:
   * what the thresholds would have cost is counted beside the real ones, and GetQuality says it.
   * Whoever watches by the namespace's thresholds is told of every status that is another by the new ones, with the
   * cause THRESHOLDS.
   */
  SetThresholds(argument: _phid_v1_SetThresholdsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  SetThresholds(argument: _phid_v1_SetThresholdsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  SetThresholds(argument: _phid_v1_SetThresholdsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  SetThresholds(argument: _phid_v1_SetThresholdsRequest, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * SetThresholds changes what the thresholds of a namespace are for, on every node within two seconds, also through
   * restarts. What is set here wins over the configuration file until it is cleared. With `dry_run` nothing changes:
   * what the thresholds would have cost is counted beside the real ones, and GetQuality says it.
   * Whoever watches by the namespace's thresholds is told of every status that is another by the new ones, with the
   * cause THRESHOLDS.
   */
  setThresholds(argument: _phid_v1_SetThresholdsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  setThresholds(argument: _phid_v1_SetThresholdsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  setThresholds(argument: _phid_v1_SetThresholdsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  setThresholds(argument: _phid_v1_SetThresholdsRequest, callback: grpc.requestCallback<_phid_v1_SetThresholdsResponse__Output>): grpc.ClientUnaryCall;
  
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
  
  /**
   * GetFleet says how many users there are of each status, which nodes there are, and of whom statuses are withheld. Users are
   * counted by the nodes that own their shards, up to half a second ago.
   */
  GetFleet: grpc.handleUnaryCall<_phid_v1_GetFleetRequest__Output, _phid_v1_GetFleetResponse>;
  
  /**
   * GetQuality says what the thresholds of a namespace cost its fleet, and what others would: counted by all nodes,
   * up to some seconds ago (learning.interval). Old counts weigh less (half_life of the namespace).
   */
  GetQuality: grpc.handleUnaryCall<_phid_v1_GetQualityRequest__Output, _phid_v1_GetQualityResponse>;
  
  /**
   * InspectUser explains what is said of one user: why the status is what it is, in words, and of each session the
   * window, φ against silence and what the next interval is expected to be, to be drawn. For people: it costs far more
   * than Suspicion, which is for services.
   */
  InspectUser: grpc.handleUnaryCall<_phid_v1_InspectUserRequest__Output, _phid_v1_InspectUserResponse>;
  
  /**
   * ListNamespaces says how every namespace is judged, by whose will, and what was changed of it at run time.
   */
  ListNamespaces: grpc.handleUnaryCall<_phid_v1_ListNamespacesRequest__Output, _phid_v1_ListNamespacesResponse>;
  
  /**
   * ListSuspects names the most suspicious of the users who are SUSPECT: who will be OFFLINE next. Of those of whom the
   * node that is asked knows, because their shards are its own or somebody watches them there; of a thousand users at most,
   * O(users that the node knows of).
   */
  ListSuspects: grpc.handleUnaryCall<_phid_v1_ListSuspectsRequest__Output, _phid_v1_ListSuspectsResponse>;
  
  /**
   * SetThresholds changes what the thresholds of a namespace are for, on every node within two seconds, also through
   * restarts. What is set here wins over the configuration file until it is cleared. With `dry_run` nothing changes:
   * what the thresholds would have cost is counted beside the real ones, and GetQuality says it.
   * Whoever watches by the namespace's thresholds is told of every status that is another by the new ones, with the
   * cause THRESHOLDS.
   */
  SetThresholds: grpc.handleUnaryCall<_phid_v1_SetThresholdsRequest__Output, _phid_v1_SetThresholdsResponse>;
  
}

export interface TuningServiceDefinition extends grpc.ServiceDefinition {
  Drain: MethodDefinition<_phid_v1_DrainRequest, _phid_v1_DrainResponse, _phid_v1_DrainRequest__Output, _phid_v1_DrainResponse__Output>
  GetFleet: MethodDefinition<_phid_v1_GetFleetRequest, _phid_v1_GetFleetResponse, _phid_v1_GetFleetRequest__Output, _phid_v1_GetFleetResponse__Output>
  GetQuality: MethodDefinition<_phid_v1_GetQualityRequest, _phid_v1_GetQualityResponse, _phid_v1_GetQualityRequest__Output, _phid_v1_GetQualityResponse__Output>
  InspectUser: MethodDefinition<_phid_v1_InspectUserRequest, _phid_v1_InspectUserResponse, _phid_v1_InspectUserRequest__Output, _phid_v1_InspectUserResponse__Output>
  ListNamespaces: MethodDefinition<_phid_v1_ListNamespacesRequest, _phid_v1_ListNamespacesResponse, _phid_v1_ListNamespacesRequest__Output, _phid_v1_ListNamespacesResponse__Output>
  ListSuspects: MethodDefinition<_phid_v1_ListSuspectsRequest, _phid_v1_ListSuspectsResponse, _phid_v1_ListSuspectsRequest__Output, _phid_v1_ListSuspectsResponse__Output>
  SetThresholds: MethodDefinition<_phid_v1_SetThresholdsRequest, _phid_v1_SetThresholdsResponse, _phid_v1_SetThresholdsRequest__Output, _phid_v1_SetThresholdsResponse__Output>
}
