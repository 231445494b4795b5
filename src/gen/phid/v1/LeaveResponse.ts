// Original file: proto/phid/v1/presence.proto


/**
 * Answer of Leave: it is recorded.
 */
export interface LeaveResponse {
}

/**
 * Answer of Leave: it is recorded.
 */
export interface LeaveResponse__Output {
}
