import type { Log } from '../../log.js';
import type { ShardReport, ShardStore } from '../../store/shard-store.js';
import type { Namespace, Namespaces } from '../namespace.js';

/** The owners' reports are read at one of so many looks, of half a second: sixteen small calls. */
const LOOKS = 4;

/** Tells every namespace how many users it has, by what the owners of all shards reported last: whether it takes more. */
export class Headcount {
  readonly #namespaces: Namespaces;
  readonly #store: ShardStore;
  readonly #log: Log;
  #looks = 0;

  constructor(namespaces: Namespaces, { store, log }: { readonly store: ShardStore; readonly log: Log }) {
    this.#namespaces = namespaces;
    this.#store = store;
    this.#log = log;
  }

  /** Rejects as the store does; what was known holds then. */
  async look(): Promise<void> {
    this.#looks += 1;
    if (this.#looks % LOOKS !== 0) return;
    const reports = await this.#store.reports();
    for (const namespace of this.#namespaces.all()) {
      const wasFull = namespace.isFull;
      namespace.knownUsers = usersOf(namespace, reports);
      if (namespace.isFull !== wasFull) this.#say(namespace);
    }
  }

  #say({ name, usersMax, isFull }: Namespace): void {
    const fields = { namespace: name, usersMax };
    if (isFull) this.#log.warn(fields, `${name} has users_max users: others are refused, these go on`);
    else this.#log.info(fields, `${name} takes more users again`);
  }
}

function usersOf({ name }: Namespace, reports: readonly (ShardReport | undefined)[]): number {
  let users = 0;
  for (const report of reports) {
    const counts = report?.counts[name];
    if (counts) users += counts.ONLINE + counts.SUSPECT + counts.OFFLINE;
  }
  return users;
}
