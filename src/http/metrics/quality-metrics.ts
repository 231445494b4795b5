import type { Presence } from '../../presence/presence.js';
import type { Declarations } from './declarations.js';

/** Levels of φ at which the survival tables in use are shown: how wide they begin, and where thresholds are by default. */
const LEARNED_PHIS = [1, 3, 5];
const STATUSES = ['suspect', 'offline'] as const;
const MS = { scale: 0.001 };

/** How good the detector is (Chen, Toueg and Aguilera 2002), and what it has learned. */
export function declareQuality(
  declare: Declarations,
  { namespaces, learning, tracker, store }: Presence,
): void {
  declare.histograms(
    'phid_arrival_phi',
    'phi that the silence of a session had reached when a heartbeat ended it. Beyond phi are one in 10^phi, where phi means what it says; a threshold there would have made as many mistakes.',
    function* () {
      for (const { name: namespace, calibration } of namespaces.all())
        yield [{ namespace }, calibration.phis];
    },
    { hasSum: false },
  );
  declare.histograms(
    'phid_mistake_duration_seconds',
    'Suspicions of sessions, by the thresholds of the namespace, that a later heartbeat proved wrong, and how long they lasted.',
    function* () {
      for (const { name: namespace, mistakes } of namespaces.all()) {
        for (const status of STATUSES) yield [{ namespace, status }, mistakes[status]];
      }
    },
    MS,
  );
  declare.histograms(
    'phid_detection_time_seconds',
    'From the last heartbeat until streams were told, by the thresholds of the namespace; mistakes included.',
    function* () {
      for (const { namespace, changes } of tracker.watched) {
        for (const status of STATUSES)
          yield [{ namespace: namespace.name, status }, changes.detections[status]];
      }
    },
    MS,
  );
  declare.gauges(
    'phid_detection_time_predicted_seconds',
    'From the last heartbeat of a typical session until phi reaches the threshold of the namespace.',
    function* () {
      for (const { name: namespace, meanings } of namespaces.all()) {
        for (const status of STATUSES) {
          yield [{ namespace, status }, Math.round(meanings[status].detectionTimeMs) / 1000];
        }
      }
    },
    'first',
  );
  declare.gauges(
    'phid_threshold_phi',
    'phi at which a user becomes SUSPECT or OFFLINE by the thresholds of the namespace.',
    function* () {
      for (const { name: namespace, thresholds } of namespaces.all()) {
        for (const status of STATUSES) yield [{ namespace, status }, thresholds[status]];
      }
    },
    'first',
  );
  declare.gauges(
    'phid_thresholds_set',
    '1 where thresholds that were set at run time win over the configuration.',
    function* () {
      for (const { name: namespace, tuning } of namespaces.all()) yield [{ namespace }, Number(!!tuning.set)];
    },
    'first',
  );
  declare.gauges(
    'phid_threshold_changes',
    'Changes of thresholds at run time that are remembered; at most 50, the oldest go.',
    function* () {
      for (const { name: namespace, tuning } of namespaces.all())
        yield [{ namespace }, tuning.changes.length];
    },
    'first',
  );
  declare.gauges(
    'phid_live_users',
    'Users who are due, or overdue by less than an expected interval, as far as this node heard them last; 0 where mass silence is switched off.',
    function* () {
      const nowUs = store.clocks()?.nowUs ?? 0;
      for (const { name: namespace, massSilence } of namespaces.all()) {
        const { origins } = massSilence;
        const users = origins.names.reduce((sum, origin) => sum + origins.live(origin, nowUs), 0);
        yield [{ namespace }, users];
      }
    },
  );
  declare.gauges(
    'phid_learned_heartbeats',
    'Heartbeats of all nodes that the survival table was learned from; old ones count less.',
    function* () {
      for (const [namespace, { weight }] of learning.learners) yield [{ namespace }, weight];
    },
    'max',
  );
  declare.counters(
    'phid_learned_table_changes_total',
    'Times a survival table differed enough to take the place of the one in use.',
    function* () {
      for (const [namespace, { tableChanges }] of learning.learners) yield [{ namespace }, tableChanges];
    },
  );
  declare.counters(
    'phid_learning_failures_total',
    'Exchanges of what was learned that failed; it is kept and sent with the next.',
    function* () {
      for (const [namespace, { failedCalls }] of learning.learners) yield [{ namespace }, failedCalls];
    },
  );
  declare.gauges(
    'phid_learned_z',
    'Standardised silence at which phi is reached, by the survival table in use.',
    function* () {
      for (const [name, { namespace }] of learning.learners) {
        for (const [table, survival] of Object.entries(namespace.learned.tables)) {
          for (const phi of LEARNED_PHIS)
            yield [{ namespace: name, table, phi }, Math.round(1000 * survival.z(phi)) / 1000];
        }
      }
    },
    'first',
  );
}
