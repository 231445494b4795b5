import type { Status } from '../detector/status.js';
import type { FleetHold } from '../gen/phid/v1/FleetHold.js';
import type { GetFleetResponse } from '../gen/phid/v1/GetFleetResponse.js';
import type { NamespaceCensus } from '../gen/phid/v1/NamespaceCensus.js';
import { endUs } from '../presence/doubt/hold.js';
import type { Presence } from '../presence/presence.js';
import type { NodeView } from '../presence/shards/nodes.js';
import type { ShardReport } from '../store/shard-store.js';
import { timestamp } from './timestamp.js';

/** A report that is older than this is of an owner who is gone, or cannot say how things are, µs. */
const REPORT_AGE_US_MAX = 3_000_000;

/** What there is, as the owners of shards say it, at a time of the store's clock. */
export function fleetMessage(
  presence: Presence,
  views: ReadonlyMap<string, NodeView>,
  reports: readonly (ShardReport | undefined)[],
) {
  const nowUs = presence.store.clocks()?.nowUs ?? 0;
  const namespaces = [...presence.namespaces.all()];
  return {
    namespaces: namespaces.map(({ name }) => censusMessage(name, { views, reports, nowUs })),
    nodes: [...views]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, view]) => nodeMessage(id, view, { reports, nodeId: presence.nodeId })),
    holds: namespaces.flatMap(({ massSilence }) =>
      massSilence.holds.filter((hold) => nowUs < endUs(hold)).map(holdMessage),
    ),
    degraded: presence.tracker.degraded,
  } satisfies GetFleetResponse;
}

function censusMessage(
  namespace: string,
  {
    views,
    reports,
    nowUs,
  }: {
    readonly views: ReadonlyMap<string, NodeView>;
    readonly reports: readonly (ShardReport | undefined)[];
    readonly nowUs: number;
  },
) {
  const sum = (status: 'ONLINE' | 'SUSPECT' | 'OFFLINE') =>
    reports.reduce((users, report) => users + (report?.counts[namespace]?.[status] ?? 0), 0);
  const atUs = Math.min(nowUs, ...reports.map((report) => report?.upToUs ?? 0));
  let heartbeatsPerSecond = 0;
  for (const { doing } of views.values()) heartbeatsPerSecond += doing.heartbeatsPerSecond[namespace] ?? 0;
  const isOwned = (report: ShardReport | undefined) =>
    report?.isComplete && isThere(views.get(report.node)?.assessment.status);
  return {
    namespace,
    online: sum('ONLINE'),
    suspect: sum('SUSPECT'),
    offline: sum('OFFLINE'),
    complete: reports.every(isOwned) && nowUs - atUs < REPORT_AGE_US_MAX,
    ...(atUs > 0 && { at: timestamp(atUs) }),
    heartbeatsPerSecond,
  } satisfies NamespaceCensus;
}

function isThere(status: Status | undefined): boolean {
  return status === 'ONLINE' || status === 'SUSPECT';
}

function nodeMessage(
  id: string,
  { assessment, doing }: NodeView,
  { reports, nodeId }: { readonly reports: readonly (ShardReport | undefined)[]; readonly nodeId: string },
) {
  const { status, suspicion } = assessment;
  const rates = Object.values(doing.heartbeatsPerSecond);
  return {
    id,
    status,
    ...(suspicion?.phi !== undefined && { phi: suspicion.phi }),
    ...(suspicion && { lastSeen: timestamp(suspicion.lastSeenUs) }),
    shards: reports.filter((report) => report?.node === id).length,
    heartbeatsPerSecond: rates.reduce((total, rate) => total + rate, 0),
    answering: id === nodeId,
    version: doing.version,
  };
}

function holdMessage(hold: Parameters<typeof endUs>[0]) {
  const { namespace, origin, cause, fromUs, untilUs } = hold;
  return {
    namespace,
    origin,
    cause: cause === 'silence' ? 'CAUSE_SILENCE' : 'CAUSE_DRAIN',
    from: timestamp(fromUs),
    until: timestamp(untilUs),
  } satisfies FleetHold;
}
