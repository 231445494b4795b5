import type { AccessSettings } from '../access/access.js';
import type { Intent } from '../detector/intent.js';
import type { NamespaceSettings } from '../presence/namespace.js';
import type { ServiceSettings } from '../service.js';
import type { TlsSettings } from '../tls/certificates.js';
import type { namespaceSettings } from './namespace-settings.js';
import type { nodeSettings } from './node-settings.js';
import type { ValuesOf } from './setting.js';

export type LogLevel = NodeValues['logLevel'];

/** Everything a node is started with, validated. */
export interface Settings extends ServiceSettings {
  /** Processes that serve; above 1 only with Redis. */
  readonly workers: number;
  readonly logLevel: LogLevel;
  /** Plaintext is meant, wherever it is served. */
  readonly isInsecure: boolean;
}

export type NodeValues = ValuesOf<typeof nodeSettings>;
export type NamespaceValues = ValuesOf<typeof namespaceSettings>;

export function toSettings(node: NodeValues, namespaces: ReadonlyMap<string, NamespaceValues>): Settings {
  const { grpcAddr, httpAddr, redis, cachedUsersMax, workers, logLevel } = node;
  const { batchDelayMs, batchSizeMax, pendingMax } = node;
  const { subscriptionUsersMax, subscriptionGroupsMax, trackedUsersMax, subscriptionsMax } = node;
  const { heartbeatsPerMessageMax, batchesInFlightMax } = node;
  return {
    grpcAddr,
    httpAddr,
    isInsecure: node.insecure,
    tls: tlsOf(node),
    access: accessOf(node),
    redis,
    redisTls: { ca: node.redisCa, cert: node.redisCert, key: node.redisKey },
    cachedUsersMax,
    logsUsers: node.logUsers,
    workers,
    logLevel,
    ingest: { batchDelayMs, batchSizeMax, pendingMax },
    groups: { membersMax: node.groupMembersMax },
    tracker: { subscriptionUsersMax, subscriptionGroupsMax, trackedUsersMax, subscriptionsMax },
    learning: { intervalMs: node.learningIntervalMs },
    doubt: { stallMs: node.stallMs },
    shards: { usersMax: node.censusUsersMax },
    logs: { followersMax: node.logStreamsMax },
    stream: { heartbeatsPerMessageMax, batchesInFlightMax },
    openStreams: {
      heartbeatStreamsMax: node.heartbeatStreamsMax,
      idleMs: node.streamIdleMs,
      unreadMs: node.streamUnreadMs,
    },
    grpc: {
      connectionsMax: node.connectionsMax,
      unfinishedBytesMax: node.unfinishedBytesMax,
      connectionCallsMax: node.connectionCallsMax,
      connectionAgeMs: node.connectionAgeMs,
      messageBytesMax: node.messageBytesMax,
    },
    http: {
      eventStreamsMax: node.eventStreamsMax,
      unreadMs: node.streamUnreadMs,
      connectionsMax: node.httpConnectionsMax,
      headerBytesMax: node.httpHeaderBytesMax,
      bodyBytesMax: node.httpBodyBytesMax,
      hosts: node.httpHosts,
    },
    namespaces: Object.fromEntries([...namespaces].map(([name, values]) => [name, toNamespace(values)])),
  };
}

/** That both files are there was checked. */
function tlsOf({ tlsCert, tlsKey, tlsClientCa, tlsClientCertificate }: NodeValues): TlsSettings | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { cert: tlsCert, key: tlsKey, clientCa: tlsClientCa, clientCertificate: tlsClientCertificate };
}

/** That all of JWT is there, or none, was checked. */
function accessOf(node: NodeValues): AccessSettings | undefined {
  if (node.authCallers === undefined) return undefined;
  const { authJwks: keys, authIssuer: issuer, authAudience: audience } = node;
  return {
    callers: node.authCallers,
    jwt: keys && issuer && audience ? { keys, issuer, audience } : undefined,
    isMetricsOpen: node.authOpenMetrics,
    hasReflection: node.authReflection,
    limits: {
      callsPerSecond: node.callerCallsPerSecond,
      heartbeatsPerSecond: node.callerHeartbeatsPerSecond,
      streamsMax: node.callerStreamsMax,
    },
  };
}

function toNamespace(values: NamespaceValues): NamespaceSettings {
  const { retentionMs, halfLifeMs, usersMax, ...rest } = values;
  const { suspectPhi, suspectFalseAlarms, suspectDetectionMs, ...others } = rest;
  const { offlinePhi, offlineFalseAlarms, offlineDetectionMs, ...more } = others;
  const { massSilenceShare, massSilenceUsers, massSilenceHoldMs, massSilenceRelease, ...detector } = more;
  const intents = {
    suspect: intentOf(suspectPhi, suspectFalseAlarms, suspectDetectionMs),
    offline: intentOf(offlinePhi, offlineFalseAlarms, offlineDetectionMs),
  };
  const massSilence = {
    share: massSilenceShare,
    usersMin: massSilenceUsers,
    holdMs: massSilenceHoldMs,
    releasePerSecond: massSilenceRelease,
  };
  return { detector, retentionMs, halfLifeMs, usersMax, intents, massSilence };
}

/** One of them was checked to be there. */
function intentOf(
  phi: number | undefined,
  falseAlarmsPerUserDay: number | undefined,
  detectionTimeMs: number | undefined,
): Intent {
  if (detectionTimeMs !== undefined) return { detectionTimeMs };
  if (falseAlarmsPerUserDay !== undefined) return { falseAlarmsPerUserDay };
  return { phi: phi as number };
}
