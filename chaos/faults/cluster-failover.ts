import { busyCluster, clusterStage, quietCluster } from '../support/busy-cluster.js';
import { atMost, fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

/** A key of one of the shards that lose their master. */
const LOST = 'phid1:{p00}:s';

/** Replication is asynchronous: of what the master answered in its last moments the replica may not have so much, ms. */
const UNREPLICATED_MS_MAX = 100;

export const clusterFailover = fault({
  name: 'cluster-failover',
  what: 'A master of a Redis Cluster is killed, and its replica takes over: of a fleet of thousands.',
  settings: { ...busyCluster, settledMs: 5_000 },
  quick: { ...quietCluster, settledMs: 500 },
  stage: clusterStage,
  steps: ({ settledMs }) => [
    { say: 'the replicas follow', waitMs: settledMs },
    {
      say: 'a master is killed, and its replica takes over',
      do: async ({ cluster }) => {
        const master = await cluster.masterOf(LOST);
        await master.kill();
        await cluster.failedOver(LOST, master);
      },
    },
  ],
  expects: (settings) => ({
    ...afterAnOutage(settings),
    lost: atMost((settings.users * UNREPLICATED_MS_MAX) / settings.intervalMs),
  }),
});
