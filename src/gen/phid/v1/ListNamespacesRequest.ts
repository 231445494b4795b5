// Original file: proto/phid/v1/tuning.proto


/**
 * Request of ListNamespaces.
 */
export interface ListNamespacesRequest {
}

/**
 * Request of ListNamespaces.
 */
export interface ListNamespacesRequest__Output {
}
