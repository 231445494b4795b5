// Original file: proto/phid/v1/fleet.proto

import type { NamespaceCensus as _phid_v1_NamespaceCensus, NamespaceCensus__Output as _phid_v1_NamespaceCensus__Output } from '../../phid/v1/NamespaceCensus.js';
import type { FleetNode as _phid_v1_FleetNode, FleetNode__Output as _phid_v1_FleetNode__Output } from '../../phid/v1/FleetNode.js';
import type { FleetHold as _phid_v1_FleetHold, FleetHold__Output as _phid_v1_FleetHold__Output } from '../../phid/v1/FleetHold.js';

/**
 * Answer of GetFleet.
 */
export interface GetFleetResponse {
  /**
   * In the order of the configuration.
   */
  'namespaces'?: (_phid_v1_NamespaceCensus)[];
  /**
   * In the order of their names; who was not heard for ten minutes is in none.
   */
  'nodes'?: (_phid_v1_FleetNode)[];
  /**
   * Those in force.
   */
  'holds'?: (_phid_v1_FleetHold)[];
  /**
   * The node that answers cannot follow the store, or not record: changes come late.
   */
  'degraded'?: (boolean);
}

/**
 * Answer of GetFleet.
 */
export interface GetFleetResponse__Output {
  /**
   * In the order of the configuration.
   */
  'namespaces': (_phid_v1_NamespaceCensus__Output)[];
  /**
   * In the order of their names; who was not heard for ten minutes is in none.
   */
  'nodes': (_phid_v1_FleetNode__Output)[];
  /**
   * Those in force.
   */
  'holds': (_phid_v1_FleetHold__Output)[];
  /**
   * The node that answers cannot follow the store, or not record: changes come late.
   */
  'degraded': (boolean);
}
