import { SHARDS, streamKey } from '../../src/store/redis/keys.js';
import { busyCluster, clusterStage, quietCluster } from '../support/busy-cluster.js';
import { fault } from '../support/fault.js';
import { everythingRight } from '../support/outage.js';
import type { Scene } from '../support/scene.js';

export const clusterReshard = fault({
  name: 'cluster-reshard',
  what: 'Every shard of a Redis Cluster moves to another master, one after the other, while it is used.',
  settings: { ...busyCluster, pauseMs: 500 },
  quick: { ...quietCluster, pauseMs: 100 },
  stage: clusterStage,
  steps: ({ pauseMs }) =>
    Array.from({ length: SHARDS }, (_, shard) => ({
      say: `shard ${shard} moves`,
      do: (scene: Scene) => move(scene, shard),
      waitMs: pauseMs,
    })),
  expects: everythingRight,
});

/** To the master after the one that has it. */
async function move({ cluster }: Scene, shard: number): Promise<void> {
  const key = streamKey(shard);
  const [masters, from] = [await cluster.masters(), await cluster.masterOf(key)];
  const to = masters[(masters.indexOf(from) + 1) % masters.length];
  if (!to || to === from) throw new Error('there is no other master');
  await cluster.move(key, to);
}
