import type { ChangeLogs } from '../../presence/shards/change-logs.js';
import { PENDING_MAX } from '../../presence/shards/log-writer.js';
import type { Shards } from '../../presence/shards/shards.js';
import type { Declarations } from './declarations.js';

/** The shards that this node owns, and the logs of changes. */
export function declareShards(
  declare: Declarations,
  { shards, logs }: { readonly shards: Shards; readonly logs: ChangeLogs },
  limits: { readonly usersMax: number; readonly followersMax: number },
): void {
  declare.gauge('phid_shards_owned', 'Shards that this node owns.', () => shards.size);
  declare.gauges(
    'phid_users',
    'Users of the shards that this node owns, by status: the sum over all nodes is the fleet.',
    function* () {
      for (const [namespace, counts] of shards.census()) {
        for (const [status, users] of Object.entries(counts)) {
          yield [{ namespace, status: status.toLowerCase() }, users];
        }
      }
    },
  );
  declare.gauge(
    'phid_shards_complete',
    'Of the shards owned, those all of whose users are counted.',
    () => shards.complete,
  );
  declare.gauge('phid_census_users', 'Users of the shards owned, nodes included.', () => shards.users);
  declare.gauge('phid_census_users_limit', 'Limit of phid_census_users.', () => limits.usersMax);
  declare.counter(
    'phid_census_overfull_total',
    'Users not counted for this limit; one each time that they were found.',
    () => shards.counts.overfull,
  );
  declare.counter(
    'phid_shards_claimed_total',
    'Times that this node claimed a shard.',
    () => shards.counts.claimed,
  );
  declare.counter(
    'phid_shards_lost_total',
    'Times that another claim held of a shard that this node took for its own.',
    () => shards.counts.lost,
  );
  declare.gauge(
    'phid_log_pending',
    'Changes that wait to be written to the logs, of the shard with most.',
    () => Math.max(0, ...Array.from(shards.owned, ({ log }) => log.pending)),
    'max',
  );
  declare.gauge('phid_log_pending_limit', 'Limit of phid_log_pending.', () => PENDING_MAX, 'max');
  declare.counter(
    'phid_relayed_heartbeats_total',
    'Heartbeats that the owners of their users, other nodes, were told of.',
    () => shards.relay.counts.relayed,
  );
  declare.counter(
    'phid_relayed_heartbeats_dropped_total',
    'Those that they were not told of, because the store was slow or away: these users are read in place of that.',
    () => shards.relay.counts.dropped,
  );
  declare.counter('phid_log_changes_total', 'Changes written to the logs.', () => shards.changesWritten);
  declare.gauge('phid_log_streams', 'Open WatchNamespace streams.', () => logs.followers);
  declare.gauge('phid_log_streams_limit', 'Limit of phid_log_streams.', () => limits.followersMax);
  declare.counter('phid_log_refused_total', 'Streams refused for it.', () => logs.counts.refused);
  declare.counter('phid_log_reads_total', 'Reads of the logs.', () => logs.counts.reads);
  declare.counter(
    'phid_log_gaps_total',
    'Of these, those that found changes gone: somebody was told to read everything again.',
    () => logs.counts.gaps,
  );
}
