import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { Notice as _phid_v1_Notice, Notice__Output as _phid_v1_Notice__Output } from './phid/v1/Notice.js';
import type { SessionSuspicion as _phid_v1_SessionSuspicion, SessionSuspicion__Output as _phid_v1_SessionSuspicion__Output } from './phid/v1/SessionSuspicion.js';
import type { StatusChange as _phid_v1_StatusChange, StatusChange__Output as _phid_v1_StatusChange__Output } from './phid/v1/StatusChange.js';
import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from './phid/v1/Suspicion.js';
import type { Synced as _phid_v1_Synced, Synced__Output as _phid_v1_Synced__Output } from './phid/v1/Synced.js';
import type { Thresholds as _phid_v1_Thresholds, Thresholds__Output as _phid_v1_Thresholds__Output } from './phid/v1/Thresholds.js';

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
      Notice: MessageTypeDefinition<_phid_v1_Notice, _phid_v1_Notice__Output>
      SessionSuspicion: MessageTypeDefinition<_phid_v1_SessionSuspicion, _phid_v1_SessionSuspicion__Output>
      Status: EnumTypeDefinition
      StatusChange: MessageTypeDefinition<_phid_v1_StatusChange, _phid_v1_StatusChange__Output>
      Suspicion: MessageTypeDefinition<_phid_v1_Suspicion, _phid_v1_Suspicion__Output>
      Synced: MessageTypeDefinition<_phid_v1_Synced, _phid_v1_Synced__Output>
      Thresholds: MessageTypeDefinition<_phid_v1_Thresholds, _phid_v1_Thresholds__Output>
    }
  }
}

