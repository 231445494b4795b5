// Original file: proto/phid/v1/tuning.proto


/**
 * Request of InspectUser.
 */
export interface InspectUserRequest {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace'?: (string);
  /**
   * Who is asked for. 1 to 256 bytes.
   */
  'userId'?: (string);
}

/**
 * Request of InspectUser.
 */
export interface InspectUserRequest__Output {
  /**
   * Class of clients; empty means `default`.
   */
  'namespace': (string);
  /**
   * Who is asked for. 1 to 256 bytes.
   */
  'userId': (string);
}
