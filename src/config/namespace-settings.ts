import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../detector/status.js';
import { WINDOW_MAX } from '../detector/window.js';
import { boolean, decimal, duration, integer, oneOf } from './kinds.js';
import { setting } from './setting.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The name of a namespace: part of Redis keys (no colon) and of metric labels. */
export const NAMESPACE_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const NAMESPACE_NAME_ALLOWED =
  'a name of 1 to 63 characters a-z, 0-9, _ and -, beginning with a letter or digit';

/** Settings of a namespace. They are in the file only, below `namespaces.<name>`. */
export const namespaceSettings = {
  model: setting({
    path: 'model',
    kind: oneOf('normal', 'exponential'),
    default: 'normal',
    meaning:
      'How intervals are distributed: `normal` for clients with a rhythm, `exponential` for those without one.',
  }),
  logistic: setting({
    path: 'logistic',
    kind: boolean,
    default: false,
    meaning:
      'Model normal: the logistic approximation of Akka, Pekko and Hazelcast in place of the exact tail.',
  }),
  window: setting({
    path: 'window',
    kind: integer(1, WINDOW_MAX),
    default: 100,
    meaning: 'Intervals kept for each session.',
    tooLow: 'the estimate is noisy: false alarms',
    tooHigh: 'slow to follow a change of rhythm; memory: 2 bytes an interval',
  }),
  minSamples: setting({
    path: 'min_samples',
    kind: integer(1, WINDOW_MAX),
    default: 10,
    meaning: 'Below this many intervals expected_interval stands in for the missing ones. At most window.',
    tooLow: 'a young session is judged by a handful of intervals: false alarms',
    tooHigh: 'a client whose rhythm differs from expected_interval is misjudged for longer',
  }),
  expectedIntervalMs: setting({
    path: 'expected_interval',
    kind: duration(1, HOUR_MS / 2),
    default: 10 * SECOND_MS,
    meaning: 'Interval of a client of whom nothing is known yet; also what phid suggests to clients.',
    tooLow: 'new sessions are suspected before their second heartbeat',
    tooHigh: 'a session that dies young is noticed late',
  }),
  acceptablePauseMs: setting({
    path: 'acceptable_pause',
    kind: duration(0, HOUR_MS),
    default: 3 * SECOND_MS,
    meaning:
      'Model normal: silence beyond the mean interval that raises no suspicion (garbage collection, radio).',
    tooLow: 'every hiccup is an alarm',
    tooHigh: 'every detection takes that much longer',
  }),
  minStdDevMs: setting({
    path: 'min_std_dev',
    kind: duration(1, HOUR_MS),
    default: 100,
    meaning: 'Model normal: the least standard deviation that is believed.',
    tooLow: 'a very regular client is suspected for one late heartbeat',
    tooHigh: 'detection takes longer for all',
  }),
  maxSilenceMs: setting({
    path: 'max_silence',
    kind: duration(2, 7 * DAY_MS),
    default: 90 * SECOND_MS,
    meaning:
      'Silence after which a session is gone whatever the model says. Above expected_interval, and above every interval that a client declares.',
    tooLow: 'slow clients are called gone between two heartbeats',
    tooHigh: 'an erratic session that dies stays online for that long',
  }),
  retentionMs: setting({
    path: 'retention',
    kind: duration(3, 365 * DAY_MS),
    default: DAY_MS,
    meaning: 'How long a user is remembered after the last heartbeat. Above max_silence.',
    tooLow: 'OFFLINE becomes UNKNOWN early, and last_seen is lost',
    tooHigh: 'memory for users who will not return',
  }),
  suspect: setting({
    path: 'thresholds.suspect.phi',
    kind: decimal(WATCHABLE_PHI_MIN, WATCHABLE_PHI_MAX),
    default: 3,
    meaning: 'Suspicion level at which a user is SUSPECT. At most thresholds.offline.phi. Reloads on SIGHUP.',
    tooLow: 'more false alarms: ten times as many for each step of 1',
    tooHigh: 'suspicion comes later',
  }),
  offline: setting({
    path: 'thresholds.offline.phi',
    kind: decimal(WATCHABLE_PHI_MIN, WATCHABLE_PHI_MAX),
    default: 5,
    meaning: 'Suspicion level at which a user is OFFLINE. Reloads on SIGHUP.',
    tooLow: 'more false alarms: ten times as many for each step of 1',
    tooHigh: 'detection comes later, and max_silence decides in the end',
  }),
} as const;
