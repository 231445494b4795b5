// Original file: proto/phid/v1/presence.proto


/**
 * Answer of SetVisibility: it is recorded, and whoever asks from now on is told so. Who watches is told as of a
 * Leave.
 */
export interface SetVisibilityResponse {
}

/**
 * Answer of SetVisibility: it is recorded, and whoever asks from now on is told so. Who watches is told as of a
 * Leave.
 */
export interface SetVisibilityResponse__Output {
}
