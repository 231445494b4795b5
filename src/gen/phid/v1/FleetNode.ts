// Original file: proto/phid/v1/fleet.proto

import type { Status as _phid_v1_Status, Status__Output as _phid_v1_Status__Output } from '../../phid/v1/Status.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';

/**
 * A node of the deployment, as the node that answers sees it.
 */
export interface FleetNode {
  /**
   * Its name: the same for a process that takes the place of another one.
   */
  'id'?: (string);
  /**
   * Nodes are watched as users are: in the namespace `phid.nodes`, about which may be asked and which may be watched like any
   * other. Who is OFFLINE owns no shards.
   */
  'status'?: (_phid_v1_Status);
  /**
   * Its suspicion level. Absent when it has left.
   */
  'phi'?: (number | string);
  /**
   * When it was heard last.
   */
  'lastSeen'?: (_google_protobuf_Timestamp | null);
  /**
   * How many shards it owns.
   */
  'shards'?: (number);
  /**
   * Heartbeats that it records, of the last few seconds.
   */
  'heartbeatsPerSecond'?: (number | string);
  /**
   * It is the node that answers.
   */
  'answering'?: (boolean);
  /**
   * Of phid.
   */
  'version'?: (string);
  '_phi'?: "phi";
}

/**
 * A node of the deployment, as the node that answers sees it.
 */
export interface FleetNode__Output {
  /**
   * Its name: the same for a process that takes the place of another one.
   */
  'id': (string);
  /**
   * Nodes are watched as users are: in the namespace `phid.nodes`, about which may be asked and which may be watched like any
   * other. Who is OFFLINE owns no shards.
   */
  'status': (_phid_v1_Status__Output);
  /**
   * Its suspicion level. Absent when it has left.
   */
  'phi'?: (number);
  /**
   * When it was heard last.
   */
  'lastSeen': (_google_protobuf_Timestamp__Output | null);
  /**
   * How many shards it owns.
   */
  'shards': (number);
  /**
   * Heartbeats that it records, of the last few seconds.
   */
  'heartbeatsPerSecond': (number);
  /**
   * It is the node that answers.
   */
  'answering': (boolean);
  /**
   * Of phid.
   */
  'version': (string);
  '_phi'?: "phi";
}
