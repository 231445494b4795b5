// Original file: proto/phid/v1/presence.proto


/**
 * Answer of Heartbeat: it is recorded.
 */
export interface HeartbeatResponse {
  /**
   * Interval that the server would like until the next heartbeat, in milliseconds. 0: no wish, keep yours.
   */
  'suggestedIntervalMs'?: (number);
}

/**
 * Answer of Heartbeat: it is recorded.
 */
export interface HeartbeatResponse__Output {
  /**
   * Interval that the server would like until the next heartbeat, in milliseconds. 0: no wish, keep yours.
   */
  'suggestedIntervalMs': (number);
}
