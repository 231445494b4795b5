import type { MetricsPage } from './metrics-page.js';

/** A figure of SUSPECT and of OFFLINE. */
interface ByStatus {
  readonly suspect: number;
  readonly offline: number;
}

interface Queue {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/** What a node says of a namespace. What cannot be told is null. */
export interface NamespaceFigures {
  readonly namespace: string;
  readonly heartbeatsPerSecond: number;
  readonly liveUsers: number;
  readonly watches: { readonly online: number; readonly suspect: number; readonly offline: number };
  readonly thresholdPhi: ByStatus;
  /** From the last heartbeat of a typical session to the threshold. */
  readonly detectionSeconds: ByStatus;
  /** Since the node started, and as many as the thresholds stand for. */
  readonly mistakes: ByStatus;
  readonly mistakesExpected: ByStatus;
  /** The φ that φ = 1, 2, 3, 4 really are; null where too little was seen. */
  readonly deliveredPhi: readonly (number | null)[];
  /** Origins whose statuses are withheld. */
  readonly massSilences: number;
  readonly drains: number;
}

/** What a node says of itself, now and since the page before. */
export interface NodeFigures {
  readonly version: string;
  /** Null of several workers, which started at different times. */
  readonly uptimeSeconds: number | null;
  readonly isStoreReady: boolean;
  readonly isDegraded: boolean;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly heartbeatsPerSecond: number;
  readonly callsPerSecond: number;
  readonly changesPerSecond: number;
  readonly streams: number;
  readonly laggingStreams: number;
  readonly queues: readonly Queue[];
  /** The slowest of a hundred. */
  readonly recordedP99Seconds: number | null;
  readonly crossingLateP99Seconds: number | null;
  readonly redisP99Seconds: number | null;
  readonly redisFailures: number;
  readonly blindSeconds: number;
  readonly stalls: number;
  readonly peers: number;
  readonly silentPeers: number;
  readonly namespaces: readonly NamespaceFigures[];
}

const CALIBRATION_PHIS = [1, 2, 3, 4];
/** Of fewer silences than this beyond a level chance decides. */
const EXPECTED_MIN = 10;
const QUANTILE = 0.99;

const STARTED = 'process_start_time_seconds';

/** What the node says now; rates and quantiles are of the time since `before`. */
export function figuresOf(now: MetricsPage, before: MetricsPage): NodeFigures {
  const seconds = (now.atMs - before.atMs) / 1000;
  // A node that was started again counts from 0.
  const growth = (name: string, labels = {}) => Math.max(0, now.sum(name, labels) - before.sum(name, labels));
  const rate = (name: string, labels = {}) => (seconds > 0 ? growth(name, labels) / seconds : 0);
  const p99 = (name: string, labels = {}) =>
    quantileOf(now.buckets(name, labels), before.buckets(name, labels));
  const queue = (name: string, metric: string): Queue => ({
    name,
    used: now.sum(metric),
    limit: now.sum(`${metric}_limit`),
  });
  return {
    version: now.labelValues('phid_build_info', 'version').join(', '),
    uptimeSeconds: now.has(STARTED) ? Math.max(0, Date.now() / 1000 - now.sum(STARTED)) : null,
    isStoreReady: now.sum('phid_store_ready') === 1,
    isDegraded: now.sum('phid_watch_degraded') > 0,
    cpuCores: rate('process_cpu_seconds_total'),
    memoryBytes: now.sum('process_resident_memory_bytes'),
    heartbeatsPerSecond: rate('phid_heartbeats_total', { outcome: 'recorded' }),
    callsPerSecond: rate('phid_rpc_duration_seconds_count'),
    changesPerSecond: rate('phid_changes_total'),
    streams: now.sum('phid_watch_streams'),
    laggingStreams: now.sum('phid_watch_lagging_streams'),
    queues: [
      queue('to be recorded', 'phid_ingest_pending'),
      queue('watched users', 'phid_watched_users'),
      queue('streams', 'phid_watch_streams'),
    ],
    recordedP99Seconds: p99('phid_ingest_latency_seconds'),
    crossingLateP99Seconds: p99('phid_crossing_lateness_seconds', { status: 'suspect' }),
    redisP99Seconds: p99('phid_redis_call_duration_seconds'),
    redisFailures: now.sum('phid_redis_call_failures_total'),
    blindSeconds: now.sum('phid_blind_seconds_total'),
    stalls: now.sum('phid_stalls_total'),
    peers: now.sum('phid_peers'),
    silentPeers: now.sum('phid_peers_silent'),
    namespaces: now.labelValues('phid_threshold_phi', 'namespace').map((namespace) => ({
      ...namespaceOf(now, namespace),
      heartbeatsPerSecond: rate('phid_heartbeats_total', { namespace, outcome: 'recorded' }),
    })),
  };
}

function namespaceOf(page: MetricsPage, namespace: string): Omit<NamespaceFigures, 'heartbeatsPerSecond'> {
  const of = (name: string, labels = {}) => page.sum(name, { namespace, ...labels });
  const byStatus = (name: string): ByStatus => ({
    suspect: of(name, { status: 'suspect' }),
    offline: of(name, { status: 'offline' }),
  });
  const thresholdPhi = byStatus('phid_threshold_phi');
  const judged = of('phid_arrival_phi_count');
  return {
    namespace,
    liveUsers: of('phid_live_users'),
    watches: { online: of('phid_watches', { status: 'online' }), ...byStatus('phid_watches') },
    thresholdPhi,
    detectionSeconds: byStatus('phid_detection_time_predicted_seconds'),
    mistakes: byStatus('phid_mistake_duration_seconds_count'),
    mistakesExpected: {
      suspect: judged * 10 ** -thresholdPhi.suspect,
      offline: judged * 10 ** -thresholdPhi.offline,
    },
    deliveredPhi: CALIBRATION_PHIS.map((phi) => {
      if (judged * 10 ** -phi < EXPECTED_MIN) return null;
      const beyond = judged - (page.buckets('phid_arrival_phi', { namespace }).get(phi) ?? judged);
      // One is added, so that none is a number too.
      return -Math.log10((beyond + 1) / (judged + 1));
    }),
    massSilences: of('phid_holds', { cause: 'silence' }),
    drains: of('phid_holds', { cause: 'drain' }),
  };
}

/**
 * The bound up to which QUANTILE of the values lie that a histogram has more of than before; null where there are none. Not
 * interpolated: "up to 5 ms" is what is known.
 */
function quantileOf(now: ReadonlyMap<number, number>, before: ReadonlyMap<number, number>): number | null {
  const grown = (bound: number) => (now.get(bound) ?? 0) - (before.get(bound) ?? 0);
  const count = grown(Number.POSITIVE_INFINITY);
  if (count <= 0) return null;
  for (const bound of now.keys()) if (grown(bound) >= QUANTILE * count) return bound;
  return null;
}
