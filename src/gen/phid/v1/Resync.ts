// Original file: proto/phid/v1/fleet.proto


/**
 * Resync says that changes were missed.
 */
export interface Resync {
}

/**
 * Resync says that changes were missed.
 */
export interface Resync__Output {
}
