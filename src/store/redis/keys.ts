/**
 * Names of keys. `phid1` is the format's generation; the hash tag keeps a shard in one slot of a cluster.
 *
 *   phid1:{p07}:u:<namespace>:<user>   record of a user (codec.ts)
 *   phid1:{p07}:s                      stream of users whose crossings may have moved earlier: a field `u` each;
 *                                      or `a`: who was heard late; or `g`: the members of a group have changed, or `l`: the log `j` of that
 *                                      namespace has grown; of shard 0 also `d`: `b`, `h` or `c` has changed
 *   phid1:{p00}:b                      times in which nodes were blind (scripts/blind.lua)
 *   phid1:{p00}:h                      holds of all namespaces (scripts/holds.lua)
 *   phid1:{p07}:n                      a name for the data: another one, and the data before was lost; of shard 0 for all,
 *                                      but in a cluster, where each shard may lose its own
 *   phid1:{p00}:l                      nodes' signs of life (scripts/signs.lua); `o` what they carry, `v` its version, `t` the last
 *   phid1:{p00}:c                      what was set of namespaces at run time (scripts/tunings.lua)
 *   phid1:{p00}:m                      what each node says of itself (scripts/nodes.lua)
 *   phid1:{p07}:g:<namespace>:<group>  members of a group (scripts/group-change.lua), in the shard of its id
 *   phid1:{p07}:f:<namespace>          what all nodes learned of a fleet (scripts/learn.lua)
 *   phid1:{p07}:w                      who owns the shard, and what its owner says of it (scripts/own.lua)
 *   phid1:{p07}:j:<namespace>          log of the changes of its users, a stream (scripts/append.lua)
 *   phid1:{p07}:i:<node>               inbox of a node: what others relay to it (scripts/relay.lua), in the shard of its id
 *   phid1:{p07}:k:<namespace>          what that log said last of who is not ONLINE
 */

/**
 * Shards of every deployment. Fixed, because it decides where a user's record is. More would spread over more masters
 * but fill each micro-batch less; fewer would leave masters without work.
 */
export const SHARDS = 16;

const SHARD_AT = 'phid1:{p'.length;
const TAGS = Array.from({ length: SHARDS }, (_, shard) => `phid1:{p${String(shard).padStart(2, '0')}}:`);

/** The shard of a user, or of a group: FNV-1a (Fowler, Noll, Vo) over UTF-16 code units. The same in every namespace. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  // The low bits of FNV-1a mix least.
  return ((hash >>> 16) ^ hash) & (SHARDS - 1);
}

export function userKey(shard: number, namespace: string, userId: string): string {
  return `${TAGS[shard]}u:${namespace}:${userId}`;
}

export function groupKey(shard: number, namespace: string, groupId: string): string {
  return `${TAGS[shard]}g:${memberOf(namespace, groupId)}`;
}

/** The shard that a key belongs to. */
export function shardOfKey(key: string): number {
  return Number(key.slice(SHARD_AT, SHARD_AT + 2));
}

export function dataNameKey(shard: number): string {
  return `${TAGS[shard]}n`;
}

export function streamKey(shard: number): string {
  return `${TAGS[shard]}s`;
}

export function inboxKey(node: string): string {
  return `${TAGS[shardOf(node)]}i:${node}`;
}

/** Who owns a shard, and the log of its users' changes, with what it said last. */
export function ownerKey(shard: number): string {
  return `${TAGS[shard]}w`;
}

export function logKeys(shard: number, namespace: string): { readonly log: string; readonly said: string } {
  return { log: `${TAGS[shard]}j:${namespace}`, said: `${TAGS[shard]}k:${namespace}` };
}

/** What the keys of users look like to SCAN: of one shard, or of all; and what such a key means. */
export function userKeyPattern([shard, ...others]: readonly number[]): string {
  return others.length > 0 ? 'phid1:{p??}:u:*' : `${TAGS[shard as number]}u:*`;
}

export function parseUserKey(key: string): { namespace: string; userId: string } {
  const { namespace, id } = parseMember(key.slice('phid1:{p00}:u:'.length));
  return { namespace, userId: id };
}

/** `namespace`: a name of one, or what is counted of it apart, such as a dry run. A document is in a shard of its own choosing: all of them in one would burden one master. */
export function fleetKey(namespace: string): string {
  return `${TAGS[shardOf(namespace)]}f:${namespace}`;
}

/** One each for the deployment. */
export const blindKey = `${TAGS[0]}b`;
export const holdsKey = `${TAGS[0]}h`;
export const tuningsKey = `${TAGS[0]}c`;
/** Nodes' signs of life, what they carry, how often that has changed, and when the last was given. */
export const signKeys = ['l', 'o', 'v', 't'].map((name) => `${TAGS[0]}${name}`);
/** What each node says of itself. */
export const nodesKey = `${TAGS[0]}m`;
/** The stream that says when these have changed. */
export const doubtStreamKey = `${TAGS[0]}s`;

/** How the stream names a user or a group; a namespace holds no colon. */
export function memberOf(namespace: string, id: string): string {
  return `${namespace}:${id}`;
}

export function parseMember(member: string): { namespace: string; id: string } {
  const colon = member.indexOf(':');
  return { namespace: member.slice(0, colon), id: member.slice(colon + 1) };
}
