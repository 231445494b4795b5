// Original file: proto/phid/v1/fleet.proto


/**
 * Request of GetFleet.
 */
export interface GetFleetRequest {
}

/**
 * Request of GetFleet.
 */
export interface GetFleetRequest__Output {
}
