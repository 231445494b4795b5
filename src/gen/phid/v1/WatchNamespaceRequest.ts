// Original file: proto/phid/v1/fleet.proto


/**
 * Request of WatchNamespace.
 */
export interface WatchNamespaceRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Where to go on: `resume_token` of the last response, of whichever node. Empty: from now on. A caller who is not told
   * exactly when users were seen last (Suspicion) cannot go on: any token is answered by `resync`.
   */
  'resumeToken'?: (string);
}

/**
 * Request of WatchNamespace.
 */
export interface WatchNamespaceRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * Where to go on: `resume_token` of the last response, of whichever node. Empty: from now on. A caller who is not told
   * exactly when users were seen last (Suspicion) cannot go on: any token is answered by `resync`.
   */
  'resumeToken': (string);
}
