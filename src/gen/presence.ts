import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { AddToGroupRequest as _phid_v1_AddToGroupRequest, AddToGroupRequest__Output as _phid_v1_AddToGroupRequest__Output } from './phid/v1/AddToGroupRequest.js';
import type { AddToGroupResponse as _phid_v1_AddToGroupResponse, AddToGroupResponse__Output as _phid_v1_AddToGroupResponse__Output } from './phid/v1/AddToGroupResponse.js';
import type { BatchSuspicionRequest as _phid_v1_BatchSuspicionRequest, BatchSuspicionRequest__Output as _phid_v1_BatchSuspicionRequest__Output } from './phid/v1/BatchSuspicionRequest.js';
import type { BatchSuspicionResponse as _phid_v1_BatchSuspicionResponse, BatchSuspicionResponse__Output as _phid_v1_BatchSuspicionResponse__Output } from './phid/v1/BatchSuspicionResponse.js';
import type { FleetHold as _phid_v1_FleetHold, FleetHold__Output as _phid_v1_FleetHold__Output } from './phid/v1/FleetHold.js';
import type { FleetNode as _phid_v1_FleetNode, FleetNode__Output as _phid_v1_FleetNode__Output } from './phid/v1/FleetNode.js';
import type { GetFleetRequest as _phid_v1_GetFleetRequest, GetFleetRequest__Output as _phid_v1_GetFleetRequest__Output } from './phid/v1/GetFleetRequest.js';
import type { GetFleetResponse as _phid_v1_GetFleetResponse, GetFleetResponse__Output as _phid_v1_GetFleetResponse__Output } from './phid/v1/GetFleetResponse.js';
import type { Heartbeat as _phid_v1_Heartbeat, Heartbeat__Output as _phid_v1_Heartbeat__Output } from './phid/v1/Heartbeat.js';
import type { HeartbeatRequest as _phid_v1_HeartbeatRequest, HeartbeatRequest__Output as _phid_v1_HeartbeatRequest__Output } from './phid/v1/HeartbeatRequest.js';
import type { HeartbeatResponse as _phid_v1_HeartbeatResponse, HeartbeatResponse__Output as _phid_v1_HeartbeatResponse__Output } from './phid/v1/HeartbeatResponse.js';
import type { HeartbeatStreamRequest as _phid_v1_HeartbeatStreamRequest, HeartbeatStreamRequest__Output as _phid_v1_HeartbeatStreamRequest__Output } from './phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse as _phid_v1_HeartbeatStreamResponse, HeartbeatStreamResponse__Output as _phid_v1_HeartbeatStreamResponse__Output } from './phid/v1/HeartbeatStreamResponse.js';
import type { IsOnlineRequest as _phid_v1_IsOnlineRequest, IsOnlineRequest__Output as _phid_v1_IsOnlineRequest__Output } from './phid/v1/IsOnlineRequest.js';
import type { IsOnlineResponse as _phid_v1_IsOnlineResponse, IsOnlineResponse__Output as _phid_v1_IsOnlineResponse__Output } from './phid/v1/IsOnlineResponse.js';
import type { LeaveRequest as _phid_v1_LeaveRequest, LeaveRequest__Output as _phid_v1_LeaveRequest__Output } from './phid/v1/LeaveRequest.js';
import type { LeaveResponse as _phid_v1_LeaveResponse, LeaveResponse__Output as _phid_v1_LeaveResponse__Output } from './phid/v1/LeaveResponse.js';
import type { ListGroupRequest as _phid_v1_ListGroupRequest, ListGroupRequest__Output as _phid_v1_ListGroupRequest__Output } from './phid/v1/ListGroupRequest.js';
import type { ListGroupResponse as _phid_v1_ListGroupResponse, ListGroupResponse__Output as _phid_v1_ListGroupResponse__Output } from './phid/v1/ListGroupResponse.js';
import type { NamespaceCensus as _phid_v1_NamespaceCensus, NamespaceCensus__Output as _phid_v1_NamespaceCensus__Output } from './phid/v1/NamespaceCensus.js';
import type { Notice as _phid_v1_Notice, Notice__Output as _phid_v1_Notice__Output } from './phid/v1/Notice.js';
import type { PresenceServiceClient as _phid_v1_PresenceServiceClient, PresenceServiceDefinition as _phid_v1_PresenceServiceDefinition } from './phid/v1/PresenceService.js';
import type { Rejection as _phid_v1_Rejection, Rejection__Output as _phid_v1_Rejection__Output } from './phid/v1/Rejection.js';
import type { RemoveFromGroupRequest as _phid_v1_RemoveFromGroupRequest, RemoveFromGroupRequest__Output as _phid_v1_RemoveFromGroupRequest__Output } from './phid/v1/RemoveFromGroupRequest.js';
import type { RemoveFromGroupResponse as _phid_v1_RemoveFromGroupResponse, RemoveFromGroupResponse__Output as _phid_v1_RemoveFromGroupResponse__Output } from './phid/v1/RemoveFromGroupResponse.js';
import type { Resync as _phid_v1_Resync, Resync__Output as _phid_v1_Resync__Output } from './phid/v1/Resync.js';
import type { SessionSuspicion as _phid_v1_SessionSuspicion, SessionSuspicion__Output as _phid_v1_SessionSuspicion__Output } from './phid/v1/SessionSuspicion.js';
import type { SetVisibilityRequest as _phid_v1_SetVisibilityRequest, SetVisibilityRequest__Output as _phid_v1_SetVisibilityRequest__Output } from './phid/v1/SetVisibilityRequest.js';
import type { SetVisibilityResponse as _phid_v1_SetVisibilityResponse, SetVisibilityResponse__Output as _phid_v1_SetVisibilityResponse__Output } from './phid/v1/SetVisibilityResponse.js';
import type { StatusChange as _phid_v1_StatusChange, StatusChange__Output as _phid_v1_StatusChange__Output } from './phid/v1/StatusChange.js';
import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from './phid/v1/Suspicion.js';
import type { SuspicionRequest as _phid_v1_SuspicionRequest, SuspicionRequest__Output as _phid_v1_SuspicionRequest__Output } from './phid/v1/SuspicionRequest.js';
import type { SuspicionResponse as _phid_v1_SuspicionResponse, SuspicionResponse__Output as _phid_v1_SuspicionResponse__Output } from './phid/v1/SuspicionResponse.js';
import type { Synced as _phid_v1_Synced, Synced__Output as _phid_v1_Synced__Output } from './phid/v1/Synced.js';
import type { Thresholds as _phid_v1_Thresholds, Thresholds__Output as _phid_v1_Thresholds__Output } from './phid/v1/Thresholds.js';
import type { TrackRequest as _phid_v1_TrackRequest, TrackRequest__Output as _phid_v1_TrackRequest__Output } from './phid/v1/TrackRequest.js';
import type { TrackResponse as _phid_v1_TrackResponse, TrackResponse__Output as _phid_v1_TrackResponse__Output } from './phid/v1/TrackResponse.js';
import type { WatchNamespaceRequest as _phid_v1_WatchNamespaceRequest, WatchNamespaceRequest__Output as _phid_v1_WatchNamespaceRequest__Output } from './phid/v1/WatchNamespaceRequest.js';
import type { WatchNamespaceResponse as _phid_v1_WatchNamespaceResponse, WatchNamespaceResponse__Output as _phid_v1_WatchNamespaceResponse__Output } from './phid/v1/WatchNamespaceResponse.js';
import type { WatchRequest as _phid_v1_WatchRequest, WatchRequest__Output as _phid_v1_WatchRequest__Output } from './phid/v1/WatchRequest.js';
import type { WatchResponse as _phid_v1_WatchResponse, WatchResponse__Output as _phid_v1_WatchResponse__Output } from './phid/v1/WatchResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  phid: {
    v1: {
      Activity: EnumTypeDefinition
      AddToGroupRequest: MessageTypeDefinition<_phid_v1_AddToGroupRequest, _phid_v1_AddToGroupRequest__Output>
      AddToGroupResponse: MessageTypeDefinition<_phid_v1_AddToGroupResponse, _phid_v1_AddToGroupResponse__Output>
      BatchSuspicionRequest: MessageTypeDefinition<_phid_v1_BatchSuspicionRequest, _phid_v1_BatchSuspicionRequest__Output>
      BatchSuspicionResponse: MessageTypeDefinition<_phid_v1_BatchSuspicionResponse, _phid_v1_BatchSuspicionResponse__Output>
      FleetHold: MessageTypeDefinition<_phid_v1_FleetHold, _phid_v1_FleetHold__Output>
      FleetNode: MessageTypeDefinition<_phid_v1_FleetNode, _phid_v1_FleetNode__Output>
      GetFleetRequest: MessageTypeDefinition<_phid_v1_GetFleetRequest, _phid_v1_GetFleetRequest__Output>
      GetFleetResponse: MessageTypeDefinition<_phid_v1_GetFleetResponse, _phid_v1_GetFleetResponse__Output>
      Heartbeat: MessageTypeDefinition<_phid_v1_Heartbeat, _phid_v1_Heartbeat__Output>
      HeartbeatRequest: MessageTypeDefinition<_phid_v1_HeartbeatRequest, _phid_v1_HeartbeatRequest__Output>
      HeartbeatResponse: MessageTypeDefinition<_phid_v1_HeartbeatResponse, _phid_v1_HeartbeatResponse__Output>
      HeartbeatStreamRequest: MessageTypeDefinition<_phid_v1_HeartbeatStreamRequest, _phid_v1_HeartbeatStreamRequest__Output>
      HeartbeatStreamResponse: MessageTypeDefinition<_phid_v1_HeartbeatStreamResponse, _phid_v1_HeartbeatStreamResponse__Output>
      IsOnlineRequest: MessageTypeDefinition<_phid_v1_IsOnlineRequest, _phid_v1_IsOnlineRequest__Output>
      IsOnlineResponse: MessageTypeDefinition<_phid_v1_IsOnlineResponse, _phid_v1_IsOnlineResponse__Output>
      LeaveRequest: MessageTypeDefinition<_phid_v1_LeaveRequest, _phid_v1_LeaveRequest__Output>
      LeaveResponse: MessageTypeDefinition<_phid_v1_LeaveResponse, _phid_v1_LeaveResponse__Output>
      ListGroupRequest: MessageTypeDefinition<_phid_v1_ListGroupRequest, _phid_v1_ListGroupRequest__Output>
      ListGroupResponse: MessageTypeDefinition<_phid_v1_ListGroupResponse, _phid_v1_ListGroupResponse__Output>
      NamespaceCensus: MessageTypeDefinition<_phid_v1_NamespaceCensus, _phid_v1_NamespaceCensus__Output>
      Notice: MessageTypeDefinition<_phid_v1_Notice, _phid_v1_Notice__Output>
      /**
       * PresenceService takes the heartbeats of users' sessions and answers how likely it is that a user is gone.
       * 
       * What holds for every rpc:
       * - An empty `namespace` means "default".
       * - user_id and session_id are 1 to 256 bytes of UTF-8, origin 0 to 64 bytes. phid gives them no meaning.
       * - A user who was never seen is no error: the status is UNKNOWN.
       * - A user may be invisible (SetVisibility): to every caller and in every rpc as if they had left.
       * - A group is a set of users of a namespace that callers maintain, such as the members of a chat room. Its id
       * is 1 to 256 bytes of UTF-8. One that nobody made is no error: it is empty. A group lives until it is emptied.
       * 
       * Status codes of every rpc:
       * - FAILED_PRECONDITION: the record of the user has a format that this server does not know (Heartbeat, Leave, SetVisibility).
       * - INVALID_ARGUMENT: a field is out of its range, or names a namespace that is not configured; the message
       * names the field and the value.
       * - RESOURCE_EXHAUSTED: a limit of the server is reached; the message names it. Ask for less, or retry later.
       * - UNAVAILABLE: the store cannot be reached, or the server is shutting down. Retry with back-off. Heartbeats
       * and leaves wait for the store, for as long as the caller's deadline allows, and are recorded when it is back
       * even if the caller has given up by then.
       */
      PresenceService: SubtypeConstructor<typeof grpc.Client, _phid_v1_PresenceServiceClient> & { service: _phid_v1_PresenceServiceDefinition }
      Rejection: MessageTypeDefinition<_phid_v1_Rejection, _phid_v1_Rejection__Output>
      RemoveFromGroupRequest: MessageTypeDefinition<_phid_v1_RemoveFromGroupRequest, _phid_v1_RemoveFromGroupRequest__Output>
      RemoveFromGroupResponse: MessageTypeDefinition<_phid_v1_RemoveFromGroupResponse, _phid_v1_RemoveFromGroupResponse__Output>
      Resync: MessageTypeDefinition<_phid_v1_Resync, _phid_v1_Resync__Output>
      SessionSuspicion: MessageTypeDefinition<_phid_v1_SessionSuspicion, _phid_v1_SessionSuspicion__Output>
      SetVisibilityRequest: MessageTypeDefinition<_phid_v1_SetVisibilityRequest, _phid_v1_SetVisibilityRequest__Output>
      SetVisibilityResponse: MessageTypeDefinition<_phid_v1_SetVisibilityResponse, _phid_v1_SetVisibilityResponse__Output>
      Status: EnumTypeDefinition
      StatusChange: MessageTypeDefinition<_phid_v1_StatusChange, _phid_v1_StatusChange__Output>
      Suspicion: MessageTypeDefinition<_phid_v1_Suspicion, _phid_v1_Suspicion__Output>
      SuspicionRequest: MessageTypeDefinition<_phid_v1_SuspicionRequest, _phid_v1_SuspicionRequest__Output>
      SuspicionResponse: MessageTypeDefinition<_phid_v1_SuspicionResponse, _phid_v1_SuspicionResponse__Output>
      Synced: MessageTypeDefinition<_phid_v1_Synced, _phid_v1_Synced__Output>
      Thresholds: MessageTypeDefinition<_phid_v1_Thresholds, _phid_v1_Thresholds__Output>
      TrackRequest: MessageTypeDefinition<_phid_v1_TrackRequest, _phid_v1_TrackRequest__Output>
      TrackResponse: MessageTypeDefinition<_phid_v1_TrackResponse, _phid_v1_TrackResponse__Output>
      WatchNamespaceRequest: MessageTypeDefinition<_phid_v1_WatchNamespaceRequest, _phid_v1_WatchNamespaceRequest__Output>
      WatchNamespaceResponse: MessageTypeDefinition<_phid_v1_WatchNamespaceResponse, _phid_v1_WatchNamespaceResponse__Output>
      WatchRequest: MessageTypeDefinition<_phid_v1_WatchRequest, _phid_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_phid_v1_WatchResponse, _phid_v1_WatchResponse__Output>
    }
  }
}

