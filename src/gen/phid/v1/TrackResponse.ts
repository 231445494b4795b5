// Original file: proto/phid/v1/presence.proto

import type { StatusChange as _phid_v1_StatusChange, StatusChange__Output as _phid_v1_StatusChange__Output } from '../../phid/v1/StatusChange.js';
import type { Synced as _phid_v1_Synced, Synced__Output as _phid_v1_Synced__Output } from '../../phid/v1/Synced.js';
import type { Notice as _phid_v1_Notice, Notice__Output as _phid_v1_Notice__Output } from '../../phid/v1/Notice.js';

/**
 * One event of Track.
 */
export interface TrackResponse {
  /**
   * A user's status, first as a snapshot, then whenever it changes.
   */
  'change'?: (_phid_v1_StatusChange | null);
  /**
   * Everyone added so far has had their snapshot. Sent after each message that adds users; once for several
   * when they follow each other closely.
   */
  'synced'?: (_phid_v1_Synced | null);
  /**
   * Something about the stream itself.
   */
  'notice'?: (_phid_v1_Notice | null);
  /**
   * What happened.
   */
  'event'?: "change"|"synced"|"notice";
}

/**
 * One event of Track.
 */
export interface TrackResponse__Output {
  /**
   * A user's status, first as a snapshot, then whenever it changes.
   */
  'change'?: (_phid_v1_StatusChange__Output | null);
  /**
   * Everyone added so far has had their snapshot. Sent after each message that adds users; once for several
   * when they follow each other closely.
   */
  'synced'?: (_phid_v1_Synced__Output | null);
  /**
   * Something about the stream itself.
   */
  'notice'?: (_phid_v1_Notice__Output | null);
  /**
   * What happened.
   */
  'event'?: "change"|"synced"|"notice";
}
