// Original file: proto/phid/v1/presence.proto


/**
 * Request of Leave.
 */
export interface LeaveRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Who leaves. 1 to 256 bytes.
   */
  'userId'?: (string);
  /**
   * Which of their sessions. 0 to 256 bytes. Empty: all of them.
   */
  'sessionId'?: (string);
}

/**
 * Request of Leave.
 */
export interface LeaveRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * Who leaves. 1 to 256 bytes.
   */
  'userId': (string);
  /**
   * Which of their sessions. 0 to 256 bytes. Empty: all of them.
   */
  'sessionId': (string);
}
