import { shareOf } from '../../hashing/share.js';

/**
 * The node that owns a shard: of those there are, the one with the highest number for it (rendezvous hashing, Thaler and
 * Ravishankar 1998). So all who know the same nodes agree, and of a node that goes or comes nobody else's shards move.
 * O(nodes). Undefined when there is none.
 */
export function ownerOf(shard: number, nodes: Iterable<string>): string | undefined {
  let owner: string | undefined;
  let highest = -1;
  for (const node of nodes) {
    const share = shareOf(`${shard} ${node}`);
    if (share < highest || (share === highest && owner !== undefined && node < owner)) continue;
    highest = share;
    owner = node;
  }
  return owner;
}
