import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { CalibrationPoint as _phid_v1_CalibrationPoint, CalibrationPoint__Output as _phid_v1_CalibrationPoint__Output } from './phid/v1/CalibrationPoint.js';
import type { Cost as _phid_v1_Cost, Cost__Output as _phid_v1_Cost__Output } from './phid/v1/Cost.js';
import type { DryRun as _phid_v1_DryRun, DryRun__Output as _phid_v1_DryRun__Output } from './phid/v1/DryRun.js';
import type { Intent as _phid_v1_Intent, Intent__Output as _phid_v1_Intent__Output } from './phid/v1/Intent.js';
import type { Intents as _phid_v1_Intents, Intents__Output as _phid_v1_Intents__Output } from './phid/v1/Intents.js';
import type { Mistakes as _phid_v1_Mistakes, Mistakes__Output as _phid_v1_Mistakes__Output } from './phid/v1/Mistakes.js';
import type { NamespaceTuning as _phid_v1_NamespaceTuning, NamespaceTuning__Output as _phid_v1_NamespaceTuning__Output } from './phid/v1/NamespaceTuning.js';
import type { PhiBucket as _phid_v1_PhiBucket, PhiBucket__Output as _phid_v1_PhiBucket__Output } from './phid/v1/PhiBucket.js';
import type { Quality as _phid_v1_Quality, Quality__Output as _phid_v1_Quality__Output } from './phid/v1/Quality.js';
import type { ThresholdChange as _phid_v1_ThresholdChange, ThresholdChange__Output as _phid_v1_ThresholdChange__Output } from './phid/v1/ThresholdChange.js';

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
      CalibrationPoint: MessageTypeDefinition<_phid_v1_CalibrationPoint, _phid_v1_CalibrationPoint__Output>
      Cost: MessageTypeDefinition<_phid_v1_Cost, _phid_v1_Cost__Output>
      DryRun: MessageTypeDefinition<_phid_v1_DryRun, _phid_v1_DryRun__Output>
      Intent: MessageTypeDefinition<_phid_v1_Intent, _phid_v1_Intent__Output>
      Intents: MessageTypeDefinition<_phid_v1_Intents, _phid_v1_Intents__Output>
      Mistakes: MessageTypeDefinition<_phid_v1_Mistakes, _phid_v1_Mistakes__Output>
      NamespaceTuning: MessageTypeDefinition<_phid_v1_NamespaceTuning, _phid_v1_NamespaceTuning__Output>
      PhiBucket: MessageTypeDefinition<_phid_v1_PhiBucket, _phid_v1_PhiBucket__Output>
      Quality: MessageTypeDefinition<_phid_v1_Quality, _phid_v1_Quality__Output>
      ThresholdChange: MessageTypeDefinition<_phid_v1_ThresholdChange, _phid_v1_ThresholdChange__Output>
      ThresholdSource: EnumTypeDefinition
    }
  }
}

