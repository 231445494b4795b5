import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { DrainRequest as _phid_v1_DrainRequest, DrainRequest__Output as _phid_v1_DrainRequest__Output } from './phid/v1/DrainRequest.js';
import type { DrainResponse as _phid_v1_DrainResponse, DrainResponse__Output as _phid_v1_DrainResponse__Output } from './phid/v1/DrainResponse.js';
import type { TuningServiceClient as _phid_v1_TuningServiceClient, TuningServiceDefinition as _phid_v1_TuningServiceDefinition } from './phid/v1/TuningService.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  phid: {
    v1: {
      DrainRequest: MessageTypeDefinition<_phid_v1_DrainRequest, _phid_v1_DrainRequest__Output>
      DrainResponse: MessageTypeDefinition<_phid_v1_DrainResponse, _phid_v1_DrainResponse__Output>
      /**
       * TuningService is for operators and for what deploys gateways, not for clients.
       * 
       * Status codes of every rpc are as those of PresenceService.
       */
      TuningService: SubtypeConstructor<typeof grpc.Client, _phid_v1_TuningServiceClient> & { service: _phid_v1_TuningServiceDefinition }
    }
  }
}

