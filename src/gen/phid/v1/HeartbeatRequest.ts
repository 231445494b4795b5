// Original file: proto/phid/v1/presence.proto

import type { Heartbeat as _phid_v1_Heartbeat, Heartbeat__Output as _phid_v1_Heartbeat__Output } from '../../phid/v1/Heartbeat.js';

/**
 * Request of Heartbeat.
 */
export interface HeartbeatRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * The sign of life. Required.
   */
  'heartbeat'?: (_phid_v1_Heartbeat | null);
  /**
   * Where it came through (a gateway, a region): the unit of drains, and of mass silence. 0 to 64 bytes.
   * Empty: none.
   */
  'origin'?: (string);
}

/**
 * Request of Heartbeat.
 */
export interface HeartbeatRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * The sign of life. Required.
   */
  'heartbeat': (_phid_v1_Heartbeat__Output | null);
  /**
   * Where it came through (a gateway, a region): the unit of drains, and of mass silence. 0 to 64 bytes.
   * Empty: none.
   */
  'origin': (string);
}
