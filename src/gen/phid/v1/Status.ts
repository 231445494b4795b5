// Original file: proto/phid/v1/suspicion.proto

/**
 * Status is the suspicion level phi read against a pair of thresholds. It is an opinion: two callers with
 * different thresholds may rightly see different statuses of one user at one moment.
 */
export const Status = {
  /**
   * The user was never seen, or was forgotten: nothing arrived within the namespace's retention.
   */
  UNKNOWN: 'UNKNOWN',
  /**
   * phi is below the suspect threshold.
   */
  ONLINE: 'ONLINE',
  /**
   * phi has reached the suspect threshold, but not the offline threshold.
   */
  SUSPECT: 'SUSPECT',
  /**
   * phi has reached the offline threshold, or every session of the user left.
   */
  OFFLINE: 'OFFLINE',
} as const;

/**
 * Status is the suspicion level phi read against a pair of thresholds. It is an opinion: two callers with
 * different thresholds may rightly see different statuses of one user at one moment.
 */
export type Status =
  /**
   * The user was never seen, or was forgotten: nothing arrived within the namespace's retention.
   */
  | 'UNKNOWN'
  | 0
  /**
   * phi is below the suspect threshold.
   */
  | 'ONLINE'
  | 1
  /**
   * phi has reached the suspect threshold, but not the offline threshold.
   */
  | 'SUSPECT'
  | 2
  /**
   * phi has reached the offline threshold, or every session of the user left.
   */
  | 'OFFLINE'
  | 3

/**
 * Status is the suspicion level phi read against a pair of thresholds. It is an opinion: two callers with
 * different thresholds may rightly see different statuses of one user at one moment.
 */
export type Status__Output = typeof Status[keyof typeof Status]
