import type { DetectorSettings } from '../../src/detector/detector.js';
import type { Thresholds } from '../../src/detector/status.js';
import type { MassSilenceSettings } from '../../src/presence/doubt/mass-silence.js';
import type { Skew } from './clocks.js';
import type { Fault } from './fault.js';

/** What a client does besides beating: ends with a word or without one, comes back, is invisible for a while. */
export interface Act {
  readonly atMs: number;
  readonly kind: 'leave' | 'leave all' | 'die' | 'return' | 'return anew' | 'move' | 'hide' | 'show';
}

/** One session of a user: a client that beats from a time on. */
export interface ClientPlan {
  readonly userId: string;
  readonly sessionId: string;
  /** Where its heartbeats come through. */
  readonly origin: string;
  /** The node it begins with. */
  readonly node: number;
  readonly startMs: number;
  readonly periodMs: number;
  /** Each interval differs from the period by up to this share of it. */
  readonly jitter: number;
  readonly isNumbered: boolean;
  /** What it declares, ms; 0: nothing. */
  readonly declaredMs: number;
  readonly acts: readonly Act[];
}

/** A subscriber: whom it watches from when to when, by what, and how fast it reads. */
export const EVERYBODY = 'everybody';

export interface WatcherPlan {
  readonly node: number;
  /** It watches the group EVERYBODY, whose members are all users, and these only by it. */
  readonly isOfGroup: boolean;
  readonly userIds: readonly string[];
  /** Undefined: the namespace's. */
  readonly thresholds: Thresholds | undefined;
  readonly openMs: number;
  /** Undefined: it stays. */
  readonly closeMs: number | undefined;
  /** When it stops to watch its first user for a while, or has them leave the group; undefined: it does not. */
  readonly removesMs: number | undefined;
  /** It takes so many events every `everyMs`; undefined: it keeps up. */
  readonly reads: { readonly room: number; readonly everyMs: number } | undefined;
}

/** All that happens in a run, but for how long each message is on its way, which follows from the seed. */
export interface Scenario {
  readonly seed: number;
  /** Clients and faults end then. */
  readonly durationMs: number;
  readonly detector: DetectorSettings;
  readonly retentionMs: number;
  readonly thresholds: Thresholds;
  readonly massSilence: MassSilenceSettings;
  /** Heartbeats that a node takes and has not recorded yet, at most. */
  readonly pendingMax: number;
  /** One for each node. */
  readonly clocks: readonly Skew[];
  readonly clients: readonly ClientPlan[];
  readonly watchers: readonly WatcherPlan[];
  /** Mean time from one question to the next on each node, ms. */
  readonly asksEveryMs: number;
  readonly faults: readonly Fault[];
}
