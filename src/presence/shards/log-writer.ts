import type { LoggedChange, ShardClaim, ShardStore } from '../../store/shard-store.js';
import { StoreUnavailableError, UnreadableError } from '../../store/store.js';
import type { Namespace } from '../namespace.js';

/** Changes of a shard that wait to be written; more wait where they come from, and are made again from the store. */
export const PENDING_MAX = 1_024;
/** After there was no room more is asked for when so few wait: by many at once, not one by one. */
const PENDING_LOW = PENDING_MAX / 2;
/** Changes in one call. */
const BATCH_MAX = 256;

interface Pending {
  readonly namespace: Namespace;
  readonly change: LoggedChange;
}

/** Writes the changes of one shard to the logs, one call after the other, in the order in which they come. */
export class LogWriter {
  /** Changes written. */
  written = 0;
  readonly #store: ShardStore;
  readonly #claim: ShardClaim;
  readonly #retry: (again: () => void) => void;
  readonly #ended: () => void;
  readonly #roomy: () => void;
  #pending: Pending[] = [];
  #isWriting = false;
  #isFull = false;
  #isClosed = false;

  /**
   * `retry` calls again after a while. `ended`: another claim holds. `roomy`: there is room, after there was none.
   */
  constructor(
    store: ShardStore,
    claim: ShardClaim,
    hears: {
      readonly retry: (again: () => void) => void;
      readonly ended: () => void;
      readonly roomy: () => void;
    },
  ) {
    this.#store = store;
    this.#claim = claim;
    this.#retry = hears.retry;
    this.#ended = hears.ended;
    this.#roomy = hears.roomy;
  }

  /** How many changes it takes now. */
  get room(): number {
    return PENDING_MAX - this.#pending.length;
  }

  get pending(): number {
    return this.#pending.length;
  }

  add(namespace: Namespace, change: LoggedChange): void {
    if (this.#isClosed) return;
    this.#pending.push({ namespace, change });
    if (this.room <= 0) this.#isFull = true;
    if (this.#isWriting) return;
    this.#isWriting = true;
    // A turn later, so that what is read together is written together.
    queueMicrotask(() => void this.#write());
  }

  close(): void {
    this.#isClosed = true;
    this.#pending = [];
  }

  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#batch();
      const { namespace } = batch[0] as Pending;
      let isWritten: boolean;
      try {
        const changes = batch.map(({ change }) => change);
        isWritten = await this.#store.append(this.#claim, this.#logOf(namespace), changes);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError || error instanceof UnreadableError)) throw error;
        // What may have been written is written again: its versions tell.
        this.#retry(() => void this.#write());
        return;
      }
      if (this.#isClosed) break;
      if (!isWritten) {
        this.close();
        this.#ended();
        break;
      }
      this.#pending.splice(0, batch.length);
      this.written += batch.length;
      if (!this.#isFull || this.pending > PENDING_LOW) continue;
      this.#isFull = false;
      this.#roomy();
    }
    this.#isWriting = false;
  }

  /** The first that wait, as far as they are of one namespace. */
  #batch(): Pending[] {
    const [first] = this.#pending as [Pending];
    const end = this.#pending.findIndex(({ namespace }) => namespace !== first.namespace);
    return this.#pending.slice(0, Math.min(BATCH_MAX, end < 0 ? this.#pending.length : end));
  }

  #logOf({ name, retentionMs }: Namespace) {
    return { namespace: name, retentionMs };
  }
}
