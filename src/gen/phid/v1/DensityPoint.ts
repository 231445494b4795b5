// Original file: proto/phid/v1/inspection.proto


/**
 * DensityPoint is the probability density of the next interval of a live session.
 */
export interface DensityPoint {
  /**
   * The interval, in milliseconds.
   */
  'intervalMs'?: (number | string);
  /**
   * Probability a millisecond, >= 0.
   */
  'perMs'?: (number | string);
}

/**
 * DensityPoint is the probability density of the next interval of a live session.
 */
export interface DensityPoint__Output {
  /**
   * The interval, in milliseconds.
   */
  'intervalMs': (number);
  /**
   * Probability a millisecond, >= 0.
   */
  'perMs': (number);
}
