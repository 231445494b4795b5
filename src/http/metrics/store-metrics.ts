import type { Presence } from '../../presence/presence.js';
import type { Declarations } from './declarations.js';

/** What is asked of the store, and how it answers. */
export function declareStore(
  declare: Declarations,
  { store, reads }: Presence,
  { cachedUsersMax }: { readonly cachedUsersMax: number },
): void {
  const { serverCalls: calls, unreadable } = store;
  if (calls) {
    declare.histograms(
      'phid_redis_call_duration_seconds',
      'Time until Redis answered a call of a script, or it had failed.',
      function* () {
        for (const [script, { durationsMs }] of calls) yield [{ script }, durationsMs];
      },
      { scale: 0.001 },
    );
    declare.counters(
      'phid_redis_call_failures_total',
      'Calls of a script that failed: Redis refused them, did not answer in time, or went away. None are made while it is away.',
      function* () {
        for (const [script, { failures }] of calls) yield [{ script }, failures];
      },
    );
  }
  if (unreadable) {
    declare.counters(
      'phid_store_unreadable_total',
      'Records and documents that were found and could not be read: of a newer phid, or damaged. Each time it is come across.',
      function* () {
        for (const [what, count] of unreadable) yield [{ what }, count];
      },
    );
  }
  declare.gauge(
    'phid_store_ready',
    '1 while the store can be reached.',
    () => Number(store.isReady()),
    'min',
  );
  declare.counter('phid_query_reads_total', 'Reads of the store for queries.', () => reads.counts.calls);
  declare.counter('phid_query_users_read_total', 'Users read in them.', () => reads.counts.users);
  declare.gauge(
    'phid_store_cached_users',
    'Users whose records this process holds.',
    () => store.cachedUsers,
  );
  declare.gauge(
    'phid_store_cached_users_limit',
    'Limit of phid_store_cached_users; embedded: none.',
    () => cachedUsersMax,
  );
  declare.counter(
    'phid_store_records_read_total',
    'Records read to be changed by a heartbeat: of users who are not cached.',
    () => store.counts.recordsRead,
  );
  declare.counter(
    'phid_store_conflicts_total',
    'Changes begun again because another node had changed the record meanwhile.',
    () => store.counts.conflicts,
  );
}
