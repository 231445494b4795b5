import { IngestCounts } from '../../presence/ingest/ingest-counts.js';
import type { Presence } from '../../presence/presence.js';
import type { Declarations } from './declarations.js';

/** A number of IngestCounts. */
type IngestCount = keyof Omit<IngestCounts, 'add'>;

/** Outcomes of a heartbeat, as `phid_heartbeats_total` labels them, and the count each comes from. */
const OUTCOMES: readonly [outcome: string, count: IngestCount][] = [
  ['recorded', 'recorded'],
  ['failed', 'failed'],
  ['rejected', 'rejected'],
  ['refused', 'refused'],
];
/** What a recorded heartbeat was, besides; one may be several. */
const KINDS: readonly [kind: string, count: IngestCount][] = [
  ['first_seen', 'firstSeen'],
  ['late', 'late'],
  ['duplicate', 'duplicate'],
  ['burst', 'burst'],
  ['stale', 'stale'],
  ['displacing', 'displacing'],
];
const NONE = new IngestCounts();
const MS = { scale: 0.001 };

/** From the callers to the store. */
export function declareIngest(
  declare: Declarations,
  { ingest, namespaces, clock }: Presence,
  { pendingMax }: { readonly pendingMax: number },
): void {
  const { admission, batches } = ingest;
  function* countsOf<Label extends string>(label: Label, values: readonly [string, IngestCount][]) {
    for (const { name: namespace } of namespaces.all()) {
      const counts = ingest.counts.get(namespace) ?? NONE;
      for (const [value, count] of values) {
        yield [{ namespace, [label]: value } as Record<'namespace' | Label, string>, counts[count]] as const;
      }
    }
  }
  declare.counters(
    'phid_heartbeats_total',
    'Heartbeats taken in, by what became of them; rejected: those of a HeartbeatStream that were not valid; refused: of users who are not known, where the namespace takes no more.',
    () => countsOf('outcome', OUTCOMES),
  );
  declare.counters('phid_heartbeat_arrivals_total', 'Recorded heartbeats that were something special.', () =>
    countsOf('kind', KINDS),
  );
  declare.gauges(
    'phid_namespace_users',
    'Users of whom something is known, as the owners of all shards count them.',
    function* () {
      for (const { name: namespace, knownUsers } of namespaces.all()) yield [{ namespace }, knownUsers];
    },
    'max',
  );
  declare.gauges(
    'phid_namespace_users_limit',
    'Limit of phid_namespace_users.',
    function* () {
      for (const { name: namespace, usersMax } of namespaces.all()) yield [{ namespace }, usersMax];
    },
    'max',
  );
  declare.counters(
    'phid_heartbeats_lost_total',
    'Heartbeats that never arrived, by gaps in their sequence numbers.',
    function* () {
      for (const { name: namespace } of namespaces.all()) {
        yield [{ namespace }, (ingest.counts.get(namespace) ?? NONE).lost];
      }
    },
  );
  declare.histogram(
    'phid_ingest_batch_heartbeats',
    'Heartbeats of each batch that was handed to the store.',
    batches.sizes,
  );
  declare.histogram(
    'phid_ingest_latency_seconds',
    'From the receipt of the oldest heartbeat of a batch until all of it was recorded or had failed.',
    batches.latenciesMs,
    MS,
  );
  declare.counter(
    'phid_ingest_retries_total',
    'Batches and leaves that were tried again because the store was away.',
    () => batches.retries,
  );
  declare.counter(
    'phid_ingest_refused_total',
    'Heartbeats and leaves refused because phid_ingest_pending had reached its limit.',
    () => admission.counts.refused,
  );
  declare.counter(
    'phid_ingest_replaced_total',
    'Heartbeats whose place a newer one of the session took, because there was no room for both.',
    () => admission.counts.replaced,
  );
  declare.counter(
    'phid_ingest_held_total',
    'Times that a HeartbeatStream was read no further because phid_ingest_pending was near its limit.',
    () => admission.counts.held,
  );
  declare.gauge(
    'phid_ingest_held_streams',
    'HeartbeatStreams that are held back for it now.',
    () => admission.waiting,
  );
  declare.gauge(
    'phid_ingest_pending',
    'Heartbeats and leaves received and not yet recorded.',
    () => ingest.pending,
  );
  declare.gauge('phid_ingest_pending_limit', 'Limit of phid_ingest_pending.', () => pendingMax);
  declare.gauge(
    'phid_ingest_lag_seconds',
    'Age of the oldest heartbeat that was received and is not recorded.',
    () => (clock.nowMs() - (ingest.oldestPendingMs ?? clock.nowMs())) / 1000,
    'max',
  );
}
