import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { CalibrationPoint as _phid_v1_CalibrationPoint, CalibrationPoint__Output as _phid_v1_CalibrationPoint__Output } from './phid/v1/CalibrationPoint.js';
import type { Cost as _phid_v1_Cost, Cost__Output as _phid_v1_Cost__Output } from './phid/v1/Cost.js';
import type { CurvePoint as _phid_v1_CurvePoint, CurvePoint__Output as _phid_v1_CurvePoint__Output } from './phid/v1/CurvePoint.js';
import type { DensityPoint as _phid_v1_DensityPoint, DensityPoint__Output as _phid_v1_DensityPoint__Output } from './phid/v1/DensityPoint.js';
import type { DrainRequest as _phid_v1_DrainRequest, DrainRequest__Output as _phid_v1_DrainRequest__Output } from './phid/v1/DrainRequest.js';
import type { DrainResponse as _phid_v1_DrainResponse, DrainResponse__Output as _phid_v1_DrainResponse__Output } from './phid/v1/DrainResponse.js';
import type { DryRun as _phid_v1_DryRun, DryRun__Output as _phid_v1_DryRun__Output } from './phid/v1/DryRun.js';
import type { FleetHold as _phid_v1_FleetHold, FleetHold__Output as _phid_v1_FleetHold__Output } from './phid/v1/FleetHold.js';
import type { FleetNode as _phid_v1_FleetNode, FleetNode__Output as _phid_v1_FleetNode__Output } from './phid/v1/FleetNode.js';
import type { GetFleetRequest as _phid_v1_GetFleetRequest, GetFleetRequest__Output as _phid_v1_GetFleetRequest__Output } from './phid/v1/GetFleetRequest.js';
import type { GetFleetResponse as _phid_v1_GetFleetResponse, GetFleetResponse__Output as _phid_v1_GetFleetResponse__Output } from './phid/v1/GetFleetResponse.js';
import type { GetQualityRequest as _phid_v1_GetQualityRequest, GetQualityRequest__Output as _phid_v1_GetQualityRequest__Output } from './phid/v1/GetQualityRequest.js';
import type { GetQualityResponse as _phid_v1_GetQualityResponse, GetQualityResponse__Output as _phid_v1_GetQualityResponse__Output } from './phid/v1/GetQualityResponse.js';
import type { InspectUserRequest as _phid_v1_InspectUserRequest, InspectUserRequest__Output as _phid_v1_InspectUserRequest__Output } from './phid/v1/InspectUserRequest.js';
import type { InspectUserResponse as _phid_v1_InspectUserResponse, InspectUserResponse__Output as _phid_v1_InspectUserResponse__Output } from './phid/v1/InspectUserResponse.js';
import type { InspectedSession as _phid_v1_InspectedSession, InspectedSession__Output as _phid_v1_InspectedSession__Output } from './phid/v1/InspectedSession.js';
import type { Intent as _phid_v1_Intent, Intent__Output as _phid_v1_Intent__Output } from './phid/v1/Intent.js';
import type { Intents as _phid_v1_Intents, Intents__Output as _phid_v1_Intents__Output } from './phid/v1/Intents.js';
import type { ListNamespacesRequest as _phid_v1_ListNamespacesRequest, ListNamespacesRequest__Output as _phid_v1_ListNamespacesRequest__Output } from './phid/v1/ListNamespacesRequest.js';
import type { ListNamespacesResponse as _phid_v1_ListNamespacesResponse, ListNamespacesResponse__Output as _phid_v1_ListNamespacesResponse__Output } from './phid/v1/ListNamespacesResponse.js';
import type { ListSuspectsRequest as _phid_v1_ListSuspectsRequest, ListSuspectsRequest__Output as _phid_v1_ListSuspectsRequest__Output } from './phid/v1/ListSuspectsRequest.js';
import type { ListSuspectsResponse as _phid_v1_ListSuspectsResponse, ListSuspectsResponse__Output as _phid_v1_ListSuspectsResponse__Output } from './phid/v1/ListSuspectsResponse.js';
import type { Mistakes as _phid_v1_Mistakes, Mistakes__Output as _phid_v1_Mistakes__Output } from './phid/v1/Mistakes.js';
import type { NamespaceCensus as _phid_v1_NamespaceCensus, NamespaceCensus__Output as _phid_v1_NamespaceCensus__Output } from './phid/v1/NamespaceCensus.js';
import type { NamespaceTuning as _phid_v1_NamespaceTuning, NamespaceTuning__Output as _phid_v1_NamespaceTuning__Output } from './phid/v1/NamespaceTuning.js';
import type { Notice as _phid_v1_Notice, Notice__Output as _phid_v1_Notice__Output } from './phid/v1/Notice.js';
import type { PhiBucket as _phid_v1_PhiBucket, PhiBucket__Output as _phid_v1_PhiBucket__Output } from './phid/v1/PhiBucket.js';
import type { Quality as _phid_v1_Quality, Quality__Output as _phid_v1_Quality__Output } from './phid/v1/Quality.js';
import type { Resync as _phid_v1_Resync, Resync__Output as _phid_v1_Resync__Output } from './phid/v1/Resync.js';
import type { SessionSuspicion as _phid_v1_SessionSuspicion, SessionSuspicion__Output as _phid_v1_SessionSuspicion__Output } from './phid/v1/SessionSuspicion.js';
import type { SetThresholdsRequest as _phid_v1_SetThresholdsRequest, SetThresholdsRequest__Output as _phid_v1_SetThresholdsRequest__Output } from './phid/v1/SetThresholdsRequest.js';
import type { SetThresholdsResponse as _phid_v1_SetThresholdsResponse, SetThresholdsResponse__Output as _phid_v1_SetThresholdsResponse__Output } from './phid/v1/SetThresholdsResponse.js';
import type { StatusChange as _phid_v1_StatusChange, StatusChange__Output as _phid_v1_StatusChange__Output } from './phid/v1/StatusChange.js';
import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from './phid/v1/Suspicion.js';
import type { Synced as _phid_v1_Synced, Synced__Output as _phid_v1_Synced__Output } from './phid/v1/Synced.js';
import type { ThresholdChange as _phid_v1_ThresholdChange, ThresholdChange__Output as _phid_v1_ThresholdChange__Output } from './phid/v1/ThresholdChange.js';
import type { Thresholds as _phid_v1_Thresholds, Thresholds__Output as _phid_v1_Thresholds__Output } from './phid/v1/Thresholds.js';
import type { TuningServiceClient as _phid_v1_TuningServiceClient, TuningServiceDefinition as _phid_v1_TuningServiceDefinition } from './phid/v1/TuningService.js';
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
      CalibrationPoint: MessageTypeDefinition<_phid_v1_CalibrationPoint, _phid_v1_CalibrationPoint__Output>
      Cost: MessageTypeDefinition<_phid_v1_Cost, _phid_v1_Cost__Output>
      CurvePoint: MessageTypeDefinition<_phid_v1_CurvePoint, _phid_v1_CurvePoint__Output>
      DensityPoint: MessageTypeDefinition<_phid_v1_DensityPoint, _phid_v1_DensityPoint__Output>
      DrainRequest: MessageTypeDefinition<_phid_v1_DrainRequest, _phid_v1_DrainRequest__Output>
      DrainResponse: MessageTypeDefinition<_phid_v1_DrainResponse, _phid_v1_DrainResponse__Output>
      DryRun: MessageTypeDefinition<_phid_v1_DryRun, _phid_v1_DryRun__Output>
      FleetHold: MessageTypeDefinition<_phid_v1_FleetHold, _phid_v1_FleetHold__Output>
      FleetNode: MessageTypeDefinition<_phid_v1_FleetNode, _phid_v1_FleetNode__Output>
      GetFleetRequest: MessageTypeDefinition<_phid_v1_GetFleetRequest, _phid_v1_GetFleetRequest__Output>
      GetFleetResponse: MessageTypeDefinition<_phid_v1_GetFleetResponse, _phid_v1_GetFleetResponse__Output>
      GetQualityRequest: MessageTypeDefinition<_phid_v1_GetQualityRequest, _phid_v1_GetQualityRequest__Output>
      GetQualityResponse: MessageTypeDefinition<_phid_v1_GetQualityResponse, _phid_v1_GetQualityResponse__Output>
      InspectUserRequest: MessageTypeDefinition<_phid_v1_InspectUserRequest, _phid_v1_InspectUserRequest__Output>
      InspectUserResponse: MessageTypeDefinition<_phid_v1_InspectUserResponse, _phid_v1_InspectUserResponse__Output>
      InspectedSession: MessageTypeDefinition<_phid_v1_InspectedSession, _phid_v1_InspectedSession__Output>
      Intent: MessageTypeDefinition<_phid_v1_Intent, _phid_v1_Intent__Output>
      Intents: MessageTypeDefinition<_phid_v1_Intents, _phid_v1_Intents__Output>
      ListNamespacesRequest: MessageTypeDefinition<_phid_v1_ListNamespacesRequest, _phid_v1_ListNamespacesRequest__Output>
      ListNamespacesResponse: MessageTypeDefinition<_phid_v1_ListNamespacesResponse, _phid_v1_ListNamespacesResponse__Output>
      ListSuspectsRequest: MessageTypeDefinition<_phid_v1_ListSuspectsRequest, _phid_v1_ListSuspectsRequest__Output>
      ListSuspectsResponse: MessageTypeDefinition<_phid_v1_ListSuspectsResponse, _phid_v1_ListSuspectsResponse__Output>
      Mistakes: MessageTypeDefinition<_phid_v1_Mistakes, _phid_v1_Mistakes__Output>
      NamespaceCensus: MessageTypeDefinition<_phid_v1_NamespaceCensus, _phid_v1_NamespaceCensus__Output>
      NamespaceTuning: MessageTypeDefinition<_phid_v1_NamespaceTuning, _phid_v1_NamespaceTuning__Output>
      Notice: MessageTypeDefinition<_phid_v1_Notice, _phid_v1_Notice__Output>
      PhiBucket: MessageTypeDefinition<_phid_v1_PhiBucket, _phid_v1_PhiBucket__Output>
      Quality: MessageTypeDefinition<_phid_v1_Quality, _phid_v1_Quality__Output>
      Resync: MessageTypeDefinition<_phid_v1_Resync, _phid_v1_Resync__Output>
      SessionSuspicion: MessageTypeDefinition<_phid_v1_SessionSuspicion, _phid_v1_SessionSuspicion__Output>
      SetThresholdsRequest: MessageTypeDefinition<_phid_v1_SetThresholdsRequest, _phid_v1_SetThresholdsRequest__Output>
      SetThresholdsResponse: MessageTypeDefinition<_phid_v1_SetThresholdsResponse, _phid_v1_SetThresholdsResponse__Output>
      Status: EnumTypeDefinition
      StatusChange: MessageTypeDefinition<_phid_v1_StatusChange, _phid_v1_StatusChange__Output>
      Suspicion: MessageTypeDefinition<_phid_v1_Suspicion, _phid_v1_Suspicion__Output>
      Synced: MessageTypeDefinition<_phid_v1_Synced, _phid_v1_Synced__Output>
      ThresholdChange: MessageTypeDefinition<_phid_v1_ThresholdChange, _phid_v1_ThresholdChange__Output>
      ThresholdSource: EnumTypeDefinition
      Thresholds: MessageTypeDefinition<_phid_v1_Thresholds, _phid_v1_Thresholds__Output>
      /**
       * TuningService is for operators and for what deploys gateways, not for clients.
       * 
       * Status codes of every rpc are as those of PresenceService.
       */
      TuningService: SubtypeConstructor<typeof grpc.Client, _phid_v1_TuningServiceClient> & { service: _phid_v1_TuningServiceDefinition }
      WatchNamespaceRequest: MessageTypeDefinition<_phid_v1_WatchNamespaceRequest, _phid_v1_WatchNamespaceRequest__Output>
      WatchNamespaceResponse: MessageTypeDefinition<_phid_v1_WatchNamespaceResponse, _phid_v1_WatchNamespaceResponse__Output>
    }
  }
}

