import { totalOf } from '../../distribution.js';
import type { Presence } from '../../presence/presence.js';
import type { Declarations } from './declarations.js';

/** Who is watched, and what subscribers were told. */
export function declareWatching(
  declare: Declarations,
  { tracker, groups }: Presence,
  limits: { readonly trackedUsersMax: number; readonly subscriptionsMax: number },
): void {
  declare.gauge('phid_watch_streams', 'Open Watch and Track streams.', () => tracker.subscriptions);
  declare.gauge('phid_watch_streams_limit', 'Limit of phid_watch_streams.', () => limits.subscriptionsMax);
  declare.gauge(
    'phid_watch_lagging_streams',
    'Streams that have changes to be told and are not read quickly enough.',
    () => tracker.laggingSubscriptions,
  );
  declare.gauge('phid_watched_users', 'Users watched by at least one stream.', () => tracker.calledUsers);
  declare.gauge('phid_watched_users_limit', 'Limit of phid_watched_users.', () => limits.trackedUsersMax);
  declare.gauges(
    'phid_watches',
    'Users watched, once for every stream that watches them by their id and every watched group, by the status told last.',
    function* () {
      for (const { namespace, watchesByStatus } of tracker.watched) {
        for (const [status, watches] of Object.entries(watchesByStatus)) {
          yield [{ namespace: namespace.name, status: status.toLowerCase() }, watches];
        }
      }
    },
  );
  declare.counters(
    'phid_changes_total',
    'Changes of status told to streams, by their cause; to all who watch a group, as one.',
    function* () {
      for (const { namespace, changes } of tracker.watched) {
        for (const [cause, told] of Object.entries(changes.byCause)) {
          yield [{ namespace: namespace.name, cause: cause.toLowerCase() }, told];
        }
      }
    },
  );
  declareGroups(declare, tracker, groups);
  declare.histograms(
    'phid_crossing_lateness_seconds',
    'From the instant at which a threshold was crossed until streams were told, but for those that read too slowly. Of offline that includes waiting for other nodes.',
    function* () {
      // Of the node: what makes one namespace wait makes all of them wait, and each would be twenty series.
      for (const status of ['suspect', 'offline'] as const) {
        const [first, ...others] = Array.from(tracker.watched, ({ changes }) => changes.latenesses[status]);
        if (first) yield [{ status }, totalOf([first, ...others])];
      }
    },
    { scale: 0.001 },
  );
  declare.counter(
    'phid_watch_refused_total',
    'Streams, or users of them, refused at a limit.',
    () => tracker.counts.refused,
  );
  declare.counter(
    'phid_watch_coalesced_total',
    'Changes merged for slow readers.',
    () => tracker.counts.coalesced,
  );
  declare.gauge(
    'phid_watch_waiting_users',
    'Watched users that wait to be read.',
    () => tracker.waitingUsers,
  );
  declare.gauge('phid_timers', 'Armed timers: watched users with a crossing ahead.', () => tracker.timers);
  declare.counter('phid_timers_fired_total', 'Timers that fired.', () => tracker.counts.timersFired);
  declare.counter(
    'phid_watch_reads_total',
    'Reads of the store on behalf of streams.',
    () => tracker.counts.reads,
  );
  declare.counter('phid_watch_users_read_total', 'Users read in them.', () => tracker.counts.usersRead);
  declare.counter('phid_watch_read_failures_total', 'Reads that failed.', () => tracker.counts.readFailures);
  declare.counter(
    'phid_watch_resyncs_total',
    'Times all watched users were read again, because changes may have been missed.',
    () => tracker.counts.resyncs,
  );
  declare.gauge(
    'phid_watch_degraded',
    '1 while changes may be missed.',
    () => Number(tracker.degraded),
    'max',
  );
}

function declareGroups(
  declare: Declarations,
  tracker: Presence['tracker'],
  groups: Presence['groups'],
): void {
  declare.gauge(
    'phid_watched_groups',
    'Groups watched by at least one stream, once for each pair of thresholds.',
    () => tracker.groups.audiences,
  );
  declare.gauge(
    'phid_group_listeners',
    'Streams that watch a group, once for every group.',
    () => tracker.groups.listeners,
  );
  declare.counter(
    'phid_group_deliveries_total',
    'Changes and snapshots of members of groups told to streams, once for every stream.',
    () => tracker.groups.delivered,
  );
  declare.counter(
    'phid_group_reads_total',
    'Calls of the store that list members of watched groups, a thousand each.',
    () => tracker.counts.groupReads,
  );
  declare.counter(
    'phid_group_read_failures_total',
    'Those that failed.',
    () => tracker.counts.groupReadFailures,
  );
  declare.counter(
    'phid_group_refused_total',
    'Additions refused because the group would have had too many members.',
    () => groups.counts.refused,
  );
}
