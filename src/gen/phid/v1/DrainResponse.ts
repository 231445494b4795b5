// Original file: proto/phid/v1/tuning.proto


/**
 * Answer of Drain.
 */
export interface DrainResponse {
  /**
   * Users of the origin who are there, as far as the node that answers heard them itself.
   */
  'users'?: (number);
}

/**
 * Answer of Drain.
 */
export interface DrainResponse__Output {
  /**
   * Users of the origin who are there, as far as the node that answers heard them itself.
   */
  'users': (number);
}
