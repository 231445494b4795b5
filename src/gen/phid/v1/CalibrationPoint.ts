// Original file: proto/phid/v1/quality.proto


/**
 * What a φ says, and what it keeps.
 */
export interface CalibrationPoint {
  /**
   * One in 10^phi silences of a live session is to be beyond it.
   */
  'phi'?: (number | string);
  /**
   * -log10 of the share that really was; absent when fewer than eight were.
   */
  'achieved'?: (number | string);
  '_achieved'?: "achieved";
}

/**
 * What a φ says, and what it keeps.
 */
export interface CalibrationPoint__Output {
  /**
   * One in 10^phi silences of a live session is to be beyond it.
   */
  'phi': (number);
  /**
   * -log10 of the share that really was; absent when fewer than eight were.
   */
  'achieved'?: (number);
  '_achieved'?: "achieved";
}
