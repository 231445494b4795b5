import { Detector, type DetectorSettings } from '../../src/detector/detector.js';
import type { NamespaceSettings } from '../../src/presence/namespace.js';
import type { ServiceSettings } from '../../src/service.js';
import type { StoreNamespace } from '../../src/store/store.js';

/** A detector that tests can reason about: heartbeats every second, deviation at least 100 ms, no pause. */
function detectorSettings(overrides: Partial<DetectorSettings> = {}): DetectorSettings {
  return {
    model: 'normal',
    logistic: false,
    window: 20,
    minSamples: 5,
    expectedIntervalMs: 1_000,
    acceptablePauseMs: 0,
    minStdDevMs: 100,
    maxSilenceMs: 90_000,
    ...overrides,
  };
}

export function storeNamespace(
  overrides: Partial<DetectorSettings> = {},
  { name = 'default', retentionMs = 86_400_000, halfLifeMs = 86_400_000 } = {},
): StoreNamespace {
  return { name, retentionMs, halfLifeMs, detector: new Detector(detectorSettings(overrides), 3) };
}

export function namespaceSettings(overrides: Partial<DetectorSettings> = {}): NamespaceSettings {
  return {
    detector: detectorSettings(overrides),
    retentionMs: 86_400_000,
    halfLifeMs: 86_400_000,
    usersMax: 1_000_000,
    intents: { suspect: { phi: 3 }, offline: { phi: 5 } },
    massSilence: { share: 0.25, usersMin: 20, holdMs: 120_000, releasePerSecond: 100 },
  };
}

export const ingestSettings = { batchDelayMs: 2, batchSizeMax: 512, pendingMax: 10_000 };
export const trackerSettings = {
  subscriptionUsersMax: 1_000,
  subscriptionGroupsMax: 10,
  trackedUsersMax: 10_000,
  subscriptionsMax: 100,
};
export const groupSettings = { membersMax: 5_000 };
export const learningSettings = { intervalMs: 5_000 };
export const doubtSettings = { stallMs: 500 };
const shardsSettings = { usersMax: 100_000 };
const logsSettings = { followersMax: 10 };

export const grpcSettings = {
  connectionsMax: 1_000,
  unfinishedBytesMax: 64 * 2 ** 20,
  connectionCallsMax: 1_000,
  connectionAgeMs: undefined as number | undefined,
  messageBytesMax: 4_194_304,
};
export const openStreamSettings = { heartbeatStreamsMax: 100, idleMs: 600_000, unreadMs: 300_000 };
export const httpSettings = {
  eventStreamsMax: 100,
  unreadMs: 300_000,
  connectionsMax: 100,
  headerBytesMax: 16_384,
  bodyBytesMax: 65_536,
  hosts: [] as readonly string[],
};
export const callerLimits = { callsPerSecond: 1_000, heartbeatsPerSecond: 10_000, streamsMax: 100 };

/** Settings of a node on free ports and the embedded store. */
export function serviceSettings(overrides: Partial<ServiceSettings> = {}): ServiceSettings {
  return {
    grpcAddr: '127.0.0.1:0',
    httpAddr: '127.0.0.1:0',
    redis: undefined,
    redisTls: {},
    cachedUsersMax: 10_000,
    logsUsers: false,
    ingest: ingestSettings,
    groups: groupSettings,
    tracker: trackerSettings,
    learning: learningSettings,
    // A busy machine keeps processes from turning; what other tests expect of φ must not depend on it.
    doubt: { stallMs: 60_000 },
    shards: shardsSettings,
    logs: logsSettings,
    stream: { heartbeatsPerMessageMax: 1_000, batchesInFlightMax: 16 },
    tls: undefined,
    access: undefined,
    grpc: grpcSettings,
    openStreams: openStreamSettings,
    http: httpSettings,
    namespaces: { default: namespaceSettings() },
    ...overrides,
  };
}
