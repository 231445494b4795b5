// Original file: proto/phid/v1/presence.proto


/**
 * Request of SetVisibility.
 */
export interface SetVisibilityRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Whose visibility. 1 to 256 bytes.
   */
  'userId'?: (string);
  /**
   * Whether others see the user. False (default): they see somebody who has left.
   */
  'visible'?: (boolean);
}

/**
 * Request of SetVisibility.
 */
export interface SetVisibilityRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * Whose visibility. 1 to 256 bytes.
   */
  'userId': (string);
  /**
   * Whether others see the user. False (default): they see somebody who has left.
   */
  'visible': (boolean);
}
