// Original file: proto/phid/v1/suspicion.proto

/**
 * Activity is what the client says it is doing. It is passed on as it came and does not enter the suspicion
 * level: a client that will beat more slowly declares that with `Heartbeat.next_interval_ms`.
 */
export const Activity = {
  /**
   * The client did not say.
   */
  ACTIVITY_UNSPECIFIED: 'ACTIVITY_UNSPECIFIED',
  /**
   * Somebody is using it.
   */
  ACTIVE: 'ACTIVE',
  /**
   * It is open, and nobody is using it.
   */
  IDLE: 'IDLE',
  /**
   * It runs in the background, possibly throttled by its system.
   */
  BACKGROUND: 'BACKGROUND',
} as const;

/**
 * Activity is what the client says it is doing. It is passed on as it came and does not enter the suspicion
 * level: a client that will beat more slowly declares that with `Heartbeat.next_interval_ms`.
 */
export type Activity =
  /**
   * The client did not say.
   */
  | 'ACTIVITY_UNSPECIFIED'
  | 0
  /**
   * Somebody is using it.
   */
  | 'ACTIVE'
  | 1
  /**
   * It is open, and nobody is using it.
   */
  | 'IDLE'
  | 2
  /**
   * It runs in the background, possibly throttled by its system.
   */
  | 'BACKGROUND'
  | 3

/**
 * Activity is what the client says it is doing. It is passed on as it came and does not enter the suspicion
 * level: a client that will beat more slowly declares that with `Heartbeat.next_interval_ms`.
 */
export type Activity__Output = typeof Activity[keyof typeof Activity]
