/**
 * A number from 0 to 1, below 1, that is always the same for an id and evenly spread over ids: FNV-1a (Fowler, Noll, Vo) with
 * the last mixing of MurmurHash3. Not for tables: whoever chooses ids may choose their numbers.
 */
export function shareOf(id: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x0100_0193);
  return mixed(hash) / 2 ** 32;
}

/** The last mixing of MurmurHash3: every bit of the hash changes half of the others. */
export function mixed(hash: number): number {
  let mixing = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2_ae35);
  return (mixing ^ (mixing >>> 16)) >>> 0;
}
