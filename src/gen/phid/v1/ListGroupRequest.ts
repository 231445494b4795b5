// Original file: proto/phid/v1/presence.proto


/**
 * Request of ListGroup.
 */
export interface ListGroupRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * The group. 1 to 256 bytes.
   */
  'groupId'?: (string);
  /**
   * Members in the answer, at most 1,000. 0 (default): 100.
   */
  'pageSize'?: (number);
  /**
   * `next_page_token` of the page before. Empty (default): the first page.
   */
  'pageToken'?: (string);
}

/**
 * Request of ListGroup.
 */
export interface ListGroupRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * The group. 1 to 256 bytes.
   */
  'groupId': (string);
  /**
   * Members in the answer, at most 1,000. 0 (default): 100.
   */
  'pageSize': (number);
  /**
   * `next_page_token` of the page before. Empty (default): the first page.
   */
  'pageToken': (string);
}
