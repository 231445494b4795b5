// Original file: proto/phid/v1/presence.proto


/**
 * Rejection is one heartbeat of a batch that was not recorded. Sending it again unchanged gives the same
 * result.
 */
export interface Rejection {
  /**
   * Its position in `heartbeats`, from 0.
   */
  'index'?: (number);
  /**
   * What is wrong, with field and value, for people.
   */
  'reason'?: (string);
}

/**
 * Rejection is one heartbeat of a batch that was not recorded. Sending it again unchanged gives the same
 * result.
 */
export interface Rejection__Output {
  /**
   * Its position in `heartbeats`, from 0.
   */
  'index': (number);
  /**
   * What is wrong, with field and value, for people.
   */
  'reason': (string);
}
