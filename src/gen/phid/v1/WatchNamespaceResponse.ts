// Original file: proto/phid/v1/fleet.proto

import type { StatusChange as _phid_v1_StatusChange, StatusChange__Output as _phid_v1_StatusChange__Output } from '../../phid/v1/StatusChange.js';
import type { Notice as _phid_v1_Notice, Notice__Output as _phid_v1_Notice__Output } from '../../phid/v1/Notice.js';
import type { Resync as _phid_v1_Resync, Resync__Output as _phid_v1_Resync__Output } from '../../phid/v1/Resync.js';

/**
 * Response of WatchNamespace: of the first three fields at most one is there.
 */
export interface WatchNamespaceResponse {
  /**
   * What changed, of each user in order. None, in the first response: there is only a token.
   */
  'changes'?: (_phid_v1_StatusChange)[];
  /**
   * Something about the stream itself.
   */
  'notice'?: (_phid_v1_Notice | null);
  /**
   * Changes were missed: the token was too old, or the store has lost its data. Who needs to know how things stand asks now
   * (BatchSuspicion), and goes on with the changes that follow.
   */
  'resync'?: (_phid_v1_Resync | null);
  /**
   * Where to go on after this response. At most 1,024 bytes of ASCII. Empty for a caller who cannot.
   */
  'resumeToken'?: (string);
}

/**
 * Response of WatchNamespace: of the first three fields at most one is there.
 */
export interface WatchNamespaceResponse__Output {
  /**
   * What changed, of each user in order. None, in the first response: there is only a token.
   */
  'changes': (_phid_v1_StatusChange__Output)[];
  /**
   * Something about the stream itself.
   */
  'notice': (_phid_v1_Notice__Output | null);
  /**
   * Changes were missed: the token was too old, or the store has lost its data. Who needs to know how things stand asks now
   * (BatchSuspicion), and goes on with the changes that follow.
   */
  'resync': (_phid_v1_Resync__Output | null);
  /**
   * Where to go on after this response. At most 1,024 bytes of ASCII. Empty for a caller who cannot.
   */
  'resumeToken': (string);
}
