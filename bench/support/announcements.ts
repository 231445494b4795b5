import type { RedisServer } from '../../test/support/redis-server.js';
import { commandCalls } from './redis-info.js';

/** A node that writes to a Redis of its own. */
interface Node {
  readonly redis: RedisServer;
  metric(name: string): Promise<number>;
}

/**
 * Counts, from now on, the share of a node's heartbeats that were announced to those who watch: first ones, late ones,
 * and those that move a crossing earlier. They cost more; a load that makes many of them measures something else.
 */
export async function countAnnouncements(node: Node): Promise<{ percent(): Promise<number> }> {
  const read = async () => ({
    announced: await commandCalls(node.redis.url, 'xadd'),
    heartbeats: await node.metric('phid_heartbeats_total'),
  });
  const before = await read();
  return {
    async percent() {
      const after = await read();
      return (100 * (after.announced - before.announced)) / (after.heartbeats - before.heartbeats);
    },
  };
}
