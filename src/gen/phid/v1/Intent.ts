// Original file: proto/phid/v1/quality.proto


/**
 * What a threshold is for.
 */
export interface Intent {
  /**
   * A suspicion level, 1 to 300.
   */
  'phi'?: (number | string);
  /**
   * How often a live user may reach it, a day and session; 1e-6 to 100,000. φ follows from what the fleet taught.
   */
  'falseAlarmsPerUserDay'?: (number | string);
  /**
   * The silence after which a typical user is to reach it, in milliseconds; 1 to max_silence. φ follows.
   */
  'detectionTimeMs'?: (number | string);
  /**
   * Exactly one is to be given.
   */
  'intent'?: "phi"|"falseAlarmsPerUserDay"|"detectionTimeMs";
}

/**
 * What a threshold is for.
 */
export interface Intent__Output {
  /**
   * A suspicion level, 1 to 300.
   */
  'phi'?: (number);
  /**
   * How often a live user may reach it, a day and session; 1e-6 to 100,000. φ follows from what the fleet taught.
   */
  'falseAlarmsPerUserDay'?: (number);
  /**
   * The silence after which a typical user is to reach it, in milliseconds; 1 to max_silence. φ follows.
   */
  'detectionTimeMs'?: (number);
  /**
   * Exactly one is to be given.
   */
  'intent'?: "phi"|"falseAlarmsPerUserDay"|"detectionTimeMs";
}
