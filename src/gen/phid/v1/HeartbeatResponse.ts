// Original file: proto/phid/v1/presence.proto


/**
 * Answer of Heartbeat: it is recorded.
 */
export interface HeartbeatResponse {
  /**
   * Interval that the server would like until the next heartbeat, in milliseconds: the namespace's
   * expected_interval give or take a twentieth, so that clients that came together drift apart, and longer while
   * the server has more to record than it manages. Declare it (`next_interval_ms`) to follow it without being
   * suspected. 0: no wish, keep yours.
   */
  'suggestedIntervalMs'?: (number);
}

/**
 * Answer of Heartbeat: it is recorded.
 */
export interface HeartbeatResponse__Output {
  /**
   * Interval that the server would like until the next heartbeat, in milliseconds: the namespace's
   * expected_interval give or take a twentieth, so that clients that came together drift apart, and longer while
   * the server has more to record than it manages. Declare it (`next_interval_ms`) to follow it without being
   * suspected. 0: no wish, keep yours.
   */
  'suggestedIntervalMs': (number);
}
