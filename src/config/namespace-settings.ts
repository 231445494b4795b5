import {
  DETECTION_TIME_MS_MAX,
  DETECTION_TIME_MS_MIN,
  FALSE_ALARMS_MAX,
  FALSE_ALARMS_MIN,
} from '../detector/intent.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../detector/status.js';
import { SESSIONS_MAX } from '../detector/user.js';
import { WINDOW_MAX } from '../detector/window.js';
import { boolean, decimal, duration, integer, oneOf } from './kinds.js';
import { optional, setting } from './setting.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The name of a namespace: part of Redis keys (no colon) and of metric labels. */
export const NAMESPACE_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const NAMESPACE_NAME_ALLOWED =
  'a name of 1 to 63 characters a-z, 0-9, _ and -, beginning with a letter or digit';

/*
 * Why 3 and 5: with heartbeats every 10 s, on mobile networks, a crash is noticed after about 20 s at φ = 3, and one
 * false OFFLINE a user and week is φ = log10(60,480 gaps a week) = 4.78.
 */
const phi = decimal(WATCHABLE_PHI_MIN, WATCHABLE_PHI_MAX);
const falseAlarms = decimal(FALSE_ALARMS_MIN, FALSE_ALARMS_MAX);
const detectionTime = duration(DETECTION_TIME_MS_MIN, DETECTION_TIME_MS_MAX);

/** Of the three ways to say what a threshold is for. */
const EITHER =
  'Either phi, false_alarms_per_user_day or detection_time; the others follow. Reloads on SIGHUP. What `phid tune --set` set wins.';

/** Settings of a namespace. They are in the file only, below `namespaces.<name>`. */
export const namespaceSettings = {
  model: setting({
    path: 'model',
    kind: oneOf('adaptive', 'normal', 'exponential'),
    default: 'adaptive',
    meaning:
      'How intervals are distributed: `adaptive` learns it from the fleet; `normal` assumes clients with a rhythm, `exponential` clients without one.',
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
  halfLifeMs: setting({
    path: 'half_life',
    kind: duration(MINUTE_MS, 365 * DAY_MS),
    default: DAY_MS,
    meaning: 'Time after which what was learned of the fleet, and what its thresholds cost, counts half.',
    tooLow: 'rare silences are forgotten before there are enough: high thresholds are guesses',
    tooHigh: 'slow to follow when networks or clients change',
  }),
  sessionsMax: setting({
    path: 'sessions_max',
    kind: integer(1, SESSIONS_MAX),
    default: SESSIONS_MAX,
    meaning:
      'Sessions kept for a user. One more takes the place of one that left, or of the most suspicious: that with the highest φ.',
    tooLow: 'a user with more devices is judged by some of them',
    tooHigh: 'memory: a gateway may give every user as many',
  }),
  usersMax: setting({
    path: 'users_max',
    kind: integer(1, 1_000_000_000),
    default: 1_000_000,
    meaning:
      'Users of whom something is known, about: as the owners of shards count them, once in two seconds. Beyond it whoever is not known is refused, and those who are go on. limits.census_users_max of all nodes must be more, or it is never reached.',
    tooLow: 'people who come are refused, and UNKNOWN to everybody',
    tooHigh: 'a gateway that invents users fills the memory of the store',
  }),
  massSilenceShare: setting({
    path: 'mass_silence.share',
    kind: decimal(0.01, 1),
    default: 0.25,
    meaning:
      'When so large a part of the users of one origin who are due fall silent together, they were cut off and did not leave: their OFFLINE is withheld.',
    tooLow: 'real departures of many are doubted and told late',
    tooHigh: 'a cut of a smaller part turns its users OFFLINE',
  }),
  massSilenceUsers: setting({
    path: 'mass_silence.users',
    kind: integer(2, 1_000_000),
    default: 20,
    meaning: 'And only if that is so many users. Origins with fewer are judged user by user.',
    tooLow: 'in a small origin one departure waits for witnesses that others are heard',
    tooHigh: 'small origins are not protected',
  }),
  massSilenceHoldMs: setting({
    path: 'mass_silence.hold',
    kind: duration(0, DAY_MS),
    default: 2 * MINUTE_MS,
    meaning: 'How long OFFLINE is withheld when they do not come back. 0: silences of many are not doubted.',
    tooLow: 'a cut that lasts longer turns its users OFFLINE',
    tooHigh: 'users who are really gone are called SUSPECT for that long',
  }),
  massSilenceRelease: setting({
    path: 'mass_silence.release_per_second',
    kind: integer(1, 1_000_000),
    default: 100,
    meaning: 'Users a second who become OFFLINE when it is withheld no longer, from mass silence or a drain.',
    tooLow: 'the last of a large origin are told late',
    tooHigh: 'subscribers get all changes at once',
  }),
  suspectPhi: setting<number | undefined>({
    path: 'thresholds.suspect.phi',
    kind: phi,
    default: 3,
    unless: ['thresholds.suspect.false_alarms_per_user_day', 'thresholds.suspect.detection_time'],
    meaning: `Suspicion level at which a user is SUSPECT. At most thresholds.offline.phi. ${EITHER}`,
    tooLow: 'more false alarms: ten times as many for each step of 1',
    tooHigh: 'suspicion comes later',
  }),
  suspectFalseAlarms: optional({
    path: 'thresholds.suspect.false_alarms_per_user_day',
    kind: falseAlarms,
    meaning: `How often a user who is there may be called SUSPECT, a day and session. ${EITHER}`,
    tooLow: 'suspicion comes later, and max_silence decides in the end',
    tooHigh: 'more false alarms',
  }),
  suspectDetectionMs: optional({
    path: 'thresholds.suspect.detection_time',
    kind: detectionTime,
    meaning: `Silence after which a typical user is to be SUSPECT. At most max_silence. ${EITHER}`,
    tooLow: 'many false alarms; below an interval of heartbeats it cannot be had',
    tooHigh: 'suspicion comes later',
  }),
  offlinePhi: setting<number | undefined>({
    path: 'thresholds.offline.phi',
    kind: phi,
    default: 5,
    unless: ['thresholds.offline.false_alarms_per_user_day', 'thresholds.offline.detection_time'],
    meaning: `Suspicion level at which a user is OFFLINE. ${EITHER}`,
    tooLow: 'more false alarms: ten times as many for each step of 1',
    tooHigh: 'detection comes later, and max_silence decides in the end',
  }),
  offlineFalseAlarms: optional({
    path: 'thresholds.offline.false_alarms_per_user_day',
    kind: falseAlarms,
    meaning: `How often a user who is there may be called OFFLINE, a day and session. At most that of suspect. ${EITHER}`,
    tooLow: 'detection comes later, and max_silence decides in the end',
    tooHigh: 'more false alarms',
  }),
  offlineDetectionMs: optional({
    path: 'thresholds.offline.detection_time',
    kind: detectionTime,
    meaning: `Silence after which a typical user is to be OFFLINE. At least that of suspect, at most max_silence. ${EITHER}`,
    tooLow: 'many false alarms; below an interval of heartbeats it cannot be had',
    tooHigh: 'detection comes later',
  }),
} as const;

/** The three ways to say what a threshold is for. One is enough for each. */
export const thresholdWays = {
  suspect: {
    phi: namespaceSettings.suspectPhi,
    falseAlarmsPerUserDay: namespaceSettings.suspectFalseAlarms,
    detectionTimeMs: namespaceSettings.suspectDetectionMs,
  },
  offline: {
    phi: namespaceSettings.offlinePhi,
    falseAlarmsPerUserDay: namespaceSettings.offlineFalseAlarms,
    detectionTimeMs: namespaceSettings.offlineDetectionMs,
  },
} as const;
