// Original file: proto/phid/v1/suspicion.proto


/**
 * Thresholds are levels of phi. phi = -log10 of the probability that a live session is silent for this long,
 * so 3 means that one in a thousand gaps of live sessions is longer.
 */
export interface Thresholds {
  /**
   * phi at which a user becomes SUSPECT. Range 1 to 300; at most `offline`. Absent: the namespace's (default
   * 3).
   */
  'suspect'?: (number | string);
  /**
   * phi at which a user becomes OFFLINE. Range 1 to 300; at least `suspect`. Absent: the namespace's (default
   * 5).
   */
  'offline'?: (number | string);
  '_suspect'?: "suspect";
  '_offline'?: "offline";
}

/**
 * Thresholds are levels of phi. phi = -log10 of the probability that a live session is silent for this long,
 * so 3 means that one in a thousand gaps of live sessions is longer.
 */
export interface Thresholds__Output {
  /**
   * phi at which a user becomes SUSPECT. Range 1 to 300; at most `offline`. Absent: the namespace's (default
   * 3).
   */
  'suspect'?: (number);
  /**
   * phi at which a user becomes OFFLINE. Range 1 to 300; at least `suspect`. Absent: the namespace's (default
   * 5).
   */
  'offline'?: (number);
  '_suspect'?: "suspect";
  '_offline'?: "offline";
}
