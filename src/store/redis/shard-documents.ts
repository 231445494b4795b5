import { randomBytes } from 'node:crypto';
import {
  type KnownUser,
  LOG_PART_MAX,
  type LoggedChange,
  type LoggedStatus,
  type LogPart,
  type NodeDoing,
  type Page,
  type ShardClaim,
  type ShardReport,
  type ShardStore,
} from '../shard-store.js';
import { SIGN_KEPT_US } from '../store.js';
import { inboxKey, logKeys, nodesKey, ownerKey, parseUserKey, SHARDS, shardOf, streamKey } from './keys.js';
import { type Call, Script } from './scripts.js';
import { STREAM_LENGTH } from './writes.js';

const ownScript = new Script('own');
const appendScript = new Script('append');
const logScript = new Script('log');
const nodesScript = new Script('nodes');
const relayScript = new Script('relay');
export const SHARD_SCRIPTS = [ownScript, appendScript, logScript, nodesScript, relayScript];

/** Changes that a log keeps, about, of a namespace and shard: some 200 bytes each. */
const LOG_LENGTH = 10_000;
/** What is kept of users outlives their records by so much, so that somebody is there to forget them, ms. */
const KEPT_MS = 86_400_000;
/** Messages that an inbox keeps, about: of a second or so from each of some nodes. */
const INBOX_LENGTH = 64;
/** The inbox of a node that is gone goes too, ms. */
const INBOX_KEPT_MS = 60_000;
/** Users of a page. */
const PAGE_USERS = 1_000;

/** A status as append.lua keeps it. */
const CODES: Readonly<Record<string, LoggedStatus>> = {
  n: { status: 'ONLINE', hasLeft: false },
  s: { status: 'SUSPECT', hasLeft: false },
  o: { status: 'OFFLINE', hasLeft: false },
  l: { status: 'OFFLINE', hasLeft: true },
};

/** A position: the name of the logs, and the entry that was read last, in 36 digits. */
const POSITION = /^([a-z0-9]*)\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/;

/** The servers, as far as shards need them (servers.ts). */
interface ShardServers {
  readonly partitions: readonly unknown[];
  readonly run: Call;
  /** As HSCAN. */
  scanHash(key: string, cursor: string, count: number): Promise<[cursor: string, elements: string[]]>;
  /** Keys of users of a partition, some at a time; as SCAN. */
  scanUsers(partition: number, cursor: string, count: number): Promise<[cursor: string, keys: string[]]>;
}

type LogAnswer = [name: Buffer, last: Buffer, isGap: number, changes: Buffer[]];

/** Owners of shards and the logs of their users' changes, in Redis. */
export class ShardDocuments implements ShardStore {
  readonly shards = SHARDS;
  readonly shardOf = shardOf;
  readonly #servers: ShardServers;

  constructor(servers: ShardServers) {
    this.#servers = servers;
  }

  async claim({ shard, token }: ShardClaim): Promise<ShardReport | undefined> {
    // Of another log than before: the store has lost it, or nobody ever had one.
    const name = randomBytes(3).readUIntBE(0, 3).toString(36);
    const answer = await this.#servers.run(ownScript, [ownerKey(shard)], [token, '', name]);
    return parseReport(answer as Buffer | null);
  }

  async report({ shard, token }: ShardClaim, report: ShardReport): Promise<boolean> {
    const args = [token, JSON.stringify(report), ''];
    return (await this.#servers.run(ownScript, [ownerKey(shard)], args)) === 1;
  }

  async nodes(id: string, doing: NodeDoing | undefined): Promise<ReadonlyMap<string, NodeDoing>> {
    const args = [id, doing ? JSON.stringify(doing) : '', String(SIGN_KEPT_US)];
    const pairs = (await this.#servers.run(nodesScript, [nodesKey], args)) as Buffer[];
    const nodes = new Map<string, NodeDoing>();
    for (let i = 0; i < pairs.length; i += 2) {
      nodes.set(String(pairs[i]), JSON.parse(String(pairs[i + 1])) as NodeDoing);
    }
    return nodes;
  }

  async reports(): Promise<(ShardReport | undefined)[]> {
    return Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => {
        const answer = await this.#servers.run(ownScript, [ownerKey(shard)], ['', '', '']);
        return parseReport(answer as Buffer | null);
      }),
    );
  }

  async logged(shard: number, namespace: string, cursor: string) {
    const { said } = logKeys(shard, namespace);
    const [next, pairs] = await this.#servers.scanHash(said, cursor || '0', PAGE_USERS);
    const items: { userId: string; was: LoggedStatus }[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const was = CODES[pairs[i + 1] as string];
      if (was) items.push({ userId: pairs[i] as string, was });
    }
    return { items, next: next === '0' ? undefined : next };
  }

  /** A cursor is the number of a partition, and a place in it. */
  async knownUsers(cursor: string): Promise<Page<KnownUser>> {
    const [partition = '0', place = '0'] = cursor ? cursor.split(' ') : [];
    const [next, keys] = await this.#servers.scanUsers(Number(partition), place, PAGE_USERS);
    const isLast = next === '0' && Number(partition) === this.#servers.partitions.length - 1;
    const after = next === '0' ? `${Number(partition) + 1} 0` : `${partition} ${next}`;
    return { items: keys.map(parseUserKey), next: isLast ? undefined : after };
  }

  async append(
    { shard, token }: ShardClaim,
    { namespace, retentionMs }: { readonly namespace: string; readonly retentionMs: number },
    changes: readonly LoggedChange[],
  ): Promise<boolean> {
    const { log, said } = logKeys(shard, namespace);
    const keys = [ownerKey(shard), log, said, streamKey(shard)];
    const expiryMs = String(Math.ceil(retentionMs) + KEPT_MS);
    const args: (string | Buffer)[] = [token, namespace, String(LOG_LENGTH), String(STREAM_LENGTH), expiryMs];
    for (const { userId, kept, bytes } of changes) args.push(userId, codeOf(kept), bytes ?? '');
    return (await this.#servers.run(appendScript, keys, args)) === 1;
  }

  async relay(node: string, message: Buffer): Promise<void> {
    const args = [message, String(INBOX_LENGTH), String(INBOX_KEPT_MS)];
    await this.#servers.run(relayScript, [inboxKey(node)], args);
  }

  async logEnd(shard: number, namespace: string): Promise<string> {
    const [name, last] = await this.#log(shard, namespace, ['', '']);
    return positionOf(name, last);
  }

  async readLog(shard: number, namespace: string, position: string): Promise<LogPart> {
    // A text that is no position names a log that never was.
    const [, known = '-', ms = '0', sequence = '0'] = POSITION.exec(position) ?? [];
    const after = `${Number.parseInt(ms, 36)}-${Number.parseInt(sequence, 36)}`;
    const [name, last, isGap, changes] = await this.#log(shard, namespace, [known, after]);
    return {
      changes,
      position: positionOf(name, last),
      isFull: changes.length === LOG_PART_MAX,
      isGap: isGap === 1,
    };
  }

  async #log(
    shard: number,
    namespace: string,
    [known, after]: readonly [string, string],
  ): Promise<LogAnswer> {
    const keys = [ownerKey(shard), logKeys(shard, namespace).log];
    const args = [namespace, known, after, String(LOG_PART_MAX)];
    return (await this.#servers.run(logScript, keys, args)) as LogAnswer;
  }
}

function parseReport(answer: Buffer | null): ShardReport | undefined {
  return answer ? (JSON.parse(String(answer)) as ShardReport) : undefined;
}

function codeOf(kept: LoggedStatus | undefined): string {
  if (!kept) return '';
  if (kept.hasLeft) return 'l';
  return { ONLINE: 'n', SUSPECT: 's', OFFLINE: 'o' }[kept.status];
}

function positionOf(name: Buffer, last: Buffer): string {
  const [ms = '0', sequence = '0'] = String(last).split('-');
  return `${name}.${Number(ms).toString(36)}.${Number(sequence).toString(36)}`;
}
