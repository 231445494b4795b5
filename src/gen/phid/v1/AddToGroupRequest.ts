// Original file: proto/phid/v1/presence.proto


/**
 * Request of AddToGroup.
 */
export interface AddToGroupRequest {
  /**
   * Class of clients of the group and its members. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * The group. 1 to 256 bytes.
   */
  'groupId'?: (string);
  /**
   * Who becomes a member: at most 1,000, of 1 to 256 bytes each; repetitions are ignored. They need not be
   * known.
   */
  'userIds'?: (string)[];
}

/**
 * Request of AddToGroup.
 */
export interface AddToGroupRequest__Output {
  /**
   * Class of clients of the group and its members. Empty: "default".
   */
  'namespace': (string);
  /**
   * The group. 1 to 256 bytes.
   */
  'groupId': (string);
  /**
   * Who becomes a member: at most 1,000, of 1 to 256 bytes each; repetitions are ignored. They need not be
   * known.
   */
  'userIds': (string)[];
}
