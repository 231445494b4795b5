import type { Timestamp__Output } from '../../../src/gen/google/protobuf/Timestamp.js';
import type { Cost__Output } from '../../../src/gen/phid/v1/Cost.js';
import type { DryRun__Output } from '../../../src/gen/phid/v1/DryRun.js';
import type { GetFleetResponse__Output } from '../../../src/gen/phid/v1/GetFleetResponse.js';
import type { GetQualityResponse__Output } from '../../../src/gen/phid/v1/GetQualityResponse.js';
import type { InspectedSession__Output } from '../../../src/gen/phid/v1/InspectedSession.js';
import type { InspectUserResponse__Output } from '../../../src/gen/phid/v1/InspectUserResponse.js';
import type { Intents__Output } from '../../../src/gen/phid/v1/Intents.js';
import type { ListNamespacesResponse__Output } from '../../../src/gen/phid/v1/ListNamespacesResponse.js';
import type { ListSuspectsResponse__Output } from '../../../src/gen/phid/v1/ListSuspectsResponse.js';
import type { Mistakes__Output } from '../../../src/gen/phid/v1/Mistakes.js';
import type { NamespaceTuning__Output } from '../../../src/gen/phid/v1/NamespaceTuning.js';
import type { Notice__Output } from '../../../src/gen/phid/v1/Notice.js';
import type { Quality__Output } from '../../../src/gen/phid/v1/Quality.js';
import type { SetThresholdsRequest as WireSetThresholdsRequest } from '../../../src/gen/phid/v1/SetThresholdsRequest.js';
import type { SetThresholdsResponse__Output } from '../../../src/gen/phid/v1/SetThresholdsResponse.js';
import type { StatusChange__Output } from '../../../src/gen/phid/v1/StatusChange.js';
import type { Suspicion__Output } from '../../../src/gen/phid/v1/Suspicion.js';

/**
 * A message of the contract in the JSON form in which /api/v1 serves it: timestamps as RFC 3339, 64-bit integers as
 * text (those named in `Uint64`), messages that are not there left out.
 */
type Json<T, Uint64 extends string = never> = T extends Timestamp__Output
  ? string
  : T extends (infer Element)[]
    ? Json<Element, Uint64>[]
    : T extends object
      ? {
          readonly [Field in keyof T as null extends T[Field] ? never : Field]: Field extends Uint64
            ? string
            : Json<T[Field], Uint64>;
        } & {
          readonly [Field in keyof T as null extends T[Field] ? Field : never]?: Json<
            NonNullable<T[Field]>,
            Uint64
          >;
        }
      : T;

export type Status = Suspicion__Output['status'];
export type Cause = StatusChange__Output['cause'];
export type Suspicion = Json<Suspicion__Output, 'sequence'>;
export type InspectedSession = Json<InspectedSession__Output>;
export type CurvePoint = InspectedSession['curve'][number];
export type InspectUserResponse = Json<InspectUserResponse__Output, 'sequence'>;
export type StatusChange = Json<StatusChange__Output, 'version' | 'sequence'>;
export type Notice = Json<Notice__Output, 'coalesced'>;
export type Cost = Json<Cost__Output>;
export type Mistakes = Json<Mistakes__Output>;
export type DryRun = Json<DryRun__Output>;
export type Intents = Json<Intents__Output>;
export type NamespaceTuning = Json<NamespaceTuning__Output>;
export type Quality = Json<Quality__Output>;
export type GetFleetResponse = Json<GetFleetResponse__Output, 'online' | 'suspect' | 'offline'>;
export type NamespaceCensus = GetFleetResponse['namespaces'][number];
export type FleetNode = GetFleetResponse['nodes'][number];
export type FleetHold = GetFleetResponse['holds'][number];
export type GetQualityResponse = Json<GetQualityResponse__Output>;
export type ListNamespacesResponse = Json<ListNamespacesResponse__Output>;
export type ListSuspectsResponse = Json<ListSuspectsResponse__Output, 'sequence'>;
export type SetThresholdsResponse = Json<SetThresholdsResponse__Output>;
/** What is sent is the wire's own form. */
export type SetThresholdsRequest = Omit<WireSetThresholdsRequest, 'namespace'>;
