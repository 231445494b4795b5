import { describe, expect, it } from 'vitest';
import { clusterFailover } from '../../chaos/faults/cluster-failover.js';
import { clusterReshard } from '../../chaos/faults/cluster-reshard.js';
import { gatewayCut } from '../../chaos/faults/gateway-cut.js';
import { gatewayRestart } from '../../chaos/faults/gateway-restart.js';
import { nodeKill } from '../../chaos/faults/node-kill.js';
import { redisKillAof } from '../../chaos/faults/redis-kill-aof.js';
import { redisKillDataLost } from '../../chaos/faults/redis-kill-data-lost.js';
import { redisStop5s } from '../../chaos/faults/redis-stop-5s.js';
import { runFault } from '../../chaos/support/run.js';

/** The quick form takes about ten seconds; the rest is for a busy machine. */
const TIMEOUT_MS = 120_000;

/** Faults of `npm run chaos`, with few users and five times as fast: what is expected is the same. */
describe('when something goes wrong, phid does what it promises', () => {
  it.each([
    ...[redisKillAof, redisKillDataLost, redisStop5s, clusterFailover, clusterReshard],
    ...[nodeKill, gatewayCut, gatewayRestart],
  ])(
    '$name',
    async (fault) => {
      const { figures, unmet } = await runFault(fault, { isQuick: true });
      expect(unmet, JSON.stringify(figures)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
