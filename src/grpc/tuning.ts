import type { handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  drain,
  getFleet,
  getQuality,
  inspectUser,
  listNamespaces,
  listSuspects,
  setThresholds,
} from '../api/tuning.js';
import type { ListSuspectsRequest__Output } from '../gen/phid/v1/ListSuspectsRequest.js';
import type { TuningServiceHandlers } from '../gen/phid/v1/TuningService.js';
import type { Assessment } from '../presence/assessment.js';
import type { RpcContext } from './context.js';
import { TuningService } from './definition.js';
import { encodeAssessments } from './suspicion-codec.js';
import { unary } from './unary.js';

/** What answers the rpcs; suspicions are written by their own codec. */
type Handlers = Omit<TuningServiceHandlers, 'ListSuspects'> & {
  readonly ListSuspects: handleUnaryCall<ListSuspectsRequest__Output, readonly Assessment[]>;
};

/** TuningService as a server serves it. */
export const tuningDefinition = {
  ...TuningService.service,
  ListSuspects: { ...TuningService.service.ListSuspects, responseSerialize: encodeAssessments },
};

export function tuningHandlers(context: RpcContext): Handlers & UntypedServiceImplementation {
  return {
    GetFleet: unary('GetFleet', context, () => getFleet(context)),
    ListNamespaces: unary('ListNamespaces', context, () => listNamespaces(context)),
    GetQuality: unary('GetQuality', context, (request) => getQuality(context, request)),
    SetThresholds: unary('SetThresholds', context, (request, asker) =>
      setThresholds(context, request, asker),
    ),
    ListSuspects: unary('ListSuspects', context, (request) => listSuspects(context, request)),
    InspectUser: unary('InspectUser', context, (request, asker) => inspectUser(context, request, asker)),
    Drain: unary('Drain', context, (request, asker) => drain(context, request, asker)),
  };
}
