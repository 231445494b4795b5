// Original file: proto/phid/v1/quality.proto


/**
 * What a threshold costs.
 */
export interface Cost {
  /**
   * The threshold.
   */
  'phi'?: (number | string);
  /**
   * Times that a live session reaches it, a day that it is there all day.
   */
  'falseAlarmsPerUserDay'?: (number | string);
  /**
   * The same of all sessions that are there now, an hour: each is a change to the worse and one back.
   */
  'flapsPerHour'?: (number | string);
  /**
   * From the last heartbeat to the threshold, in milliseconds: the mean over heartbeats.
   */
  'detectionMeanMs'?: (number | string);
  /**
   * 99 of 100 sessions that die are noticed within this, in milliseconds, to a tenth of it.
   */
  'detectionP99Ms'?: (number | string);
  /**
   * Arrivals that had reached it. Old ones count less.
   */
  'alarms'?: (number | string);
  /**
   * Fewer than eight had: the figure goes on from the last φ that enough had reached, taking φ at its word.
   */
  'extrapolated'?: (boolean);
}

/**
 * What a threshold costs.
 */
export interface Cost__Output {
  /**
   * The threshold.
   */
  'phi': (number);
  /**
   * Times that a live session reaches it, a day that it is there all day.
   */
  'falseAlarmsPerUserDay': (number);
  /**
   * The same of all sessions that are there now, an hour: each is a change to the worse and one back.
   */
  'flapsPerHour': (number);
  /**
   * From the last heartbeat to the threshold, in milliseconds: the mean over heartbeats.
   */
  'detectionMeanMs': (number);
  /**
   * 99 of 100 sessions that die are noticed within this, in milliseconds, to a tenth of it.
   */
  'detectionP99Ms': (number);
  /**
   * Arrivals that had reached it. Old ones count less.
   */
  'alarms': (number);
  /**
   * Fewer than eight had: the figure goes on from the last φ that enough had reached, taking φ at its word.
   */
  'extrapolated': (boolean);
}
