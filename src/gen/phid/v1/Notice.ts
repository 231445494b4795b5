// Original file: proto/phid/v1/suspicion.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/phid/v1/suspicion.proto

/**
 * Kind is what happened to the stream.
 */
export const _phid_v1_Notice_Kind = {
  /**
   * Never sent.
   */
  KIND_UNSPECIFIED: 'KIND_UNSPECIFIED',
  /**
   * The reader was too slow: changes were merged, and only the latest status of each user is sent.
   */
  LAGGED: 'LAGGED',
  /**
   * The store cannot be read: no changes are sent, and the statuses sent before may be stale.
   */
  DEGRADED: 'DEGRADED',
  /**
   * The store can be read again, and all states were re-read: every status is current again.
   */
  RECOVERED: 'RECOVERED',
  /**
   * A large part of the users of one origin fell silent at once, as when a network is cut: their OFFLINE is
   * withheld, and they are SUSPECT meanwhile, `degraded` once they would be OFFLINE. `message` names the
   * origin.
   */
  MASS_SILENCE: 'MASS_SILENCE',
  /**
   * They were heard again, or it has lasted for long: who is silent becomes OFFLINE, not all at once.
   */
  MASS_SILENCE_OVER: 'MASS_SILENCE_OVER',
} as const;

/**
 * Kind is what happened to the stream.
 */
export type _phid_v1_Notice_Kind =
  /**
   * Never sent.
   */
  | 'KIND_UNSPECIFIED'
  | 0
  /**
   * The reader was too slow: changes were merged, and only the latest status of each user is sent.
   */
  | 'LAGGED'
  | 1
  /**
   * The store cannot be read: no changes are sent, and the statuses sent before may be stale.
   */
  | 'DEGRADED'
  | 2
  /**
   * The store can be read again, and all states were re-read: every status is current again.
   */
  | 'RECOVERED'
  | 3
  /**
   * A large part of the users of one origin fell silent at once, as when a network is cut: their OFFLINE is
   * withheld, and they are SUSPECT meanwhile, `degraded` once they would be OFFLINE. `message` names the
   * origin.
   */
  | 'MASS_SILENCE'
  | 4
  /**
   * They were heard again, or it has lasted for long: who is silent becomes OFFLINE, not all at once.
   */
  | 'MASS_SILENCE_OVER'
  | 5

/**
 * Kind is what happened to the stream.
 */
export type _phid_v1_Notice_Kind__Output = typeof _phid_v1_Notice_Kind[keyof typeof _phid_v1_Notice_Kind]

/**
 * Notice says something about the stream itself. It needs no answer: the statuses that follow are right by
 * themselves.
 */
export interface Notice {
  /**
   * What happened.
   */
  'kind'?: (_phid_v1_Notice_Kind);
  /**
   * The same for people: one sentence, not to be parsed.
   */
  'message'?: (string);
  /**
   * Changes that were merged into later ones since the last notice. LAGGED only, otherwise 0.
   */
  'coalesced'?: (number | string | Long);
}

/**
 * Notice says something about the stream itself. It needs no answer: the statuses that follow are right by
 * themselves.
 */
export interface Notice__Output {
  /**
   * What happened.
   */
  'kind': (_phid_v1_Notice_Kind__Output);
  /**
   * The same for people: one sentence, not to be parsed.
   */
  'message': (string);
  /**
   * Changes that were merged into later ones since the last notice. LAGGED only, otherwise 0.
   */
  'coalesced': (number);
}
