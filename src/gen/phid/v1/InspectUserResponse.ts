// Original file: proto/phid/v1/tuning.proto

import type { Suspicion as _phid_v1_Suspicion, Suspicion__Output as _phid_v1_Suspicion__Output } from '../../phid/v1/Suspicion.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { InspectedSession as _phid_v1_InspectedSession, InspectedSession__Output as _phid_v1_InspectedSession__Output } from '../../phid/v1/InspectedSession.js';

/**
 * Answer of InspectUser.
 */
export interface InspectUserResponse {
  /**
   * The opinion, by the namespace's thresholds.
   */
  'suspicion'?: (_phid_v1_Suspicion | null);
  /**
   * Why the status is what it is: one sentence for people, not to be parsed.
   */
  'why'?: (string);
  /**
   * The moment of which all this is, by the store's clock.
   */
  'now'?: (_google_protobuf_Timestamp | null);
  /**
   * φ from which on a user of the namespace is SUSPECT.
   */
  'suspectPhi'?: (number | string);
  /**
   * φ from which on a user of the namespace is OFFLINE.
   */
  'offlinePhi'?: (number | string);
  /**
   * The sessions that are remembered, liveliest first. Empty when UNKNOWN.
   */
  'sessions'?: (_phid_v1_InspectedSession)[];
  /**
   * φ says worse than the status, and is doubted: `why` says for what reason.
   */
  'withheld'?: (boolean);
  /**
   * Silence in milliseconds from which on a session is gone whatever φ says.
   */
  'maxSilenceMs'?: (number | string);
  /**
   * The user is invisible, and this is how they are behind that. Told to callers with the role `admin` only (where there
   * are no callers, to everybody); for all others it is false, and everything is as others see it.
   */
  'invisible'?: (boolean);
}

/**
 * Answer of InspectUser.
 */
export interface InspectUserResponse__Output {
  /**
   * The opinion, by the namespace's thresholds.
   */
  'suspicion': (_phid_v1_Suspicion__Output | null);
  /**
   * Why the status is what it is: one sentence for people, not to be parsed.
   */
  'why': (string);
  /**
   * The moment of which all this is, by the store's clock.
   */
  'now': (_google_protobuf_Timestamp__Output | null);
  /**
   * φ from which on a user of the namespace is SUSPECT.
   */
  'suspectPhi': (number);
  /**
   * φ from which on a user of the namespace is OFFLINE.
   */
  'offlinePhi': (number);
  /**
   * The sessions that are remembered, liveliest first. Empty when UNKNOWN.
   */
  'sessions': (_phid_v1_InspectedSession__Output)[];
  /**
   * φ says worse than the status, and is doubted: `why` says for what reason.
   */
  'withheld': (boolean);
  /**
   * Silence in milliseconds from which on a session is gone whatever φ says.
   */
  'maxSilenceMs': (number);
  /**
   * The user is invisible, and this is how they are behind that. Told to callers with the role `admin` only (where there
   * are no callers, to everybody); for all others it is false, and everything is as others see it.
   */
  'invisible': (boolean);
}
