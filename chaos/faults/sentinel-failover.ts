import { atMost, fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

/** Replication is asynchronous: what the master answered in its last moments the replica may not have. */
const UNREPLICATED_MAX = 50;

export const sentinelFailover = fault({
  name: 'sentinel-failover',
  what: 'The master of Redis is killed; Sentinel, which phid asks for the master, promotes the replica.',
  settings: { settledMs: 3_000 },
  stage: { nodes: 2, isReplicated: true, oneDiesIn: 10 },
  steps: ({ settledMs }) => [
    { say: 'the replica follows', waitMs: settledMs },
    { say: 'the master is killed', do: ({ redis }) => redis.kill() },
    { say: 'Sentinel looks for a new master', do: ({ replication }) => replication.switched },
  ],
  expects: (settings) => ({ ...afterAnOutage(settings), lost: atMost(UNREPLICATED_MAX) }),
});
