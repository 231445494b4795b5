// Original file: proto/phid/v1/presence.proto


/**
 * Request of RemoveFromGroup.
 */
export interface RemoveFromGroupRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * The group. 1 to 256 bytes.
   */
  'groupId'?: (string);
  /**
   * Who is a member no more: at most 1,000, of 1 to 256 bytes each.
   */
  'userIds'?: (string)[];
}

/**
 * Request of RemoveFromGroup.
 */
export interface RemoveFromGroupRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * The group. 1 to 256 bytes.
   */
  'groupId': (string);
  /**
   * Who is a member no more: at most 1,000, of 1 to 256 bytes each.
   */
  'userIds': (string)[];
}
