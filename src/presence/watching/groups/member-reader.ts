import type { Clock } from '../../../clock.js';
import type { GroupStore } from '../../../store/group-store.js';
import { UnreadableError } from '../../../store/store.js';
import { LimitReachedError } from '../../errors.js';
import type { Audience } from './audience.js';

/** Members in one call of the store. */
const PAGE_USERS = 1_000;
/** A group whose members change all the time is listed no more often than this, ms. */
export const PAUSE_MS = 100;
/** After a failed call the node waits this long, ms. */
const RETRY_DELAY_MS = 250;

interface MemberReaderClient {
  /** Throws where there is no room to watch those of `userIds` who are not watched yet. */
  checkRoom(audience: Audience, userIds: readonly string[]): void;
  /** The store's clock, µs. */
  nowUs(): number;
  failed(error: Error): void;
  /** Every group that was to be listed was. */
  done(): void;
}

/**
 * Lists the members of watched groups, one group after the other: when somebody begins to listen, when the store says that
 * members came or went, and when it may have. Always all of them, unless the version says that nothing has changed.
 */
export class MemberReader {
  /** Plain counts for /metrics. */
  readonly counts = { reads: 0, failures: 0 };
  readonly #store: GroupStore;
  readonly #clock: Clock;
  readonly #client: MemberReaderClient;
  /** To be listed; those listed lately wait. */
  readonly #wanted = new Set<Audience>();
  readonly #next: Audience[] = [];
  #isReading = false;
  #closed = false;

  constructor(options: {
    readonly store: GroupStore;
    readonly clock: Clock;
    readonly client: MemberReaderClient;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#client = options.client;
  }

  /** Whether every group is as the store said last. */
  get isDone(): boolean {
    return this.#wanted.size === 0 && !this.#isReading;
  }

  /** The members of a group have to be listed. */
  want(audience: Audience): void {
    if (this.#wanted.has(audience)) return;
    this.#wanted.add(audience);
    const restMs = audience.readMs + PAUSE_MS - this.#clock.nowMs();
    if (restMs <= 0) this.#queue(audience);
    else this.#clock.after(restMs, () => this.#queue(audience));
  }

  close(): void {
    this.#closed = true;
  }

  #queue(audience: Audience): void {
    this.#next.push(audience);
    if (this.#isReading || this.#closed) return;
    this.#isReading = true;
    // A turn later, so that whoever asked has done what it began.
    queueMicrotask(() => void this.#readAll());
  }

  async #readAll(): Promise<void> {
    for (let audience = this.#next.shift(); audience; audience = this.#next.shift()) {
      this.#wanted.delete(audience);
      if (audience.isOpen && !this.#closed) await this.#read(audience);
    }
    this.#isReading = false;
    if (!this.#closed && this.isDone) this.#client.done();
  }

  async #read(audience: Audience): Promise<void> {
    audience.readMs = this.#clock.nowMs();
    try {
      await this.#list(audience);
    } catch (error) {
      if (error instanceof LimitReachedError || error instanceof UnreadableError) audience.fail(error);
      else {
        this.counts.failures += 1;
        this.#client.failed(error as Error);
        await new Promise<void>((resolve) => this.#clock.after(RETRY_DELAY_MS, resolve));
        this.want(audience);
      }
    }
  }

  async #list(audience: Audience): Promise<void> {
    const { groupId, subscription } = audience;
    const group = { namespace: subscription.namespace.name, groupId };
    let version: number | undefined;
    for (let after = ''; ; ) {
      this.counts.reads += 1;
      const page = await this.#store.page(group, after, PAGE_USERS);
      if (!audience.isOpen || this.#closed) return;
      if (after === '' && !audience.beginListing(page.version)) return;
      version = after === '' || page.version === version ? page.version : undefined;
      this.#client.checkRoom(audience, page.userIds);
      audience.list(page.userIds);
      after = page.userIds.at(-1) ?? '';
      if (page.userIds.length < PAGE_USERS) break;
      // A store that answers at once must not keep the event loop from anything else.
      await new Promise((resolve) => setImmediate(resolve));
    }
    audience.endListing(version, this.#client.nowUs());
    // Somebody came or went while it was listed, whether or not the store has said so.
    if (version === undefined) this.want(audience);
  }
}
