import type { ShardStore } from '../../store/shard-store.js';
import type { Namespace, Namespaces } from '../namespace.js';
import type { OwnedShard } from './owned-shard.js';

interface UserSearchOptions {
  readonly store: Pick<ShardStore, 'knownUsers'>;
  readonly namespaces: Pick<Namespaces, 'find'>;
  /** The shard of a user; undefined where another node owns it. */
  readonly ownerOf: (userId: string) => OwnedShard | undefined;
  readonly isOwned: (shard: OwnedShard) => boolean;
  /** Hears that users were found. */
  readonly added: () => void;
}

/**
 * Goes through all users of the store for those of some shards: of all that are wanted in one go, one go after the other. Other shards
 * hear of their newcomers, and need not be looked through.
 */
export class UserSearch {
  readonly #options: UserSearchOptions;
  /** Of whose users some may not be found yet. */
  readonly #wanted = new Set<OwnedShard>();
  #isSearching = false;
  #closed = false;

  constructor(options: UserSearchOptions) {
    this.#options = options;
  }

  /** Whoever wants some says `begin` after the last. */
  want(shard: OwnedShard): void {
    this.#wanted.add(shard);
  }

  /** What is wanted while one is under way, and what could not be searched, waits for the next `begin`. */
  begin(): void {
    if (this.#isSearching || this.#closed) return;
    const shards = new Set([...this.#wanted].filter(this.#options.isOwned));
    this.#wanted.clear();
    if (shards.size === 0) return;
    this.#isSearching = true;
    this.#search(shards)
      .catch(() => {
        for (const shard of shards) this.#wanted.add(shard);
      })
      .finally(() => {
        this.#isSearching = false;
      });
  }

  close(): void {
    this.#closed = true;
  }

  async #search(shards: ReadonlySet<OwnedShard>): Promise<void> {
    const { store, namespaces, ownerOf, isOwned, added } = this.#options;
    for (let cursor: string | undefined = ''; cursor !== undefined && !this.#closed; ) {
      const page = await store.knownUsers(cursor);
      const found = new Map<OwnedShard, Map<Namespace, string[]>>();
      for (const { namespace: name, userId } of page.items) {
        const namespace = namespaces.find(name);
        const shard = ownerOf(userId);
        if (!namespace || !shard || !shards.has(shard)) continue;
        const ofShard = found.get(shard) ?? new Map<Namespace, string[]>();
        found.set(shard, ofShard);
        const ofNamespace = ofShard.get(namespace) ?? [];
        ofShard.set(namespace, ofNamespace);
        ofNamespace.push(userId);
      }
      for (const [shard, ofShard] of found) {
        for (const [namespace, userIds] of ofShard) shard.add(namespace, userIds);
      }
      added();
      cursor = page.next;
    }
    for (const shard of shards) if (isOwned(shard)) shard.found();
  }
}
