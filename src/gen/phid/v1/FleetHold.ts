// Original file: proto/phid/v1/fleet.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';

// Original file: proto/phid/v1/fleet.proto

/**
 * Cause is why.
 */
export const _phid_v1_FleetHold_Cause = {
  /**
   * Never sent.
   */
  CAUSE_UNSPECIFIED: 'CAUSE_UNSPECIFIED',
  /**
   * Many fell silent at once.
   */
  CAUSE_SILENCE: 'CAUSE_SILENCE',
  /**
   * The origin said that it would be silent.
   */
  CAUSE_DRAIN: 'CAUSE_DRAIN',
} as const;

/**
 * Cause is why.
 */
export type _phid_v1_FleetHold_Cause =
  /**
   * Never sent.
   */
  | 'CAUSE_UNSPECIFIED'
  | 0
  /**
   * Many fell silent at once.
   */
  | 'CAUSE_SILENCE'
  | 1
  /**
   * The origin said that it would be silent.
   */
  | 'CAUSE_DRAIN'
  | 2

/**
 * Cause is why.
 */
export type _phid_v1_FleetHold_Cause__Output = typeof _phid_v1_FleetHold_Cause[keyof typeof _phid_v1_FleetHold_Cause]

/**
 * Statuses of users of an origin are withheld.
 */
export interface FleetHold {
  /**
   * Whose users.
   */
  'namespace'?: (string);
  /**
   * Of which origin; empty: of those that name none.
   */
  'origin'?: (string);
  /**
   * Why.
   */
  'cause'?: (_phid_v1_FleetHold_Cause);
  /**
   * From when on who crosses a threshold is held.
   */
  'from'?: (_google_protobuf_Timestamp | null);
  /**
   * When those who are still silent begin to be told, a few at a time.
   */
  'until'?: (_google_protobuf_Timestamp | null);
}

/**
 * Statuses of users of an origin are withheld.
 */
export interface FleetHold__Output {
  /**
   * Whose users.
   */
  'namespace': (string);
  /**
   * Of which origin; empty: of those that name none.
   */
  'origin': (string);
  /**
   * Why.
   */
  'cause': (_phid_v1_FleetHold_Cause__Output);
  /**
   * From when on who crosses a threshold is held.
   */
  'from': (_google_protobuf_Timestamp__Output | null);
  /**
   * When those who are still silent begin to be told, a few at a time.
   */
  'until': (_google_protobuf_Timestamp__Output | null);
}
