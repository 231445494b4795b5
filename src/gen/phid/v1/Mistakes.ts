// Original file: proto/phid/v1/quality.proto


/**
 * Suspicions that turned out wrong.
 */
export interface Mistakes {
  /**
   * How many. Old ones count less.
   */
  'count'?: (number | string);
  /**
   * Of a session and day.
   */
  'perUserDay'?: (number | string);
  /**
   * Mean time from the suspicion to the heartbeat, in milliseconds; 0 when there was none.
   */
  'meanDurationMs'?: (number | string);
}

/**
 * Suspicions that turned out wrong.
 */
export interface Mistakes__Output {
  /**
   * How many. Old ones count less.
   */
  'count': (number);
  /**
   * Of a session and day.
   */
  'perUserDay': (number);
  /**
   * Mean time from the suspicion to the heartbeat, in milliseconds; 0 when there was none.
   */
  'meanDurationMs': (number);
}
