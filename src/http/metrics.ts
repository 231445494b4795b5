import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CALIBRATION_PHIS } from '../presence/calibration.js';
import { endUs } from '../presence/doubt/hold.js';
import type { IngestCounts } from '../presence/ingest/ingest-counts.js';
import type { Presence } from '../presence/presence.js';

/** A number of IngestCounts. */
type IngestCount = keyof Omit<IngestCounts, 'add'>;

/** Outcomes of a heartbeat, as `phid_heartbeats_total` labels them, and the count each comes from. */
const OUTCOMES: readonly [outcome: string, count: IngestCount][] = [
  ['recorded', 'recorded'],
  ['failed', 'failed'],
];
/** What a recorded heartbeat was, besides; one may be several. */
const KINDS: readonly [kind: string, count: IngestCount][] = [
  ['first_seen', 'firstSeen'],
  ['late', 'late'],
  ['duplicate', 'duplicate'],
  ['burst', 'burst'],
  ['stale', 'stale'],
];

/** Levels of φ at which the survival tables in use are shown. */
const LEARNED_PHIS = [1, 2, 3, 4, 5];

interface Metrics {
  readonly registry: Registry;
  observeRpc(method: string, code: string, durationMs: number): void;
}

/**
 * Every metric of a node. The core keeps plain numbers; most metrics read them when they are scraped, so that the
 * way of a heartbeat carries no metrics code. No label holds an id of a user, a session or an origin.
 */
export function createMetrics(
  presence: Presence,
  limits: { pendingMax: number; trackedUsersMax: number; cachedUsersMax: number },
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const { ingest, reads, tracker, store, namespaces, learning, doubt, clock } = presence;

  /** `aggregator`: what /metrics shows of several workers. */
  const gauge = (name: string, help: string, read: () => number, aggregator: Aggregator = 'sum') =>
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const byNamespace = (name: string, help: string, label: string, values: readonly [string, IngestCount][]) =>
    new Counter({
      name,
      help,
      registers,
      labelNames: ['namespace', label],
      collect() {
        this.reset();
        for (const [namespace, counts] of ingest.counts) {
          for (const [value, count] of values) this.inc({ namespace, [label]: value }, counts[count]);
        }
      },
    });

  byNamespace('phid_heartbeats_total', 'Heartbeats taken in, by what became of them.', 'outcome', OUTCOMES);
  byNamespace(
    'phid_heartbeat_arrivals_total',
    'Recorded heartbeats that were something special.',
    'kind',
    KINDS,
  );
  new Counter({
    name: 'phid_heartbeats_lost_total',
    help: 'Heartbeats that never arrived, by gaps in their sequence numbers.',
    registers,
    labelNames: ['namespace'],
    collect() {
      this.reset();
      for (const [namespace, { lost }] of ingest.counts) this.inc({ namespace }, lost);
    },
  });
  counter(
    'phid_ingest_batches_total',
    'Batches of heartbeats handed to the store.',
    () => ingest.batches.sent,
  );
  counter(
    'phid_ingest_batched_heartbeats_total',
    'Heartbeats in those batches.',
    () => ingest.batches.heartbeats,
  );
  counter(
    'phid_ingest_refused_total',
    'Heartbeats and leaves refused because phid_ingest_pending had reached its limit.',
    () => ingest.admission.counts.refused,
  );
  counter(
    'phid_ingest_replaced_total',
    'Heartbeats whose place a newer one of the session took, because there was no room for both.',
    () => ingest.admission.counts.replaced,
  );
  counter(
    'phid_ingest_held_total',
    'Times that a HeartbeatStream was read no further because phid_ingest_pending was near its limit.',
    () => ingest.admission.counts.held,
  );
  gauge(
    'phid_ingest_held_streams',
    'HeartbeatStreams that are held back for it now.',
    () => ingest.admission.waiting,
  );
  gauge('phid_ingest_pending', 'Heartbeats and leaves received and not yet recorded.', () => ingest.pending);
  counter(
    'phid_ingest_retries_total',
    'Batches and leaves that were tried again because the store was away.',
    () => ingest.batches.retries,
  );
  gauge(
    'phid_ingest_lag_seconds',
    'Age of the oldest heartbeat that was received and is not recorded.',
    () => (clock.nowMs() - (ingest.oldestPendingMs ?? clock.nowMs())) / 1000,
    'max',
  );
  gauge('phid_ingest_pending_limit', 'Limit of phid_ingest_pending.', () => limits.pendingMax);

  new Counter({
    name: 'phid_heartbeats_judged_total',
    help: 'Recorded heartbeats whose silence was judged: not first ones, duplicates, or of young sessions.',
    registers,
    labelNames: ['namespace'],
    collect() {
      this.reset();
      for (const { name, calibration } of namespaces.all()) this.inc({ namespace: name }, calibration.judged);
    },
  });
  new Counter({
    name: 'phid_heartbeats_beyond_phi_total',
    help: 'Of these, those whose silence had reached this phi of the fleet: one in 10^phi, where phi means what it says.',
    registers,
    labelNames: ['namespace', 'phi'],
    collect() {
      this.reset();
      for (const { name, calibration } of namespaces.all()) {
        for (const [i, phi] of CALIBRATION_PHIS.entries()) {
          this.inc({ namespace: name, phi }, calibration.beyond[i]);
        }
      }
    },
  });
  new Gauge({
    name: 'phid_threshold_phi',
    help: 'phi at which a user becomes SUSPECT or OFFLINE by the thresholds of the namespace.',
    registers,
    aggregator: 'first',
    labelNames: ['namespace', 'status'],
    collect() {
      for (const { name, thresholds } of namespaces.all()) {
        this.set({ namespace: name, status: 'suspect' }, thresholds.suspect);
        this.set({ namespace: name, status: 'offline' }, thresholds.offline);
      }
    },
  });

  new Gauge({
    name: 'phid_thresholds_set',
    help: '1 where thresholds that were set at run time win over the configuration.',
    registers,
    aggregator: 'first',
    labelNames: ['namespace'],
    collect() {
      for (const { name, tuning } of namespaces.all()) this.set({ namespace: name }, Number(!!tuning.set));
    },
  });
  new Gauge({
    name: 'phid_threshold_changes',
    help: 'Changes of thresholds at run time that are remembered; at most 50, the oldest go.',
    registers,
    aggregator: 'first',
    labelNames: ['namespace'],
    collect() {
      for (const { name, tuning } of namespaces.all()) this.set({ namespace: name }, tuning.changes.length);
    },
  });

  new Gauge({
    name: 'phid_learned_heartbeats',
    help: 'Heartbeats of all nodes that the survival table was learned from; old ones count less.',
    registers,
    aggregator: 'max',
    labelNames: ['namespace'],
    collect() {
      for (const [namespace, { weight }] of learning.learners) this.set({ namespace }, weight);
    },
  });
  new Counter({
    name: 'phid_learned_table_changes_total',
    help: 'Times a survival table differed enough to take the place of the one in use.',
    registers,
    labelNames: ['namespace'],
    collect() {
      this.reset();
      for (const [namespace, { tableChanges }] of learning.learners) this.inc({ namespace }, tableChanges);
    },
  });
  new Counter({
    name: 'phid_learning_failures_total',
    help: 'Exchanges of what was learned that failed; it is kept and sent with the next.',
    registers,
    labelNames: ['namespace'],
    collect() {
      this.reset();
      for (const [namespace, { failedCalls }] of learning.learners) this.inc({ namespace }, failedCalls);
    },
  });
  new Gauge({
    name: 'phid_learned_z',
    help: 'Standardised silence at which phi is reached, by the survival table in use.',
    registers,
    aggregator: 'first',
    labelNames: ['namespace', 'table', 'phi'],
    collect() {
      for (const [name, { namespace }] of learning.learners) {
        for (const [table, survival] of Object.entries(namespace.learned.tables)) {
          for (const phi of LEARNED_PHIS) this.set({ namespace: name, table, phi }, survival.z(phi));
        }
      }
    },
  });

  counter('phid_query_reads_total', 'Reads of the store for queries.', () => reads.counts.calls);
  counter('phid_query_users_read_total', 'Users read in them.', () => reads.counts.users);
  gauge('phid_watch_streams', 'Open Watch and Track streams.', () => tracker.subscriptions);
  gauge('phid_watched_users', 'Users watched by at least one stream.', () => tracker.trackedUsers);
  gauge('phid_watched_users_limit', 'Limit of phid_watched_users.', () => limits.trackedUsersMax);
  counter(
    'phid_watch_refused_total',
    'Streams, or users of them, refused at a limit.',
    () => tracker.counts.refused,
  );
  counter('phid_watch_coalesced_total', 'Changes merged for slow readers.', () => tracker.counts.coalesced);
  gauge('phid_watch_waiting_users', 'Watched users that wait to be read.', () => tracker.waitingUsers);
  gauge('phid_timers', 'Armed timers: watched users with a crossing ahead.', () => tracker.timers);
  counter('phid_timers_fired_total', 'Timers that fired.', () => tracker.counts.timersFired);
  counter('phid_watch_reads_total', 'Reads of the store on behalf of streams.', () => tracker.counts.reads);
  counter('phid_watch_users_read_total', 'Users read in them.', () => tracker.counts.usersRead);
  counter('phid_watch_read_failures_total', 'Reads that failed.', () => tracker.counts.readFailures);
  counter(
    'phid_watch_resyncs_total',
    'Times all watched users were read again, because changes may have been missed.',
    () => tracker.counts.resyncs,
  );
  gauge('phid_watch_degraded', '1 while changes may be missed.', () => Number(tracker.degraded), 'max');
  counter(
    'phid_blind_seconds_total',
    'Time in which this node stood still or was without its store; nobody was suspected for it.',
    () => doubt.blindTimes.counts.blindMs / 1000,
  );
  counter('phid_blind_times_total', 'Times that it was.', () => doubt.blindTimes.counts.times);
  counter(
    'phid_blind_merged_total',
    'Of these, those that became part of another because the store could not be told for long.',
    () => doubt.blindTimes.counts.merged,
  );
  counter('phid_stalls_total', 'Times that this process stood still.', () => doubt.stalls.counts.stalls);
  counter(
    'phid_late_readings_total',
    'Users judged as of before, because heartbeats received since were not recorded yet.',
    () => doubt.counts.lateReadings,
  );
  gauge('phid_peers', 'Other nodes on the same store.', () => doubt.peers.counts.peers, 'max');
  gauge(
    'phid_peers_silent',
    'Of these, those that have given no sign of life for three seconds: OFFLINE is withheld from those they heard.',
    () => doubt.peers.counts.silent,
    'max',
  );
  new Counter({
    name: 'phid_mass_silence_total',
    help: 'Times that this node found many users of an origin silent at once.',
    registers,
    labelNames: ['namespace'],
    collect() {
      this.reset();
      for (const { name, massSilence } of namespaces.all())
        this.inc({ namespace: name }, massSilence.counts.trips);
    },
  });
  new Counter({
    name: 'phid_mass_silence_uncounted_total',
    help: 'Heartbeats of origins beyond the 1,000 of a namespace that are counted; those are not protected.',
    registers,
    labelNames: ['namespace'],
    collect() {
      this.reset();
      for (const { name, massSilence } of namespaces.all()) {
        this.inc({ namespace: name }, massSilence.counts.uncounted);
      }
    },
  });
  new Gauge({
    name: 'phid_holds',
    help: 'Origins of which statuses are withheld now, by cause: silence of many, or a drain.',
    registers,
    aggregator: 'max',
    labelNames: ['namespace', 'cause'],
    collect() {
      const nowUs = store.clocks()?.nowUs ?? 0;
      for (const { name, massSilence } of namespaces.all()) {
        for (const cause of ['silence', 'drain'] as const) {
          const holds = massSilence.holds.filter((hold) => hold.cause === cause && nowUs < endUs(hold));
          this.set({ namespace: name, cause }, holds.length);
        }
      }
    },
  });
  gauge('phid_store_cached_users', 'Users whose records this process holds.', () => store.cachedUsers);
  gauge(
    'phid_store_cached_users_limit',
    'Limit of phid_store_cached_users; embedded: none.',
    () => limits.cachedUsersMax,
  );
  counter(
    'phid_store_records_read_total',
    'Records read to be changed by a heartbeat: of users who are not cached.',
    () => store.counts.recordsRead,
  );
  counter(
    'phid_store_conflicts_total',
    'Changes begun again because another node had changed the record meanwhile.',
    () => store.counts.conflicts,
  );
  gauge('phid_store_ready', '1 while the store can be reached.', () => Number(store.isReady()), 'min');

  const rpcs = new Histogram({
    name: 'phid_rpc_duration_seconds',
    help: 'Duration of finished rpcs by method and gRPC status code; of a stream, how long it was open.',
    registers,
    labelNames: ['method', 'code'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  });
  return {
    registry,
    observeRpc: (method, code, durationMs) => rpcs.observe({ method, code }, durationMs / 1000),
  };
}
