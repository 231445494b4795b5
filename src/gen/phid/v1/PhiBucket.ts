// Original file: proto/phid/v1/quality.proto


/**
 * One bucket of φ at arrival.
 */
export interface PhiBucket {
  /**
   * Its lower edge; it reaches to that of the next.
   */
  'phi'?: (number | string);
  /**
   * Arrivals in it. Old ones count less.
   */
  'arrivals'?: (number | string);
}

/**
 * One bucket of φ at arrival.
 */
export interface PhiBucket__Output {
  /**
   * Its lower edge; it reaches to that of the next.
   */
  'phi': (number);
  /**
   * Arrivals in it. Old ones count less.
   */
  'arrivals': (number);
}
