import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { FleetHold as _phid_v1_FleetHold, FleetHold__Output as _phid_v1_FleetHold__Output } from './phid/v1/FleetHold.js';
import type { FleetNode as _phid_v1_FleetNode, FleetNode__Output as _phid_v1_FleetNode__Output } from './phid/v1/FleetNode.js';
import type { GetFleetRequest as _phid_v1_GetFleetRequest, GetFleetRequest__Output as _phid_v1_GetFleetRequest__Output } from './phid/v1/GetFleetRequest.js';
import type { GetFleetResponse as _phid_v1_GetFleetResponse, GetFleetResponse__Output as _phid_v1_GetFleetResponse__Output } from './phid/v1/GetFleetResponse.js';
import type { NamespaceCensus as _phid_v1_NamespaceCensus, NamespaceCensus__Output as _phid_v1_NamespaceCensus__Output } from './phid/v1/NamespaceCensus.js';
import type { Notice as _phid_v1_Notice, Notice__Output as _phid_v1_Notice__Output } from './phid/v1/Notice.js';
import type { Resync as _phid_v1_Resync, Resync__Output as _phid_v1_Resync__Output } from './phid/v1/Resync.js';
import type { SessionSuspicion as _phid_v1_SessionSuspicion, SessionSuspicion__Output as _phid_v1_SessionSuspicion__Output } from './phid/v1/SessionSuspicion.js';
import type { StatusChange as _phid_v1_StatusChange, StatusChange__Output as _phid_v1_StatusChange__Output } from './phid/v1/StatusChange.js';
import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from './phid/v1/Suspicion.js';
import type { Synced as _phid_v1_Synced, Synced__Output as _phid_v1_Synced__Output } from './phid/v1/Synced.js';
import type { Thresholds as _phid_v1_Thresholds, Thresholds__Output as _phid_v1_Thresholds__Output } from './phid/v1/Thresholds.js';
import type { WatchNamespaceRequest as _phid_v1_WatchNamespaceRequest, WatchNamespaceRequest__Output as _phid_v1_WatchNamespaceRequest__Output } from './phid/v1/WatchNamespaceRequest.js';
import type { WatchNamespaceResponse as _phid_v1_WatchNamespaceResponse, WatchNamespaceResponse__Output as _phid_v1_WatchNamespaceResponse__Output } from './phid/v1/WatchNamespaceResponse.js';

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
      FleetHold: MessageTypeDefinition<_phid_v1_FleetHold, _phid_v1_FleetHold__Output>
      FleetNode: MessageTypeDefinition<_phid_v1_FleetNode, _phid_v1_FleetNode__Output>
      GetFleetRequest: MessageTypeDefinition<_phid_v1_GetFleetRequest, _phid_v1_GetFleetRequest__Output>
      GetFleetResponse: MessageTypeDefinition<_phid_v1_GetFleetResponse, _phid_v1_GetFleetResponse__Output>
      NamespaceCensus: MessageTypeDefinition<_phid_v1_NamespaceCensus, _phid_v1_NamespaceCensus__Output>
      Notice: MessageTypeDefinition<_phid_v1_Notice, _phid_v1_Notice__Output>
      Resync: MessageTypeDefinition<_phid_v1_Resync, _phid_v1_Resync__Output>
      SessionSuspicion: MessageTypeDefinition<_phid_v1_SessionSuspicion, _phid_v1_SessionSuspicion__Output>
      Status: EnumTypeDefinition
      StatusChange: MessageTypeDefinition<_phid_v1_StatusChange, _phid_v1_StatusChange__Output>
      Suspicion: MessageTypeDefinition<_phid_v1_Suspicion, _phid_v1_Suspicion__Output>
      Synced: MessageTypeDefinition<_phid_v1_Synced, _phid_v1_Synced__Output>
      Thresholds: MessageTypeDefinition<_phid_v1_Thresholds, _phid_v1_Thresholds__Output>
      WatchNamespaceRequest: MessageTypeDefinition<_phid_v1_WatchNamespaceRequest, _phid_v1_WatchNamespaceRequest__Output>
      WatchNamespaceResponse: MessageTypeDefinition<_phid_v1_WatchNamespaceResponse, _phid_v1_WatchNamespaceResponse__Output>
    }
  }
}

