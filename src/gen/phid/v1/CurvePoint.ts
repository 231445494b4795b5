// Original file: proto/phid/v1/inspection.proto


/**
 * CurvePoint is φ after a silence.
 */
export interface CurvePoint {
  /**
   * The silence, in milliseconds.
   */
  'silenceMs'?: (number | string);
  /**
   * φ then, 0 to 1000.
   */
  'phi'?: (number | string);
}

/**
 * CurvePoint is φ after a silence.
 */
export interface CurvePoint__Output {
  /**
   * The silence, in milliseconds.
   */
  'silenceMs': (number);
  /**
   * φ then, 0 to 1000.
   */
  'phi': (number);
}
