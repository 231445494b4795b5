import type { ClientReadableStream } from '@grpc/grpc-js';
import type { Notice__Output } from '../../src/gen/phid/v1/Notice.js';
import type { Status__Output } from '../../src/gen/phid/v1/Status.js';
import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { WatchResponse__Output } from '../../src/gen/phid/v1/WatchResponse.js';
import { type Client, connect } from './rpc.js';

const RETRY_MS = 200;

/** Somebody who watches users through one node, and asks again whenever the stream has ended. */
export class Watcher {
  /** What it was told last of each user. */
  readonly statuses = new Map<string, Status__Output>();
  /** In the order in which they came. */
  readonly notices: { readonly kind: Notice__Output['kind']; readonly atMs: number }[] = [];
  /** The present stream has told of everybody. */
  isSynced = false;
  readonly #client: Client;
  readonly #userIds: readonly string[];
  readonly #changed: (change: StatusChange__Output) => void;
  #stream: ClientReadableStream<WatchResponse__Output> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    readonly address: string,
    userIds: readonly string[],
    changed: (change: StatusChange__Output, watcher: Watcher) => void,
  ) {
    this.#client = connect(address);
    this.#userIds = userIds;
    this.#changed = (change) => changed(change, this);
    this.#begin();
  }

  /** Reads no further, as a reader that is stuck; the network fills up. */
  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#stream?.cancel();
    this.#client.close();
  }

  #begin(): void {
    const stream = this.#client.watch({ userIds: [...this.#userIds] });
    this.#stream = stream;
    const ended = () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.isSynced = false;
      if (!this.#isClosed) this.#retry = setTimeout(() => this.#begin(), RETRY_MS);
    };
    stream.on('error', ended);
    stream.on('end', ended);
    stream.on('data', ({ change, synced, notice }: WatchResponse__Output) => {
      if (this.#isClosed) return;
      if (synced) this.isSynced = true;
      if (notice) this.notices.push({ kind: notice.kind, atMs: Date.now() });
      if (!change) return;
      this.statuses.set(change.userId, change.status);
      this.#changed(change);
    });
  }
}
