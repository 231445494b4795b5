// Original file: proto/phid/v1/presence.proto


/**
 * Request of IsOnline.
 */
export interface IsOnlineRequest {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace'?: (string);
  /**
   * Who is asked for. 1 to 256 bytes.
   */
  'userId'?: (string);
  /**
   * phi from which the caller calls a user gone. Range: above 0, to 1000. Absent: the namespace's offline
   * threshold (default 5). Lower finds out sooner and is wrong more often: each step of 1 is ten times as
   * many false alarms. PERMISSION_DENIED for a caller who is not told exactly when users were seen last (Suspicion).
   */
  'threshold'?: (number | string);
  '_threshold'?: "threshold";
}

/**
 * Request of IsOnline.
 */
export interface IsOnlineRequest__Output {
  /**
   * Class of clients. Empty: "default".
   */
  'namespace': (string);
  /**
   * Who is asked for. 1 to 256 bytes.
   */
  'userId': (string);
  /**
   * phi from which the caller calls a user gone. Range: above 0, to 1000. Absent: the namespace's offline
   * threshold (default 5). Lower finds out sooner and is wrong more often: each step of 1 is ten times as
   * many false alarms. PERMISSION_DENIED for a caller who is not told exactly when users were seen last (Suspicion).
   */
  'threshold'?: (number);
  '_threshold'?: "threshold";
}
