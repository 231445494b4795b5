// Original file: proto/phid/v1/presence.proto


/**
 * Request of BatchSuspicion.
 */
export interface BatchSuspicionRequest {
  /**
   * Class of clients of all these users. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Who is asked for: at most 1,000, of 1 to 256 bytes each. One named twice is answered twice.
   */
  'userIds'?: (string)[];
}

/**
 * Request of BatchSuspicion.
 */
export interface BatchSuspicionRequest__Output {
  /**
   * Class of clients of all these users. Empty: "default".
   */
  'namespace': (string);
  /**
   * Who is asked for: at most 1,000, of 1 to 256 bytes each. One named twice is answered twice.
   */
  'userIds': (string)[];
}
