// Original file: proto/phid/v1/tuning.proto


/**
 * Request of ListSuspects.
 */
export interface ListSuspectsRequest {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace'?: (string);
  /**
   * How many are wanted at most, 1 to 100; 0 means 10.
   */
  'limit'?: (number);
}

/**
 * Request of ListSuspects.
 */
export interface ListSuspectsRequest__Output {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace': (string);
  /**
   * How many are wanted at most, 1 to 100; 0 means 10.
   */
  'limit': (number);
}
