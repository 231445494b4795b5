import type { RecordTable } from '../record/table.js';
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

/** Changes that the log of a namespace keeps: some 200 bytes each. */
const LOG_LENGTH = 100_000;
/** Cut down only when it is so much longer: to shift it for every change would cost as much as the change. */
const LOG_SPARE = LOG_LENGTH / 10;

/** What changed in a namespace. */
interface Log {
  /** Of the first of the changes, counted from the beginning. */
  first: number;
  changes: Buffer[];
  readonly said: Map<string, LoggedStatus>;
}

interface ShardListener {
  /** The log of a namespace has grown. */
  grown(namespace: string): void;
  relayed(node: string, message: Buffer): void;
}

/** The one shard of the embedded store, and the logs of its users' changes. */
export class MemoryShards implements ShardStore {
  readonly shards = 1;
  readonly #users: ReadonlyMap<string, RecordTable>;
  readonly #listener: ShardListener;
  readonly #logs = new Map<string, Log>();
  readonly #nodes = new Map<string, NodeDoing>();
  #token = '';
  #report: ShardReport | undefined;

  /** `users`: records by namespace. */
  constructor(users: ReadonlyMap<string, RecordTable>, listener: ShardListener) {
    this.#users = users;
    this.#listener = listener;
  }

  shardOf(): number {
    return 0;
  }

  async claim({ token }: ShardClaim): Promise<ShardReport | undefined> {
    this.#token = token;
    return this.#report;
  }

  async report({ token }: ShardClaim, report: ShardReport): Promise<boolean> {
    if (token !== this.#token) return false;
    this.#report = report;
    return true;
  }

  async nodes(id: string, doing: NodeDoing | undefined): Promise<ReadonlyMap<string, NodeDoing>> {
    if (doing) this.#nodes.set(id, doing);
    else this.#nodes.delete(id);
    for (const [each, { atUs }] of this.#nodes) {
      if (doing && atUs + SIGN_KEPT_US < doing.atUs) this.#nodes.delete(each);
    }
    return new Map(this.#nodes);
  }

  async reports(): Promise<(ShardReport | undefined)[]> {
    return [this.#report];
  }

  async logged(_shard: number, namespace: string) {
    const items = Array.from(this.#logOf(namespace).said, ([userId, was]) => ({ userId, was }));
    return { items, next: undefined };
  }

  /** A cursor is the number of a namespace, and a place in its table. */
  async knownUsers(cursor: string): Promise<Page<KnownUser>> {
    const [number = 0, place = 0] = cursor.split('.').map(Number);
    const [namespace, users] = [...this.#users][number] ?? [];
    if (namespace === undefined || !users) return { items: [], next: undefined };
    const { names, next } = users.names(place);
    const items = names.map((userId) => ({ namespace, userId }));
    return { items, next: next === undefined ? `${number + 1}.0` : `${number}.${next}` };
  }

  async append(
    { token }: ShardClaim,
    { namespace }: { readonly namespace: string },
    changes: readonly LoggedChange[],
  ): Promise<boolean> {
    if (token !== this.#token) return false;
    const log = this.#logOf(namespace);
    for (const { userId, kept, bytes } of changes) {
      if (kept) log.said.set(userId, kept);
      else log.said.delete(userId);
      if (bytes) log.changes.push(bytes);
    }
    if (log.changes.length > LOG_LENGTH + LOG_SPARE) {
      const cut = log.changes.length - LOG_LENGTH;
      log.changes = log.changes.slice(cut);
      log.first += cut;
    }
    if (changes.some(({ bytes }) => bytes)) this.#listener.grown(namespace);
    return true;
  }

  async relay(node: string, message: Buffer): Promise<void> {
    this.#listener.relayed(node, message);
  }

  async logEnd(_shard: number, namespace: string): Promise<string> {
    const { first, changes } = this.#logOf(namespace);
    return String(first + changes.length);
  }

  async readLog(shard: number, namespace: string, position: string): Promise<LogPart> {
    const { first, changes } = this.#logOf(namespace);
    const from = /^\d{1,15}$/.test(position) ? Number(position) - first : -1;
    if (from < 0 || from > changes.length) {
      return { changes: [], position: await this.logEnd(shard, namespace), isFull: false, isGap: true };
    }
    const part = changes.slice(from, from + LOG_PART_MAX);
    const isFull = part.length === LOG_PART_MAX;
    return { changes: part, position: String(first + from + part.length), isFull, isGap: false };
  }

  close(): void {
    this.#logs.clear();
  }

  #logOf(namespace: string): Log {
    let log = this.#logs.get(namespace);
    if (!log) {
      log = { first: 0, changes: [], said: new Map() };
      this.#logs.set(namespace, log);
    }
    return log;
  }
}
