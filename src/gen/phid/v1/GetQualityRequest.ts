// Original file: proto/phid/v1/tuning.proto


/**
 * Request of GetQuality.
 */
export interface GetQualityRequest {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace'?: (string);
}

/**
 * Request of GetQuality.
 */
export interface GetQualityRequest__Output {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace': (string);
}
