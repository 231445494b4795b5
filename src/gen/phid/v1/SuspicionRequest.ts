// Original file: proto/phid/v1/presence.proto


/**
 * Request of Suspicion.
 */
export interface SuspicionRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Who is asked for. 1 to 256 bytes.
   */
  'userId'?: (string);
}

/**
 * Request of Suspicion.
 */
export interface SuspicionRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * Who is asked for. 1 to 256 bytes.
   */
  'userId': (string);
}
