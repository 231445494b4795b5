import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { CurvePoint as _phid_v1_CurvePoint, CurvePoint__Output as _phid_v1_CurvePoint__Output } from './phid/v1/CurvePoint.js';
import type { DensityPoint as _phid_v1_DensityPoint, DensityPoint__Output as _phid_v1_DensityPoint__Output } from './phid/v1/DensityPoint.js';
import type { InspectedSession as _phid_v1_InspectedSession, InspectedSession__Output as _phid_v1_InspectedSession__Output } from './phid/v1/InspectedSession.js';

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
      CurvePoint: MessageTypeDefinition<_phid_v1_CurvePoint, _phid_v1_CurvePoint__Output>
      DensityPoint: MessageTypeDefinition<_phid_v1_DensityPoint, _phid_v1_DensityPoint__Output>
      InspectedSession: MessageTypeDefinition<_phid_v1_InspectedSession, _phid_v1_InspectedSession__Output>
    }
  }
}

