// Original file: proto/phid/v1/tuning.proto

import type { NamespaceTuning as _phid_v1_NamespaceTuning, NamespaceTuning__Output as _phid_v1_NamespaceTuning__Output } from '../../phid/v1/NamespaceTuning.js';

/**
 * Answer of ListNamespaces.
 */
export interface ListNamespacesResponse {
  /**
   * In the order of the configuration.
   */
  'namespaces'?: (_phid_v1_NamespaceTuning)[];
}

/**
 * Answer of ListNamespaces.
 */
export interface ListNamespacesResponse__Output {
  /**
   * In the order of the configuration.
   */
  'namespaces': (_phid_v1_NamespaceTuning__Output)[];
}
