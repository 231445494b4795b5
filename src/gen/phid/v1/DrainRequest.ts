// Original file: proto/phid/v1/tuning.proto


/**
 * Request of Drain.
 */
export interface DrainRequest {
  /**
   * The origin, as heartbeats name it, in every namespace. 0 to 64 bytes. Empty: the heartbeats that name none.
   */
  'origin'?: (string);
  /**
   * How long its users may take to be heard again, in milliseconds from now. 0 ends a drain. At most one day.
   */
  'graceMs'?: (number);
}

/**
 * Request of Drain.
 */
export interface DrainRequest__Output {
  /**
   * The origin, as heartbeats name it, in every namespace. 0 to 64 bytes. Empty: the heartbeats that name none.
   */
  'origin': (string);
  /**
   * How long its users may take to be heard again, in milliseconds from now. 0 ends a drain. At most one day.
   */
  'graceMs': (number);
}
