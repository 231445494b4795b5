// Original file: proto/phid/v1/suspicion.proto


/**
 * Synced says that everything asked for so far has had its snapshot: what follows are changes.
 */
export interface Synced {
}

/**
 * Synced says that everything asked for so far has had its snapshot: what follows are changes.
 */
export interface Synced__Output {
}
